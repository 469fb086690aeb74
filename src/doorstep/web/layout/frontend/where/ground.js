// England's borders in the plane of the map, and which area each pixel of a picture is in.
//
// The plane is Web Mercator's, 0 to 1 from west to east and from north to south. A view says which part of it a picture
// shows: `left` and `top` in the plane, `scale` in pixels for its whole width, `width` and `height` in pixels.

const ROUND = 40075; // kilometres along the equator

export const toPlane = (lon, lat) => [lon / 360 + 0.5, 0.5 - Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) / (2 * Math.PI)];

export const toDegrees = (x, y) => [(x - 0.5) * 360, (Math.atan(Math.exp((0.5 - y) * 2 * Math.PI)) * 360) / Math.PI - 90];

// A box of the plane (west, north, east, south), made at least so many kilometres wide and high.
export function widened([west, north, east, south], kilometres) {
  const [x, y] = [(west + east) / 2, (north + south) / 2];
  const half = kilometres / 2 / (ROUND * Math.cos((toDegrees(x, y)[1] * Math.PI) / 180));
  return [Math.min(west, x - half), Math.min(north, y - half), Math.max(east, x + half), Math.max(south, y + half)];
}

export class Ground {
  constructor(topology) {
    const { xy, scale, start, a, b } = topology;
    const n = xy.length / 2;
    Object.assign(this, { start, x: new Float64Array(n), y: new Float64Array(n), box: new Float64Array(4 * a.length) });
    for (let p = 0; p < n; p++) [this.x[p], this.y[p]] = toPlane(xy[2 * p] / scale, xy[2 * p + 1] / scale);
    for (let s = 0; s < a.length; s++) this.box.set(boxOf(this.x.subarray(start[s], start[s + 1]), this.y.subarray(start[s], start[s + 1])), 4 * s);
    this.turns = Uint16Array.from(a, (area, s) => (area + 1) ^ (b[s] + 1));
  }

  // Stretches that a view may show; those left of it too where `isRow`: its rows begin there.
  seen({ left, top, scale, width, height }, isRow = false) {
    const [right, foot, from] = [left + width / scale, top + height / scale, isRow ? -1 : left];
    const found = [];
    const { box } = this;
    for (let s = 0, i = 0; i < box.length; s++, i += 4)
      if (box[i] < right && box[i + 1] < foot && box[i + 2] > from && box[i + 3] > top) found.push(s);
    return found;
  }

  // Write into `areas` the area of each pixel's centre, by its number and one; 0: outside England.
  //
  // Along a row of pixels, who crosses a border between a and b leaves one for the other: the number so far, exclusive-or
  // a, exclusive-or b. That does not ask which side is which, nor in what order borders left of the picture come.
  fill(view, areas) {
    areas.fill(0);
    for (const s of this.seen(view, true)) this.#cross(s, view, areas);
    const { width, height } = view;
    for (let row = 0, i = 0; row < height; row++)
      for (let column = 0, area = 0; column < width; column++, i++) areas[i] = area ^= areas[i];
  }

  // Note one stretch's turn in each row, at the first pixel whose centre lies right of it.
  #cross(s, { left, top, scale, width, height }, areas) {
    const { x, y, start } = this;
    const turn = this.turns[s];
    let [x1, y1] = [(x[start[s]] - left) * scale - 0.5, (y[start[s]] - top) * scale - 0.5]; // centres are whole numbers
    for (let p = start[s] + 1; p < start[s + 1]; p++) {
      const x2 = (x[p] - left) * scale - 0.5;
      const y2 = (y[p] - top) * scale - 0.5;
      const first = Math.max(0, Math.ceil(Math.min(y1, y2)));
      const end = Math.min(height, Math.ceil(Math.max(y1, y2)));
      const slope = (x2 - x1) / (y2 - y1);
      for (let row = first; row < end; row++) {
        const column = Math.max(0, Math.ceil(x1 + (row - y1) * slope));
        if (column < width) areas[row * width + column] ^= turn;
      }
      x1 = x2;
      y1 = y2;
    }
  }

  // Add stretches to a path, as a view shows them.
  trace(stretches, { left, top, scale }, path) {
    const { x, y, start } = this;
    for (const s of stretches) {
      path.moveTo((x[start[s]] - left) * scale, (y[start[s]] - top) * scale);
      for (let p = start[s] + 1; p < start[s + 1]; p++) path.lineTo((x[p] - left) * scale, (y[p] - top) * scale);
    }
  }

  // The smallest box round stretches: west, north, east, south in the plane.
  boxOf(stretches) {
    const found = [Infinity, Infinity, -Infinity, -Infinity];
    for (const s of stretches)
      for (const i of [0, 1]) {
        found[i] = Math.min(found[i], this.box[4 * s + i]);
        found[i + 2] = Math.max(found[i + 2], this.box[4 * s + i + 2]);
      }
    return found;
  }
}

function boxOf(xs, ys) {
  let [west, north, east, south] = [xs[0], ys[0], xs[0], ys[0]];
  for (let i = 1; i < xs.length; i++) {
    if (xs[i] < west) west = xs[i];
    else if (xs[i] > east) east = xs[i];
    if (ys[i] < north) north = ys[i];
    else if (ys[i] > south) south = ys[i];
  }
  return [west, north, east, south];
}
