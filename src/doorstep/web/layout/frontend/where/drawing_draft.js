// What somebody draws before it is saved: which area is in which neighbourhood, every step undoable. No map, no page.

export const NONE = ""; // moved there, an area is in no neighbourhood

export class Draft {
  #states;
  #now = 0;
  #sizes = new Map();

  // `areas` are numbers of areas, `home[i]` the places (in `neighbourhoods`) of those that hold areas[i], `people[area]`
  // its residents.
  constructor({ areas, home, neighbourhoods, people, topology, range }) {
    Object.assign(this, { areas, people, topology, range });
    const items = neighbourhoods.map(({ id, name, label }) => ({ id, name, label }));
    this.ground = new Set(areas);
    this.#states = [{ items, homes: new Map(areas.map((area, i) => [area, home[i].map((place) => items[place].id)])) }];
  }

  get items() {
    return this.#states[this.#now].items;
  }

  get isChanged() {
    const { moved, named, added, removed } = this.changes(String);
    return [moved, named, added, removed].some((found) => Object.keys(found).length > 0);
  }

  homes(area) {
    return this.#states[this.#now].homes.get(area) ?? [];
  }

  label(id) {
    if (id === NONE) return "none";
    const found = this.items.find((item) => item.id === id);
    return found?.name || found?.label || (id.startsWith("new-") ? "New area" : `Area ${id}`);
  }

  members(id) {
    return new Set(this.areas.filter((area) => this.homes(area).includes(id)));
  }

  unassigned() {
    return this.areas.filter((area) => this.homes(area).length === 0);
  }

  // Residents, areas, and the pieces that hang together, the largest first; how many residents from the range.
  size(id) {
    if (!this.#sizes.has(id)) this.#sizes.set(id, this.#sized(this.members(id)));
    return this.#sizes.get(id);
  }

  // What its size would be with areas that it does not have yet; nothing is moved.
  sizeWith(id, areas) {
    return this.#sized(new Set([...this.size(id).members, ...areas]));
  }

  #sized(members) {
    const people = this.total(members);
    const [low, high] = this.range;
    const away = people < low ? people - low : Math.max(0, people - high);
    return { people, members, away, pieces: this.topology.pieces(members) };
  }

  total(areas) {
    let sum = 0;
    for (const area of areas) sum += this.people[area];
    return sum;
  }

