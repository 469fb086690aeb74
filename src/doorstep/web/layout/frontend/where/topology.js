// Borders stored once each: an area's edge is every stretch that names it on one side only, and so is the edge of any
// group of areas; no polygon is ever made. The file's form is described in doorstep/geography/map_layer.py.

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

  // The stretches round one area, or round a group (a Set): those with a member on one side only.
  edge(members) {
    const group = typeof members === "number" ? new Set([members]) : members;
    const found = [];
    for (const area of group)
      for (const s of this.stretchesOf(area)) {
        const other = this.a[s] === area ? this.b[s] : this.a[s];
        if (other < 0 || !group.has(other)) found.push(s);
      }
    return found;
  }
}
