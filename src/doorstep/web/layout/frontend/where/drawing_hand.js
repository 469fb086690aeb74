// How a hand moves areas on the map: a click, a drag of one area, a brush over many, or the keyboard.
import { towards } from "./drawing_draft.js";

const ARROWS = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down" };

export class Hand {
  tool = "one";
  #from = null; // the area that a press began on
  #isStroke = false;

  // `target()` is the neighbourhood that is chosen; `move(areas, to, joins)` moves; `say(words)` tells everybody;
  // `describe(area)` gives an area in words.
  constructor(map, draft, england, { target, move, say, describe }) {
    Object.assign(this, { map, draft, england, target, move, say, describe });
    for (const [down, on, up] of [["mousedown", "mousemove", "mouseup"], ["touchstart", "touchmove", "touchend"]]) {
      map.map.on(down, (event) => this.#press(event));
      map.map.on(on, (event) => this.#over(event));
      map.map.on(up, (event) => this.#release(event));
    }
    // The map's own container gets keys before the map does.
    map.map.getContainer().addEventListener("keydown", (event) => this.#key(event), { capture: true });
    map.map.getCanvas().addEventListener("blur", () => this.#take(undefined));
  }

  use(tool) {
    this.tool = tool;
    this.map.map.getCanvas().style.cursor = { one: "pointer", brush: "crosshair", look: "" }[tool];
  }

  #areaAt(point) {
    return this.map.areaAt(point);
  }

  #press(event) {
    const { originalEvent: original, point } = event;
    const isOne = original.touches ? original.touches.length === 1 : original.button === 0;
    const area = this.tool === "look" || !isOne ? undefined : this.#areaAt(point);
    if (area === undefined) return;
    event.preventDefault(); // the map stays where it is
    this.#from = area;
    this.#isStroke = false;
    if (this.tool === "brush") this.#paint(area);
  }

  #over({ point }) {
    if (this.#from === null || this.tool !== "brush") return;
    const area = this.#areaAt(point);
    if (area !== undefined) this.#paint(area);
  }

  #paint(area) {
    if (this.move([area], this.target(), this.#isStroke).length > 0) this.#isStroke = true;
  }

  // A drag ends over another neighbourhood: the area that it began on goes there.
  #release({ point }) {
    const from = this.#from;
    this.#from = null;
    if (from === null || this.tool !== "one") return;
    const over = this.#areaAt(point);
    if (over === undefined) return;
    if (over === from) this.move([from], this.target());
    else if (this.draft.homes(over).length > 0) this.move([from], this.draft.homes(over)[0]);
  }

  // Enter takes the area in the middle of the map, arrows go to its neighbours, Enter moves it, Escape lets go.
  #key(event) {
    if (event.target !== this.map.map.getCanvas()) return;
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
    if (held !== undefined) {
      this.move([held], this.target());
      return;
    }
    const { width, height } = this.map.map.getCanvas().getBoundingClientRect();
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
    if (!this.map.map.getBounds().contains([lon[area], lat[area]])) this.map.map.jumpTo({ center: [lon[area], lat[area]] });
    this.say(this.describe(area));
  }
}
