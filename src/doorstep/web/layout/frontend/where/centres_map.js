// The planner's map: areas by distance, weighted people or deprivation; candidates small, open centres large and numbered.
import { Marker } from "maplibre-gl";

import { byDemand, byDeprivation, byDistance } from "./centres_bands.js";
import { nearest } from "./centres_sums.js";
import { EnglandMap, loadEngland } from "./map.js";

const NAMED_FROM = 11; // zoom
const INK = "#212b32";

export async function openMap(frame, data) {
  const england = await loadEngland();
  const ids = data.areas.codes.map((code) => england.areas.at.get(code));
  frame.hidden = false;
  const place = frame.querySelector("[data-map]");
  const map = new CentresMap(frame, data, ids, new EnglandMap(place, england, { only: ids, label: place.getAttribute("aria-label") }));
  place.removeAttribute("aria-label");
  await map.england.ready;
  map.addCandidates();
  return map;
}

class CentresMap {
  constructor(frame, data, ids, england) {
    Object.assign(this, { frame, data, ids, england, pins: [], open: [] });
    this.map = england.map;
    for (const radio of frame.querySelectorAll("input[type=radio]")) radio.addEventListener("change", () => this.colour());
    const named = () => frame.classList.toggle("app-centres-map--named", this.map.getZoom() >= NAMED_FROM);
    this.map.on("zoom", named);
    named();
  }

  addCandidates() {
    const features = this.data.candidates.map(({ id, lon, lat }) => ({
      type: "Feature",
      properties: { id },
      geometry: { type: "Point", coordinates: [lon, lat] },
    }));
    this.map.addSource("candidates", { type: "geojson", data: { type: "FeatureCollection", features } });
    this.map.addLayer({
      id: "candidates",
      type: "circle",
      source: "candidates",
      paint: {
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 8, 2.5, 13, 6],
        "circle-color": "#ffffff",
        "circle-stroke-color": INK,
        "circle-stroke-width": 1.5,
      },
    });
  }

  // Show centres, numbered in their order; `onMove(centre, lngLat)` where one may be dragged.
  show(open, onMove = null) {
    this.open = open;
    for (const pin of this.pins) pin.remove();
    this.pins = open.map((centre, i) => this.#pin(centre, i + 1, centre.isSpot ? onMove : null));
    this.distance = nearest(this.data.areas, open, this.data.settings.factor);
    this.colour();
  }

  #pin(centre, number, onMove) {
    const element = document.createElement("div");
    element.className = `app-pin${centre.isFixed ? " app-pin--fixed" : ""}`;
    element.title = centre.isFixed ? `${centre.name} (stands already)` : centre.name;
    element.append(text("span", "app-pin__number", number), text("span", "app-pin__name", centre.name));
    const pin = new Marker({ element, draggable: Boolean(onMove) }).setLngLat([centre.lon, centre.lat]).addTo(this.map);
    element.removeAttribute("aria-label"); // the tables name each centre; a row of unnamed markers would say nothing
    element.setAttribute("aria-hidden", "true");
    element.removeAttribute("tabindex");
    if (onMove) pin.on("dragend", () => onMove(centre, pin.getLngLat()));
    return pin;
  }

  colour() {
    const { areas, settings } = this.data;
    const layer = this.frame.querySelector("input[type=radio]:checked").value;
    const shown =
      layer === "demand" ? byDemand(areas.weight) : layer === "deprivation" ? byDeprivation(areas.quintile) : byDistance(this.distance, settings.within);
    const classes = [];
    this.ids.forEach((id, i) => (classes[id] = shown.classes[i]));
    this.england.colour(classes, shown.scale.colours);
    this.#explain(shown);
  }

  #explain({ scale, words }) {
    const items = words.map((word, i) => {
      const item = document.createElement("li");
      const swatch = text("span", "app-legend__colour", "");
      swatch.style.backgroundColor = scale.colours[i];
      item.append(swatch, word);
      return item;
    });
    const pins = [["app-legend__candidate", "candidate site"], ["app-legend__open", "centre, numbered as in the table"]];
    if (this.open.some((centre) => centre.isFixed)) pins.push(["app-legend__fixed", "centre that stands already"]);
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
