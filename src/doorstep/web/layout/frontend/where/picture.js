// A picture of areas in their colours, with their borders, outlines over them and points: somewhat larger than the map,
// so that moving the map is laying the picture elsewhere. It knows which area each of its pixels is in.
import { LINES, UNKNOWN } from "./scales.js";

const STROKE = "#4c6272";
const NONE = 65535; // no pixel has it: areas are numbered to 33,755
const MOST_BORDERS = 12000; // stretches: more lie so near each other that they would hide the colours
const POINT = { fill: "#ffffff", line: LINES.core };

export class Picture {
  areas = new Uint16Array(0);
  #colourOf = new Uint32Array(NONE + 1).fill(opaque("#ffffff")); // by area number and one
  #canvas = document.createElement("canvas");
  #context = this.#canvas.getContext("2d", { alpha: false, willReadFrequently: true }); // kept in memory, not on a card
  #pixels = null;
  #borders = null;

  // `shown`: the numbers of the areas that are drawn.
  constructor(topology, ground, shown) {
    Object.assign(this, { topology, ground, shown, view: null, outlines: [], points: [] });
    this.colour([], []);
  }

  // The colour of each area, by its class (a place in `colours`; none: unknown).
  colour(classes, colours) {
    const [known, unknown] = [colours.map(opaque), opaque(UNKNOWN)];
    for (const area of this.shown) this.#colourOf[area + 1] = known[classes[area]] ?? unknown;
  }

  // Make the picture for a view, and its areas with it; `ratio`: pixels of the screen for one of the page.
  make(view, ratio) {
    const { width, height } = view;
    if (this.#canvas.width !== width || this.#canvas.height !== height || !this.#pixels) {
      Object.assign(this.#canvas, { width, height });
      this.#pixels = new ImageData(width, height);
      this.areas = new Uint16Array(width * height);
    }
    Object.assign(this, { view, ratio });
    this.ground.fill(view, this.areas);
    this.#borders = null;
    this.paint();
  }

  // Paint it again as it is, in the colours of now.
  paint() {
    const { areas, view, ratio } = this;
    const colours = new Uint32Array(this.#pixels.data.buffer);
    for (let i = 0; i < areas.length; i++) colours[i] = this.#colourOf[areas[i]];
    this.#context.putImageData(this.#pixels, 0, 0);
    this.#drawBorders();
    for (const { edge, colour, width } of this.outlines) drawLine(this.#context, this.ground, edge, view, ratio, { colour, width, wider: width + 2 });
    this.#drawPoints();
  }

  #drawBorders() {
    const { ground, view, ratio } = this;
    if (!this.#borders) {
      const { a, b } = this.topology;
      const seen = ground.seen(view).filter((s) => this.shown.has(a[s]) || this.shown.has(b[s]));
      this.#borders = new Path2D();
      if (seen.length <= MOST_BORDERS) ground.trace(seen, view, this.#borders);
    }
    const zoom = Math.log2(view.scale / ratio / 512);
    const width = Math.min(1, Math.max(0.2, 0.2 + (zoom - 8) * 0.16));
    // Seen on dark colours by its light part, on light ones by its dark part.
    for (const [strokeStyle, globalAlpha, wide] of [["#ffffff", 0.3, width + 0.8], [STROKE, 0.7, width]]) {
      Object.assign(this.#context, { strokeStyle, globalAlpha, lineWidth: wide * ratio, lineJoin: "round", lineCap: "butt" });
      this.#context.stroke(this.#borders);
    }
    this.#context.globalAlpha = 1;
  }

  // Points grow as one comes nearer.
  get radius() {
    const zoom = Math.log2(this.view.scale / this.ratio / 512);
    return Math.min(6, Math.max(2.5, 2.5 + (zoom - 8) * 0.7));
  }

  #drawPoints() {
    const { view, ratio } = this;
    const path = new Path2D();
    for (const { x, y } of this.points) {
      const [px, py] = [(x - view.left) * view.scale, (y - view.top) * view.scale];
      path.moveTo(px + this.radius * ratio, py);
      path.arc(px, py, this.radius * ratio, 0, 2 * Math.PI);
    }
    Object.assign(this.#context, { fillStyle: POINT.fill, strokeStyle: POINT.line, lineWidth: 1.5 * ratio });
    this.#context.fill(path);
    this.#context.stroke(path);
  }

  // Whether all of a view lies within the picture.
  covers({ left, top, scale, width, height }) {
    const mine = this.view;
    const right = (one) => one.left + one.width / one.scale;
    const foot = (one) => one.top + one.height / one.scale;
    const near = 1 / scale;
    const view = { left, top, scale, width, height };
    return mine !== null && left >= mine.left - near && top >= mine.top - near && right(view) <= right(mine) + near && foot(view) <= foot(mine) + near;
  }

  // Lay what of it a view shows over a canvas.
  lay(context, { left, top, scale, width, height }) {
    const mine = this.view;
    const times = scale / mine.scale;
    const [x, y] = [(mine.left - left) * scale, (mine.top - top) * scale];
    if (Math.abs(times - 1) < 1e-9) return context.drawImage(this.#canvas, Math.round(x), Math.round(y)); // pixel on pixel
    context.imageSmoothingEnabled = false;
    context.fillStyle = "#ffffff";
    context.fillRect(0, 0, width, height);
    context.drawImage(this.#canvas, x, y, mine.width * times, mine.height * times);
  }

  // The area at a place of the plane: its number, or undefined.
  areaAt([x, y]) {
    const { left, top, scale, width, height } = this.view;
    const [column, row] = [Math.floor((x - left) * scale), Math.floor((y - top) * scale)];
    const found = column >= 0 && column < width && row >= 0 && row < height ? this.areas[row * width + column] - 1 : -1;
    return found >= 0 && this.shown.has(found) ? found : undefined;
  }
}

// A line that is seen on any colour: its core over a wider casing.
export function drawLine(context, ground, stretches, view, ratio, { colour, width, wider, casing = LINES.casing }) {
  const path = new Path2D();
  ground.trace(stretches, view, path);
  Object.assign(context, { lineJoin: "round", lineCap: "round" });
  for (const [strokeStyle, wide] of [[casing, wider], [colour, width]]) {
    Object.assign(context, { strokeStyle, lineWidth: wide * ratio });
    context.stroke(path);
  }
}

// #rrggbb as the number that a pixel of it is.
function opaque(colour) {
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}
