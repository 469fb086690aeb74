// Borders stored once each become polygons: an area's edge is every stretch that names it on one side only, and so is
// the edge of any group of areas. The file's form is described in doorstep/geography/map_layer.py.

export function decode(buffer) {
  const view = new DataView(buffer);
  const magic = String.fromCharCode(...new Uint8Array(buffer, 0, 4));
  if (magic !== "DSL1") throw new Error("the map's borders are not in the form this page reads");
  const length = view.getUint32(4, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)));
  const { areas, stretches, points, scale } = header;
  let at = 8 + length;
  const take = (Kind, n) => {
    const found = new Kind(buffer, at, n);
    at += n * Kind.BYTES_PER_ELEMENT;
    return found;
  };
  const a = take(Int32Array, stretches);
  const b = take(Int32Array, stretches);
  const metres = take(Float32Array, stretches);
  const start = take(Uint32Array, stretches + 1);
  const first = take(Int32Array, 2 * stretches);
  const steps = take(Int16Array, 2 * (points - stretches));
  const xy = new Int32Array(2 * points);
  for (let i = 0, step = 0; i < stretches; i++) {
    let x = first[2 * i];
    let y = first[2 * i + 1];
    for (let p = start[i]; p < start[i + 1]; p++) {
      if (p > start[i]) {
        x += steps[step++];
        y += steps[step++];
      }
      xy[2 * p] = x;
      xy[2 * p + 1] = y;
    }
  }
  return new Topology({ stamp: header.stamp, areas, scale, a, b, metres, start, xy });
}

export class Topology {
  constructor(fields) {
    Object.assign(this, fields);
    this.#index();
  }

  // For each area, its stretches: `of[from[i]] … of[from[i + 1] - 1]`.
  #index() {
    const counts = new Uint32Array(this.areas + 1);
    const each = (f) => {
      for (let s = 0; s < this.a.length; s++) {
        f(this.a[s], s);
        if (this.b[s] >= 0) f(this.b[s], s);
      }
    };
    each((area) => counts[area + 1]++);
    for (let i = 0; i < this.areas; i++) counts[i + 1] += counts[i];
    this.from = counts.slice();
    this.of = new Uint32Array(counts[this.areas]);
    each((area, s) => (this.of[counts[area]++] = s));
  }

  stretchesOf(area) {
    return this.of.subarray(this.from[area], this.from[area + 1]);
  }

  // Areas that share a border with an area.
  neighbours(area) {
    const found = new Set();
    for (const s of this.stretchesOf(area)) {
      const other = this.a[s] === area ? this.b[s] : this.a[s];
      if (other >= 0 && other !== area) found.add(other);
    }
    return found;
  }

  // The connected pieces of a group of areas (a Set), the largest first.
  pieces(members) {
    const left = new Set(members);
    const found = [];
    for (const seed of members) {
      if (!left.delete(seed)) continue;
      const piece = [seed];
      for (let i = 0; i < piece.length; i++)
        for (const next of this.neighbours(piece[i])) if (left.delete(next)) piece.push(next);
      found.push(piece);
    }
    return found.sort((one, other) => other.length - one.length);
  }

  // One area, or a group (a Set), as the coordinates of a GeoJSON MultiPolygon.
  polygon(members) {
    const group = typeof members === "number" ? new Set([members]) : members;
    const edge = [];
    for (const area of group)
      for (const s of this.stretchesOf(area)) {
        const other = this.a[s] === area ? this.b[s] : this.a[s];
        if (other < 0 || !group.has(other)) edge.push(s);
      }
    return this.#polygons(this.#rings(edge));
  }

  // Join stretches end to end into closed rings of points in degrees.
  #rings(edge) {
    const key = (p) => this.xy[2 * p] * 4194304 + this.xy[2 * p + 1];
    const ends = new Map();
    const note = (k, s) => (ends.has(k) ? ends.get(k).push(s) : ends.set(k, [s]));
    for (const s of edge) {
      note(key(this.start[s]), s);
      note(key(this.start[s + 1] - 1), s);
    }
    const used = new Set();
    const rings = [];
    for (const s of edge) {
      if (used.has(s)) continue;
      const ring = [];
      const begin = key(this.start[s]);
      let here = begin;
      let next = s;
      do {
        used.add(next);
        const [low, high] = [this.start[next], this.start[next + 1] - 1];
        const forward = key(low) === here;
        for (let p = forward ? low : high; forward ? p <= high : p >= low; p += forward ? 1 : -1)
          if (!ring.length || p !== (forward ? low : high))
            ring.push([this.xy[2 * p] / this.scale, this.xy[2 * p + 1] / this.scale]);
        here = key(forward ? high : low);
        if (here === begin) break;
        next = ends.get(here).find((other) => !used.has(other));
      } while (next !== undefined);
      rings.push(ring);
    }
    return rings;
  }

  // Which rings are holes of which: a hole lies in an odd number of others.
  #polygons(rings) {
    if (rings.length === 1) return [[turned(rings[0], true)]];
    const boxes = rings.map(box);
    const isIn = (ring, i) => rings.flatMap((other, j) => (j !== i && spans(boxes[j], middle(ring)) && holds(other, middle(ring)) ? [j] : []));
    const within = rings.map(isIn);
    const made = new Map();
    rings.forEach((ring, i) => within[i].length % 2 || made.set(i, [turned(ring, true)]));
    rings.forEach((ring, i) => {
      if (!made.has(i)) {
        const home = within[i].reduce((one, j) => (within[j].length > within[one].length ? j : one));
        made.get(home).push(turned(ring, false));
      }
    });
    return [...made.values()];
  }
}

// The middle of a ring's first edge: rings may touch at corners, never along an edge.
const middle = ([[x1, y1], [x2, y2]]) => [(x1 + x2) / 2, (y1 + y2) / 2];

function box(ring) {
  const found = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of ring) {
    found[0] = Math.min(found[0], x);
    found[1] = Math.min(found[1], y);
    found[2] = Math.max(found[2], x);
    found[3] = Math.max(found[3], y);
  }
  return found;
}

const spans = ([west, south, east, north], [x, y]) => west <= x && x <= east && south <= y && y <= north;

function turned(ring, anticlockwise) {
  let area = 0;
  for (let i = 1; i < ring.length; i++) area += ring[i - 1][0] * ring[i][1] - ring[i][0] * ring[i - 1][1];
  return area > 0 === anticlockwise ? ring : ring.toReversed();
}

function holds(ring, [x, y]) {
  let inside = false;
  for (let i = 1; i < ring.length; i++) {
    const [[x1, y1], [x2, y2]] = [ring[i - 1], ring[i]];
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside;
  }
  return inside;
}
