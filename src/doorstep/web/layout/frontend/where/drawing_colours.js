// Colours that tell neighbours apart: a number on the map and in the list says the same.
import { SCALES } from "./scales.js";

export const PALETTE = SCALES.neighbourhoods.colours;

// Give each group a place in PALETTE, different from its neighbours'. `beside` maps a group's id to a Set of ids,
// `before` to the place it had: it keeps that where no neighbour has it, so that a map does not change all over.
export function coloured(ids, beside, before = new Map()) {
  const made = new Map();
  const wanted = (id) => before.get(id) ?? -1;
  const order = [...ids].sort((a, b) => (wanted(b) >= 0) - (wanted(a) >= 0));
  const few = ids.length <= PALETTE.length; // then no two are alike, neighbours or not
  for (const id of order) {
    const taken = new Set([...made].filter(([other]) => few || beside.get(id)?.has(other)).map(([, place]) => place));
    const free = PALETTE.map((_, place) => place).filter((place) => !taken.has(place));
    made.set(id, free.includes(wanted(id)) ? wanted(id) : (free[0] ?? leastUsed(id, made, beside)));
  }
  return made;
}

// More than eight groups all beside each other: some two must be alike, those with the shortest list of neighbours.
function leastUsed(id, made, beside) {
  const counts = PALETTE.map(() => 0);
  for (const [other, place] of made) if (beside.get(id)?.has(other)) counts[place]++;
  return counts.indexOf(Math.min(...counts));
}
