// A map of England's areas: shapes from one file of this site, no tiles, no other host, drawn on a plain canvas, which
// every browser can do. Pages colour it, select on it and lay outlines over it; what it shows stands in a table beside
// it, for it says nothing to who cannot see it.
import { Camera } from "./camera.js";
import { frameFor } from "./frame.js";
import { Gestures } from "./gestures.js";
import { Ground, toDegrees, toPlane, widened } from "./ground.js";
import { Mark } from "./mark.js";
import { drawLine, Picture } from "./picture.js";
import { LINES } from "./scales.js";
import { decode } from "./topology.js";

const BASE = new URL(".", import.meta.url);
const MARGIN = 0.25; // how much more than the map its picture shows, to each side
const SOON = 120; // milliseconds that a picture may be of another zoom while the map moves
const REACH = 6; // pixels beside a point that still are it
const HARDLY = 0.5; // zoom

// Make a map in a container, or say there why not, in words; then nothing is returned, and a page goes on without it:
// what the map shows stands in a table. While it loads the container says so too.
export async function openMap(container, options = {}) {
  say(container, "Loading the map…");
  try {
    const england = await loadEngland();
    container.replaceChildren();
    const map = new EnglandMap(container, england, typeof options === "function" ? options(england) : options);
    container.dataset.state = "drawn";
    return map;
  } catch (problem) {
    say(container, `The map could not be drawn: ${problem.message}. The table on this page says the same.`);
    console.error(problem);
    return undefined;
  }
}

function say(container, words) {
  const told = document.createElement("p");
  told.className = "app-map__words";
  told.textContent = words;
  container.replaceChildren(told);
}

// Fetch the areas (by column) and their borders; the numbers of areas are the same in both.
export async function loadEngland() {
  const get = async (name) => {
    const answer = await fetch(new URL(name, BASE));
    if (!answer.ok) throw new Error(`${name}: the site answered ${answer.status}`);
    return answer;
  };
  const [areas, topology] = await Promise.all([
    get("england.json").then((answer) => answer.json()),
    get("england.bin").then((answer) => answer.arrayBuffer()).then(decode),
  ]);
  if (areas.stamp !== topology.stamp) throw new Error("the map's areas and borders do not belong together");
  areas.at = new Map(areas.codes.map((code, i) => [code, i]));
  return { areas, topology };
}

export class EnglandMap {
  #listeners = new Map();
  #lines = { selected: undefined, pointed: undefined }; // stretches
  #marks = new Set();
  #isDue = false;
  #isStale = true; // the picture is to be painted again
  #madeAt = 0;