  // Move areas to a neighbourhood; returns those that were elsewhere. `joins`: it is part of the step before (a stroke).
  move(areas, to, { joins = false } = {}) {
    const moved = [...areas].filter((area) => {
      const homes = this.homes(area);
      return this.ground.has(area) && (to === NONE ? homes.length > 0 : homes.length !== 1 || homes[0] !== to);
    });
    if (moved.length === 0) return moved;
    const homes = new Map(this.#states[this.#now].homes);
    const touched = new Set([to, ...moved.flatMap((area) => this.homes(area))]);
    for (const area of moved) homes.set(area, to === NONE ? [] : [to]);
    this.#step({ items: this.items, homes }, joins, touched);
    return moved;
  }

  rename(id, name) {
    const joins = this.lastRenamed === id && this.#now > 0 && this.#now === this.renamedAt;
    this.#step({ ...this.#states[this.#now], items: this.items.map((item) => (item.id === id ? { ...item, name } : item)) }, joins);
    this.lastRenamed = id; // typing a name is one step, not one a letter
    this.renamedAt = this.#now;
  }

  add(name) {
    const numbers = this.#states.flatMap(({ items }) => items.map(({ id }) => Number(/^new-(\d+)$/.exec(id)?.[1] ?? 0)));
    const id = `new-${Math.max(0, ...numbers) + 1}`;
    this.#step({ ...this.#states[this.#now], items: [...this.items, { id, name }] });
    return id;
  }

  // Make one neighbourhood part of another: its areas go there, and it is taken out. One step.
  join(id, to) {
    const homes = new Map(this.#states[this.#now].homes);
    for (const area of this.members(id)) homes.set(area, [...new Set(this.homes(area).map((one) => (one === id ? to : one)))]);
    this.#step({ items: this.items.filter((item) => item.id !== id), homes });
  }

  // Take out a neighbourhood that has no area; says whether it did.
  remove(id) {
    if (this.size(id).members.size > 0 || this.items.length < 2) return false;
    this.#step({ ...this.#states[this.#now], items: this.items.filter((item) => item.id !== id) });
    return true;
  }

  get canUndo() {
    return this.#now > 0;
  }

  get canRedo() {
    return this.#now < this.#states.length - 1;
  }

  undo() {
    if (this.canUndo) this.#go(this.#now - 1);
  }

  redo() {
    if (this.canRedo) this.#go(this.#now + 1);
  }

  // `touched` are the ids of those whose areas change; without it all may have changed.
  #step(state, joins = false, touched = null) {
    this.#states.length = this.#now + 1;
    if (joins && this.#now > 0) this.#states[this.#now] = state;
    else this.#states.push(state);
    this.lastRenamed = undefined;
    this.#go(this.#states.length - 1, touched);
  }

  #go(place, touched = null) {
    this.#now = place;
    if (touched) for (const id of touched) this.#sizes.delete(id);
    else this.#sizes.clear();
  }

  // Which neighbourhoods have areas beside each other's.
  beside() {
    const found = new Map(this.items.map(({ id }) => [id, new Set()]));
    for (const area of this.areas)
      for (const other of this.topology.neighbours(area))
        for (const one of this.homes(area))
          for (const another of this.homes(other)) if (one !== another) found.get(one)?.add(another);
    return found;
  }

  // What is different from the version it began with, as the site takes it; `code` gives an area's code by its number.
  changes(code) {
    const [first, last] = [this.#states[0], this.#states[this.#now]];
    const before = new Map(first.items.map(({ id, name }) => [id, name]));
    const after = new Map(last.items.map(({ id, name }) => [id, name]));
    const moved = {};
    for (const area of this.areas) {
      const [was, is] = [first.homes.get(area), last.homes.get(area)];
      if (was.join() !== is.join()) moved[code(area)] = is[0] ?? NONE;
    }
    const entries = [...after];
    return {
      moved,
      named: Object.fromEntries(entries.filter(([id, name]) => before.has(id) && before.get(id) !== name)),
      added: Object.fromEntries(entries.filter(([id]) => !before.has(id))),
      removed: [...before.keys()].filter((id) => !after.has(id)),
    };
  }

  // Make changes again that were made before, as one step; `area` gives an area's number by its code.
  apply({ moved, named, added, removed }, area) {
    const known = (id) => id === NONE || items.some((item) => item.id === id);
    let items = this.items.map((item) => ({ ...item, name: named[item.id] ?? item.name }));
    items = [...items, ...Object.entries(added).map(([id, name]) => ({ id, name }))].filter(({ id }) => !removed.includes(id));
    const homes = new Map(this.#states[this.#now].homes);
    for (const [code, to] of Object.entries(moved))
      if (this.ground.has(area(code)) && known(to)) homes.set(area(code), to === NONE ? [] : [to]);
    this.#step({ items, homes });
  }
}

// The neighbour of an area that lies most in a direction (up, down, left, right); undefined where none does.
export function towards(direction, area, neighbours, { lon, lat }) {
  const [dx, dy] = { left: [-1, 0], right: [1, 0], up: [0, 1], down: [0, -1] }[direction];
  const narrow = Math.cos((lat[area] * Math.PI) / 180);
  let [best, found] = [0.5, undefined]; // a cosine: within 60 degrees
  for (const other of neighbours) {
    const [x, y] = [(lon[other] - lon[area]) * narrow, lat[other] - lat[area]];
    const cosine = (x * dx + y * dy) / (Math.hypot(x, y) || 1);
    if (cosine > best) [best, found] = [cosine, other];
  }
  return found;
}
