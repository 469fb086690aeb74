// The planner's map: areas by distance, weighted people or deprivation; candidates small, open centres large and numbered.
import { byDemand, byDeprivation, byDistance } from "./centres_bands.js";
import { openMap } from "./map.js";

const NAMED_FROM = 11; // zoom

// Open the map of a page; where it cannot be drawn, the frame says why and nothing is returned.
export async function openCentresMap(frame, data) {
  frame.hidden = false;
  const place = frame.querySelector("[data-map]");
  const label = place.dataset.map;
  const england = await openMap(place, ({ areas }) => ({ only: data.areas.codes.map((code) => areas.at.get(code)), label, describedBy: "map-help" }));
  return england && new CentresMap(frame, data, england);
}

class CentresMap {
  constructor(frame, data, england) {
    Object.assign(this, { frame, data, england, pins: [], open: [], ids: england.shown });
    for (const radio of frame.querySelectorAll("input[type=radio]")) radio.addEventListener("change", () => this.colour());
    const named = () => frame.classList.toggle("app-centres-map--named", england.camera.zoom >= NAMED_FROM);
    england.on("move", named);
    named();
    england.showPoints(data.candidates);
  }

  // Show centres, numbered in their order, with each area's distance; `onMove(centre, lngLat)` where one may be dragged.
  show(open, distance, onMove = null) {
    Object.assign(this, { open, distance });
    for (const pin of this.pins) pin.remove();
    this.pins = open.map((centre, i) => this.#pin(centre, i + 1, centre.isSpot ? onMove : null));
    this.colour();
  }

  #pin(centre, number, onMove) {
    const element = document.createElement("div");
    element.className = `app-pin${centre.isFixed ? " app-pin--fixed" : ""}`;
    element.title = centre.isFixed ? `${centre.name} (stands already)` : centre.name;
    element.append(text("span", "app-pin__number", number), text("span", "app-pin__name", centre.name));
    element.setAttribute("aria-hidden", "true"); // the tables name each centre; a row of unnamed pins would say nothing
    return this.england.mark(element, [centre.lon, centre.lat], { onMove: onMove && ((at) => onMove(centre, at)) });
  }

  colour() {
    const { areas, settings } = this.data;
    const layer = this.frame.querySelector("input[type=radio]:checked").value;
    const shown =
      layer === "demand" ? byDemand(areas.weight) : layer === "deprivation" ? byDeprivation(areas.quintile) : byDistance(this.distance, settings.within);
    const classes = [];
    this.ids.forEach((id, i) => (classes[id] = shown.classes[i]));
    this.england.colour(classes, shown.colours);
    this.#explain(shown);
  }

  #explain({ colours, words }) {
    const items = words.map((word, i) => {
      const item = document.createElement("li");
      const swatch = text("span", "app-signs__colour", "");
      swatch.style.backgroundColor = colours[i];
      item.append(swatch, word);
      return item;
    });
    const pins = [["app-signs__candidate", "candidate site"], ["app-signs__open", "centre, numbered as in the table"]];
    if (this.open.some((centre) => centre.isFixed)) pins.push(["app-signs__fixed", "centre that stands already"]);
    for (const [kind, word] of pins) {
      const item = document.createElement("li");
      item.append(text("span", kind, ""), word);
      items.push(item);
    }
    this.frame.querySelector("[data-legend]").replaceChildren(...items);
  }
}

function text(tag, kind, words) {
  const element = document.createElement(tag);
  element.className = kind;
  element.textContent = words;
  return element;
}