  // `only`: the areas to draw (their numbers); none: all of England. `describedBy`: the id of words on how to use it.
  constructor(container, england, { only = null, label = "Map", describedBy = "", onPick = null, onPoint = null } = {}) {
    Object.assign(this, { england, container, shown: only ?? Array.from(england.areas.codes.keys()) });
    this.ground = new Ground(england.topology);
    this.picture = new Picture(england.topology, this.ground, new Set(this.shown));
    Object.assign(this, frameFor(container, { label, describedBy, onZoom: (by) => this.gestures.zoomBy(by) }));
    this.context = this.canvas.getContext("2d", { alpha: false, willReadFrequently: true });
    const box = this.#boxOf(this.shown);
    this.camera = new Camera(box, this.stage.clientWidth, this.stage.clientHeight);
    this.camera.look(this.camera.over(box, 16));
    this.gestures = new Gestures(this.stage, this.canvas, this);
    // On paper the drawing is made smaller as it is.
    new ResizeObserver(() => matchMedia("print").matches || this.#resize()).observe(this.stage);
    this.#resize();
    this.#listen(onPick, onPoint);
  }

  // --- What pages ask of it ------------------------------------------------------------------------------------------

  // Colour each area by its class: `classes[i]` is a place in `colours`, or -1 where nothing is known. By area number.
  colour(classes, colours) {
    this.picture.colour(classes, colours);
    this.#repaint();
  }

  // Lay outlines over the areas: each a Set of area numbers with a colour and a width in pixels.
  outline(groups) {
    this.picture.outlines = groups.map(({ members, colour = LINES.core, width = 2 }) => ({ edge: this.#edge(members), colour, width }));
    this.#repaint();
  }

  // Draw points over all that: { lon, lat } each.
  showPoints(points) {
    this.points = points;
    this.picture.points = points.map(({ lon, lat }) => {
      const [x, y] = toPlane(lon, lat);
      return { x, y };
    });
    this.#repaint();
  }

  // Draw a heavy line round one area; without a number, round none.
  select(id) {
    this.selected = id;
    this.#lines.selected = id === undefined ? undefined : this.#edge(id);
    this.request();
  }

  // Put an element on the map, its middle at a place; where `onMove` is given, it may be dragged.
  mark(element, at, { onMove = null } = {}) {
    const mark = new Mark(this, element, at, onMove);
    this.#marks.add(mark);
    return mark;
  }

  unmark(mark) {
    this.#marks.delete(mark);
  }

  // The area at a pixel ([x, y] from the map's corner, or { x, y }): its number, or undefined.
  areaAt(pixel) {
    return this.picture.areaAt(this.camera.toPlane(pair(pixel)));
  }

  // The area under the cross that the map has in its middle while the keyboard moves it.
  areaInTheMiddle() {
    return this.areaAt([this.camera.width / 2, this.camera.height / 2]);
  }

  // The point nearest to a pixel, where one is so near.
  pointAt(pixel) {
    const [px, py] = pair(pixel);
    let [best, found] = [this.picture.radius + REACH, undefined];
    this.picture.points.forEach(({ x, y }, i) => {
      const [qx, qy] = this.camera.toPixels([x, y]);
      const away = Math.hypot(qx - px, qy - py);
      if (away < best) [best, found] = [away, this.points[i]];
    });
    return found;
  }

  // The place in the middle of what is seen, in degrees.
  get middle() {
    const [lng, lat] = toDegrees(this.camera.x, this.camera.y);
    return { lng, lat };
  }

  // Whether a place (degrees) is on the map as it is seen.
  sees([lon, lat]) {
    const [px, py] = this.camera.toPixels(toPlane(lon, lat));
    return px >= 0 && py >= 0 && px <= this.camera.width && py <= this.camera.height;
  }

  // Call `f` on a "press" and a "click" by whatever hand, where a pointer is "over" the map or is "out" of it again, and
  // where what is seen changes ("move"). Who prevents the default of a press keeps the map where it is.
  on(name, f) {
    this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), f]);
  }

  // Whether a double click comes nearer.
  set zoomsOnDouble(isOn) {
    this.gestures.zoomsOnDouble = isOn;
  }

  // Look at areas, with what lies round them: at least `least` kilometres across.
  fit(ids, { least = 0 } = {}) {
    this.gestures.glide(this.camera.over(widened(this.#boxOf(ids), least), 40, 13), 400);
  }

  moveTo([lon, lat]) {
    const [x, y] = toPlane(lon, lat);
    this.gestures.look({ x, y });
  }

  // --- What hands do to it -------------------------------------------------------------------------------------------

  // Tell who listens; says whether nobody has kept the event.
  tell(name, original) {
    const touch = original.changedTouches?.[0];
    const [x, y] = this.gestures.at(touch ?? original);
    const [lng, lat] = toDegrees(...this.camera.toPlane([x, y]));
    let isFree = true;
    const event = { point: { x, y }, lngLat: { lng, lat }, originalEvent: original, preventDefault: () => (isFree = false) };
    for (const f of this.#listeners.get(name) ?? []) f(event);
    return isFree;
  }

  // --- Drawing -------------------------------------------------------------------------------------------------------

  request() {
    delete this.container.dataset.idle;
    if (this.#isDue) return;
    this.#isDue = true;
    requestAnimationFrame((now) => {
      this.#isDue = false;
      this.#draw(now);
    });
  }

  #repaint() {
    this.#isStale = true;
    this.request();
  }

  #resize() {
    const { clientWidth: width, clientHeight: height } = this.stage;
    if (!width || !height) return;
    this.ratio = Math.min(2, devicePixelRatio || 1);
    Object.assign(this.canvas, { width: Math.round(width * this.ratio), height: Math.round(height * this.ratio) });
    this.camera.resize(width, height);
    this.gestures.settle();
    this.#draw(performance.now()); // at once: a canvas of another size is blank
  }

  #draw(now) {
    const view = this.camera.view(this.ratio);
    const { isMoving } = this.gestures;
    if (!this.#serves(view, isMoving, now)) this.#make(now);
    else if (this.#isStale) this.picture.paint();
    this.#isStale = false;
    this.picture.lay(this.context, view);
    const { selected, pointed } = this.#lines;
    if (pointed) drawLine(this.context, this.ground, pointed, view, this.ratio, { colour: LINES.pointed, width: 2, wider: 5, casing: LINES.core });
    if (selected) drawLine(this.context, this.ground, selected, view, this.ratio, { colour: LINES.core, width: 4, wider: 8 });
    for (const mark of this.#marks) mark.place();
    for (const f of this.#listeners.get("move") ?? []) f();
    if (!isMoving) this.container.dataset.idle = "yes"; // nothing is left to load or draw
  }

  // Whether the picture will do: at rest it must be of this very zoom, while the map moves of one not long ago.
  #serves(view, isMoving, now) {
    const { picture } = this;
    if (!picture.covers(view) || picture.ratio !== this.ratio) return false;
    if (picture.view.scale === view.scale) return true;
    return isMoving && now - this.#madeAt < SOON && Math.abs(Math.log2(picture.view.scale / view.scale)) < HARDLY;
  }

  #make(now) {
    this.picture.make(this.camera.view(this.ratio, MARGIN), this.ratio);
    this.#madeAt = now;
  }

  #edge(members) {
    return this.england.topology.edge(members);
  }

  #boxOf(ids) {
    const { topology } = this.england;
    const found = [Infinity, Infinity, -Infinity, -Infinity];
    for (const id of ids) {
      const box = this.ground.boxOf(topology.stretchesOf(id));
      for (const i of [0, 1]) {
        found[i] = Math.min(found[i], box[i]);
        found[i + 2] = Math.max(found[i + 2], box[i + 2]);
      }
    }
    return found;
  }

  #listen(onPick, onPoint) {
    for (const [heard, name] of [["pointermove", "over"], ["pointerleave", "out"], ["click", "click"]])
      this.stage.addEventListener(heard, (event) => this.tell(name, event));
    this.on("over", ({ point, originalEvent }) => {
      if (originalEvent.pointerType !== "touch" && !originalEvent.buttons) this.#point(this.areaAt(point), onPoint);
    });
    this.on("out", () => this.#point(undefined, onPoint));
    if (!onPick) return;
    const pick = (id, event) => id !== undefined && onPick(id, event);
    this.on("click", ({ point, originalEvent }) => pick(this.areaAt(point), originalEvent));
    this.canvas.addEventListener("keydown", (event) => event.key === "Enter" && pick(this.areaInTheMiddle(), event));
  }

  #point(id, onPoint) {
    if (id === this.pointed) return;
    this.pointed = id;
    this.#lines.pointed = id === undefined ? undefined : this.#edge(id);
    this.request();
    onPoint?.(id ?? null);
  }
}

const pair = (pixel) => (Array.isArray(pixel) ? pixel : [pixel.x, pixel.y]);
