// How a hand moves areas on the map: a press, a drag of one area, a brush over many (mouse, pen or finger), or the keyboard.
import { towards } from "./drawing_draft.js";

const ARROWS = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down" };
const CURSORS = { one: "grab", brush: "crosshair", choose: "pointer", look: "" };
const STEP = 5; // pixels between the points of a stroke that are looked at: a fast hand skips no area
const STILL = 6; // a finger that moved less than this many pixels has not moved

export class Hand {
  tool = "one";
  #press = null; // where a press began: { pointer, area, at, over, isStroke, hasLeft }

  // `target()` is the neighbourhood that is chosen; `move(areas, to, options)` moves; `say(words)` tells everybody;
  // `describe(area)` gives an area in words; `carry(area, over, point)` shows what would come of letting go there;
  // `painted()` is called when a stroke of the brush has ended, `choose(id)` chooses a neighbourhood and says so in words.
  constructor(map, draft, england, { target, move, say, describe, carry, painted, choose }) {
    Object.assign(this, { map, draft, england, target, move, say, describe, carry, painted, choose });
    const surface = map.canvas;
    for (const [name, act] of [["pointerdown", this.#down], ["pointermove", this.#over], ["pointerup", this.#up], ["pointercancel", this.#letGo]])
      surface.addEventListener(name, act.bind(this));
    // The map hears of a press after its pointer was down; while a hand has an area the map stays where it is.
    map.on("press", (event) => this.#press && event.preventDefault());
    // The map's own container gets keys before the map does.
    map.container.addEventListener("keydown", (event) => this.#key(event), { capture: true });
    map.canvas.addEventListener("blur", () => this.#take(undefined));
  }

  // Whether a stroke of the brush goes on.
  get isPainting() {
    return this.tool === "brush" && this.#press !== null;
  }

  use(tool) {
    this.tool = tool;
    this.map.canvas.style.cursor = CURSORS[tool];
    this.map.zoomsOnDouble = tool === "look"; // two areas pressed one after the other are no wish to come nearer
  }

  #areaAt(point) {
    return this.map.areaAt(point);
  }

  #point({ clientX, clientY }) {
    const { left, top } = this.map.canvas.getBoundingClientRect();
    return [clientX - left, clientY - top];
  }

  #down(event) {
    if (!event.isPrimary) return this.#letGo(); // a second finger: the map is moved or made larger
    const at = this.#point(event);
    const area = this.tool === "look" || event.button !== 0 ? undefined : this.#areaAt(at);
    if (area === undefined) return;
    this.#press = { pointer: event.pointerId, area, at, over: area, isStroke: false, hasLeft: false };
    event.currentTarget.setPointerCapture(event.pointerId); // it is heard of where it is let go outside the map too
    if (this.tool === "one") this.map.select(area);
    else if (this.tool === "brush" && event.pointerType !== "touch") this.#paint(area); // two fingers never land at once: a finger paints once it moves
  }

  #over(event) {
    const press = this.#press;
    if (press === null || event.pointerId !== press.pointer) return;
    const at = this.#point(event);
    if (this.tool === "brush") return this.#brush(at);
    if (this.tool !== "one") return;
    press.over = this.#areaAt(at);
    press.hasLeft ||= press.over !== press.area;
    if (press.hasLeft) this.map.canvas.style.cursor = "grabbing";
    this.carry(press.hasLeft ? press.area : undefined, press.over, at);
  }

  #brush([x, y]) {
    const [fromX, fromY] = this.#press.at;
    const far = Math.hypot(x - fromX, y - fromY);
    if (!this.#press.isStroke && far < STILL) return;
    const n = Math.ceil(far / STEP);
    for (let i = this.#press.isStroke ? 1 : 0; i <= n; i++) {
      const area = this.#areaAt([fromX + ((x - fromX) * i) / n, fromY + ((y - fromY) * i) / n]);
      if (area !== undefined) this.#paint(area);
    }
    this.#press.at = [x, y];
    this.#press.isStroke = true;
  }

  #paint(area) {
    if (this.move([area], this.target(), { joins: this.#press.hasPainted }).length > 0) this.#press.hasPainted = true;
  }

  // A drag ends over another neighbourhood: the area that it began on goes there. One that ends where it began, and
  // never left, is a press: the area goes to the neighbourhood that is chosen.
  #up(event) {
    const press = this.#press;
    if (press === null || event.pointerId !== press.pointer) return;
    const over = this.#areaAt(this.#point(event));
    if (this.tool === "brush" && !press.isStroke && !press.hasPainted) this.#paint(press.area);
    this.#letGo();
    if (this.tool === "choose" && over !== undefined) this.#chooseAt(over);
    if (this.tool !== "one") return;
    if (over !== press.area) this.#drop(press.area, over);
    else if (!press.hasLeft) this.#tell(press.area, this.target());
  }

  #chooseAt(area) {
    const [id] = this.draft.homes(area);
    this.say(id === undefined ? `${this.england.areas.names[area]} is in none` : this.choose(id));
  }

  #drop(area, over) {
    const name = this.england.areas.names[area];
    if (over === undefined) this.say(`${name} was let go outside the map's areas and stays where it was`);
    else if (this.draft.homes(over).length === 0) this.say(`${name} was let go over an area that is in none, and stays where it was`);
    else this.#tell(area, this.draft.homes(over)[0]);
  }

  #tell(area, to) {
    if (this.move([area], to).length === 0) this.say(`${this.england.areas.names[area]} is in ${this.draft.label(to)} already`);
  }

  #letGo() {
    if (this.#press === null) return;
    const { hasPainted } = this.#press;
    this.#press = null;
    if (hasPainted) this.painted();
    this.map.select(undefined);
    this.carry(undefined);
    this.use(this.tool);
  }

  // Enter takes the area in the middle of the map, arrows go to its neighbours, Enter moves it, Escape lets go.
  #key(event) {
    if (event.key === "Escape" && this.#press !== null) return this.#letGo();
    if (event.target !== this.map.canvas) return;
    const held = this.map.selected;
    if (event.key === "Enter") this.#enter(held);
    else if (held === undefined) return;
    else if (event.key === "Escape") this.#take(undefined);
    else if (event.key in ARROWS) this.#step(held, ARROWS[event.key]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #enter(held) {
    if (held !== undefined) return this.#tell(held, this.target());
    const { width, height } = this.map.canvas.getBoundingClientRect();
    this.#take(this.#areaAt([width / 2, height / 2]) ?? this.draft.areas[0]);
  }

  #step(held, direction) {
    const near = [...this.england.topology.neighbours(held)].filter((area) => this.draft.ground.has(area));
    const next = towards(direction, held, near, this.england.areas);
    if (next === undefined) this.say("There is no area of the ground in this direction");
    else this.#take(next);
  }

  #take(area) {
    this.map.select(area);
    if (area === undefined) return;
    const { lon, lat } = this.england.areas;
    if (!this.map.sees([lon[area], lat[area]])) this.map.moveTo([lon[area], lat[area]]);
    this.say(this.describe(area));
  }
}
