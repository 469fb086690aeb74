// Neighbourhoods on the map: a colour and a number each, and their outlines, as a draft has them now.
import { coloured, PALETTE } from "./drawing_colours.js";

const OUTLINE = "#212b32";
const APART = "#d5281b"; // round a piece that lies apart from most of its neighbourhood; the list says which

export class Picture {
  #places = new Map();
  #markers = new Map();
  #classes;

  constructor(map, draft, england, { isEdited = false } = {}) {
    Object.assign(this, { map, draft, england, isEdited });
    this.#classes = new Int16Array(england.areas.codes.length).fill(-1);
  }

  colourOf(id) {
    return PALETTE[this.#places.get(id)] ?? "#ffffff";
  }

  draw() {
    const { draft } = this;
    const ids = draft.items.map(({ id }) => id);
    this.#places = coloured(ids, draft.beside(), this.#places);
    for (const area of draft.areas) this.#classes[area] = this.#places.get(draft.homes(area)[0]) ?? -1;
    this.map.colour(this.#classes, PALETTE);
    const sizes = ids.map((id) => draft.size(id)).filter(({ members }) => members.size > 0);
    const apart = this.isEdited ? sizes.flatMap(({ pieces }) => pieces.slice(1).map((piece) => new Set(piece))) : [];
    this.map.outline([
      ...sizes.map(({ members }) => ({ members, colour: OUTLINE, width: 3 })),
      ...apart.map((members) => ({ members, colour: APART, width: 4 })),
    ]);
    this.#label(ids);
  }

  #label(ids) {
    const { draft, england } = this;
    for (const [id, marker] of this.#markers)
      if (!ids.includes(id) || draft.size(id).members.size === 0) {
        marker.remove();
        this.#markers.delete(id);
      }
    ids.forEach((id, i) => {
      const { members } = draft.size(id);
      if (members.size === 0) return;
      if (!this.#markers.has(id)) {
        const element = document.createElement("span");
        element.className = "app-area-number app-area-number--on-map";
        element.setAttribute("aria-hidden", "true");
        this.#markers.set(id, this.map.mark(element, [0, 0]));
      }
      const marker = this.#markers.get(id);
      marker.getElement().textContent = i + 1;
      marker.getElement().removeAttribute("aria-label");
      marker.setLngLat(middle(members, england.areas));
    });
  }
}

// The point of the area that lies nearest to where its residents' centre is: always inside the neighbourhood.
function middle(members, { lon, lat, population }) {
  let [x, y, people] = [0, 0, 0];
  for (const area of members) {
    x += lon[area] * population[area];
    y += lat[area] * population[area];
    people += population[area];
  }
  [x, y] = [x / (people || 1), y / (people || 1)];
  const far = (area) => (lon[area] - x) ** 2 + 2.5 * (lat[area] - y) ** 2;
  const nearest = [...members].reduce((one, other) => (far(other) < far(one) ? other : one));
  return [lon[nearest], lat[nearest]];
}
