// A map of England's areas: shapes from one file of this site, no tiles, no other host. Pages colour it, select on it
// and lay outlines over it; what it shows stands in a table beside it, for it says nothing to who cannot see it.
import { AttributionControl, Map as MapLibre, NavigationControl, setWorkerUrl } from "maplibre-gl";

import { decode } from "./topology.js";

const BASE = new URL(".", import.meta.url);
const STROKE = "#4c6272";
const NOTHING = { type: "FeatureCollection", features: [] };
export const UNKNOWN = "#e8edee";

setWorkerUrl(new URL("worker.js", BASE).href);

// Fetch the areas (by column) and their borders; the numbers of areas are the same in both.
export async function loadEngland() {
  const get = async (name) => {
    const answer = await fetch(new URL(name, BASE));
    if (!answer.ok) throw new Error(`${name}: the site answered ${answer.status}`);
    return answer;
  };
  const [areas, topology] = await Promise.all([
    get("england.json").then((answer) => answer.json()),
    get("england.bin").then((answer) => answer.arrayBuffer()).then(decode),
  ]);
  if (areas.stamp !== topology.stamp) throw new Error("the map's areas and borders do not belong together");
  areas.at = new Map(areas.codes.map((code, i) => [code, i]));
  return { areas, topology };
}

export class EnglandMap {
  // `only`: the areas to draw (their numbers); none: all of England.
  constructor(container, england, { only = null, label = "Map", onPick = null, onPoint = null } = {}) {
    this.england = england;
    this.shown = only ?? Array.from(england.areas.codes.keys());
    const map = (this.map = new MapLibre({
      container,
      style: { version: 8, sources: {}, layers: [{ id: "sea", type: "background", paint: { "background-color": "#ffffff" } }] },
      bounds: this.boundsOf(this.shown),
      fitBoundsOptions: { padding: 16 },
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      fadeDuration: 0,
      maxZoom: 15,
    }));
    map.touchZoomRotate.disableRotation();
    map.addControl(new NavigationControl({ showCompass: false }), "top-right");
    map.addControl(
      new AttributionControl({
        compact: true,
        customAttribution:
          "Source: Office for National Statistics licensed under the Open Government Licence v.3.0. Contains OS data © Crown copyright and database right 2023-2024",
      }),
    );
    map.getCanvas().setAttribute("aria-label", label);
    map.getCanvas().setAttribute("role", "application");
    this.ready = new Promise((resolve) => map.once("load", () => resolve(this.#addLayers())));
    this.#listen(onPick, onPoint);
  }

  #addLayers() {
    const { topology } = this.england;
    const features = this.shown.map((id) => ({
      type: "Feature",
      id,
      properties: {},
      geometry: { type: "MultiPolygon", coordinates: topology.polygon(id) },
    }));
    this.map.addSource("areas", { type: "geojson", data: { type: "FeatureCollection", features }, tolerance: 0.3, buffer: 4, maxzoom: 12 });
    this.map.addSource("outlines", { type: "geojson", data: NOTHING, tolerance: 0.2 });
    this.map.addLayer({ id: "fill", type: "fill", source: "areas", paint: { "fill-color": UNKNOWN, "fill-antialias": false } });
    this.map.addLayer({
      id: "line",
      type: "line",
      source: "areas",
      minzoom: this.shown.length > 5000 ? 8.5 : 0,
      paint: { "line-color": STROKE, "line-width": ["interpolate", ["linear"], ["zoom"], 8, 0.2, 13, 1], "line-opacity": 0.6 },
    });
    this.map.addLayer({
      id: "outline",
      type: "line",
      source: "outlines",
      paint: { "line-color": ["coalesce", ["get", "colour"], "#212b32"], "line-width": ["coalesce", ["get", "width"], 2] },
    });
    this.map.addLayer({
      id: "selected",
      type: "line",
      source: "areas",
      paint: { "line-color": "#212b32", "line-width": ["case", ["boolean", ["feature-state", "selected"], false], 4, 0] },
    });
    this.map.addLayer({
      id: "pointed",
      type: "line",
      source: "areas",
      paint: { "line-color": "#ffeb3b", "line-width": ["case", ["boolean", ["feature-state", "pointed"], false], 3, 0] },
    });
    return this;
  }

  #listen(onPick, onPoint) {
    let pointed = null;
    const mark = (id, what, is) => id !== null && this.map.setFeatureState({ source: "areas", id }, { [what]: is });
    this.map.on("mousemove", "fill", ({ features, point }) => {
      const id = features[0].id;
      if (id !== pointed) {
        mark(pointed, "pointed", false);
        mark((pointed = id), "pointed", true);
      }
      onPoint?.(id, point);
    });
    this.map.on("mouseleave", "fill", () => {
      mark(pointed, "pointed", false);
      pointed = null;
      onPoint?.(null);
    });
    if (onPick) this.map.on("click", "fill", ({ features, originalEvent }) => onPick(features[0].id, originalEvent));
  }

  // Colour each area by its class: `classes[i]` is a place in `colours`, or -1 where nothing is known. By area number.
  colour(classes, colours) {
    const steps = colours.flatMap((colour, i) => [i, colour]);
    const fill = ["match", ["coalesce", ["feature-state", "class"], -1], ...steps, UNKNOWN];
    if (this.painted !== colours) this.map.setPaintProperty("fill", "fill-color", fill);
    this.painted = colours;
    this.classes ??= new Map();
    for (const id of this.shown)
      if (this.classes.get(id) !== classes[id]) {
        this.map.setFeatureState({ source: "areas", id }, { class: classes[id] });
        this.classes.set(id, classes[id]);
      }
  }

  select(id) {
    if (this.selected !== undefined) this.map.setFeatureState({ source: "areas", id: this.selected }, { selected: false });
    this.selected = id;
    if (id !== undefined) this.map.setFeatureState({ source: "areas", id }, { selected: true });
  }

  // Lay outlines over the areas: each a Set of area numbers with a colour and a width in pixels.
  outline(groups) {
    const features = groups.map(({ members, colour, width }) => ({
      type: "Feature",
      properties: { colour, width },
      geometry: { type: "MultiPolygon", coordinates: this.england.topology.polygon(members) },
    }));
    this.map.getSource("outlines").setData({ type: "FeatureCollection", features });
  }

  boundsOf(ids) {
    const { topology } = this.england;
    let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
    for (const id of ids)
      for (const s of topology.stretchesOf(id))
        for (const p of [topology.start[s], topology.start[s + 1] - 1]) {
          const [x, y] = [topology.xy[2 * p] / topology.scale, topology.xy[2 * p + 1] / topology.scale];
          [west, south, east, north] = [Math.min(west, x), Math.min(south, y), Math.max(east, x), Math.max(north, y)];
        }
    return [west, south, east, north];
  }

  fit(ids) {
    const animate = !matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.map.fitBounds(this.boundsOf(ids), { padding: 40, maxZoom: 13, animate, duration: 400 });
  }
}
