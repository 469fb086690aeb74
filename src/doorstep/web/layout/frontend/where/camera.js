// Where a map is looked at from: the middle of what is seen, in the plane of ground.js, and how large it is. Pixels here
// are those of the page's style sheet.

const TILE = 512; // pixels of the whole plane at zoom 0
const MOST = 15; // zoom

export class Camera {
  x = 0.5;
  y = 0.5;
  zoom = 0;
  least = 0;

  // `box`: west, north, east, south of what the map is of. The middle stays in there, and it is never much smaller.
  constructor(box, width, height) {
    this.box = box;
    this.resize(width, height);
  }

  resize(width, height) {
    Object.assign(this, { width, height });
    this.least = this.over(this.box, 0).zoom - 1;
    this.look(this.kept(this));
  }

  get where() {
    return { x: this.x, y: this.y, zoom: this.zoom };
  }

  get scale() {
    return this.scaleOf(this.zoom);
  }

  // The least and the most pixels of the whole plane.
  get scales() {
    return [this.scaleOf(this.least), this.scaleOf(MOST)];
  }

  scaleOf(zoom) {
    return TILE * 2 ** zoom;
  }

  zoomOf(scale) {
    return Math.log2(scale / TILE);
  }

  look({ x, y, zoom }) {
    Object.assign(this, { x, y, zoom });
  }

  // As near to a place as the map goes.
  kept({ x, y, zoom }) {
    const [west, north, east, south] = this.box;
    const within = (value, low, high) => Math.min(high, Math.max(low, value));
    return { x: within(x, west, east), y: within(y, north, south), zoom: within(zoom, this.least, MOST) };
  }

  // Where one must look from to see a box with so many pixels round it, no nearer than a zoom.
  over([west, north, east, south], padding, most = MOST) {
    const room = (pixels) => Math.max(1, pixels - 2 * padding);
    const scale = Math.min(room(this.width) / (east - west), room(this.height) / (south - north));
    return { x: (west + east) / 2, y: (north + south) / 2, zoom: Math.min(most, this.zoomOf(scale)) };
  }

  toPlane([px, py]) {
    return [this.x + (px - this.width / 2) / this.scale, this.y + (py - this.height / 2) / this.scale];
  }

  toPixels([x, y]) {
    return [(x - this.x) * this.scale + this.width / 2, (y - this.y) * this.scale + this.height / 2];
  }

  // What is seen as a view of ground.js, in pixels of the screen (`ratio` to one of the page), with a margin round it.
  view(ratio, margin = 0) {
    const scale = this.scale * ratio;
    const width = Math.round(this.width * ratio * (1 + 2 * margin));
    const height = Math.round(this.height * ratio * (1 + 2 * margin));
    return { left: this.x - width / 2 / scale, top: this.y - height / 2 / scale, scale, width, height };
  }
}
