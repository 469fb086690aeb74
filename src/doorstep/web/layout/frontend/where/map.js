// A map of England's areas: shapes from one file of this site, no tiles, no other host. Pages colour it, select on it
// and lay outlines over it; what it shows stands in a table beside it, for it says nothing to who cannot see it.
import { AttributionControl, Map as MapLibre, NavigationControl, setWorkerUrl } from "maplibre-gl";

import { LINES, UNKNOWN } from "./scales.js";
import { decode } from "./topology.js";

export { UNKNOWN };

const BASE = new URL(".", import.meta.url);
const STROKE = "#4c6272";
const NOTHING = { type: "FeatureCollection", features: [] };

setWorkerUrl(new URL("worker.js", BASE).href);

// Whether this browser can draw a map at all (some machines have WebGL switched off).
export function canDraw() {
  return document.createElement("canvas").getContext("webgl2") !== null;
}

// Make a map in a container, or say there why not, in words; then nothing is returned. While it loads the container
// says so too. What the map shows stands in a table, so a page goes on without it.
export async function openMap(container, options = {}) {
  if (!canDraw()) return void say(container, "This browser cannot draw the map: WebGL is switched off or missing. The table on this page says the same.");
  say(container, "Loading the map…");
  try {
    const england = await loadEngland();
    container.replaceChildren();
    const map = await new EnglandMap(container, england, typeof options === "function" ? options(england) : options).ready;
    container.dataset.state = "drawn";
    return map;
  } catch (problem) {
    say(container, `The map could not be drawn: ${problem.message}. The table on this page says the same.`);
    throw problem;
  }
}

function say(container, words) {
  const told = document.createElement("p");
  told.className = "app-map__words";
  told.textContent = words;
  container.replaceChildren(told);
}

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
  // `only`: the areas to draw (their numbers); none: all of England. `describedBy`: the id of words on how to use it.
  constructor(container, england, { only = null, label = "Map", describedBy = "", onPick = null, onPoint = null } = {}) {
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
      renderWorldCopies: false,
      trackResize: false, // on paper the drawing is made smaller as it is: one of another size would come out blank
      canvasContextAttributes: { preserveDrawingBuffer: true }, // paper shows the map as it is on the screen
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
    new ResizeObserver(() => matchMedia("print").matches || map.resize()).observe(container);
    const canvas = map.getCanvas();
    canvas.setAttribute("aria-label", label);
    canvas.setAttribute("role", "application");
    if (describedBy) canvas.setAttribute("aria-describedby", describedBy);
    map.on("idle", () => (container.dataset.idle = "yes")); // nothing is left to load or draw
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
    this.map.addSource("areas", { type: "geojson", data: { type: "FeatureCollection", features }, tolerance: 0, buffer: 4, maxzoom: 12 }); // simplified apart, neighbours would leave gaps between them
    for (const name of ["outlines", "selected", "pointed"])
      this.map.addSource(name, { type: "geojson", data: NOTHING, tolerance: 0.2, buffer: 8 });
    this.map.addLayer({ id: "fill", type: "fill", source: "areas", paint: { "fill-color": UNKNOWN, "fill-antialias": false } });
    this.map.addLayer({
      id: "line",
      type: "line",
      source: "areas",
      minzoom: this.shown.length > 5000 ? 8.5 : 0,
      paint: { "line-color": STROKE, "line-width": ["interpolate", ["linear"], ["zoom"], 8, 0.2, 13, 1], "line-opacity": 0.6 },
    });
    const width = ["coalesce", ["get", "width"], 2];
    this.#addLine("outline", "outlines", ["coalesce", ["get", "colour"], LINES.core], width, ["+", width, 2]);
    this.#addLine("selected", "selected", LINES.core, 4, 8);
    this.#addLine("pointed", "pointed", LINES.pointed, 2, 5, LINES.core);
    return this;
  }

  // A line that is seen on any colour: its core over a wider casing.
  #addLine(id, source, colour, width, wider, casing = LINES.casing) {
    const layout = { "line-join": "round" };
    this.map.addLayer({ id: `${id}-casing`, type: "line", source, layout, paint: { "line-color": casing, "line-width": wider } });
    this.map.addLayer({ id, type: "line", source, layout, paint: { "line-color": colour, "line-width": width } });
  }

  #listen(onPick, onPoint) {
    this.map.on("mousemove", "fill", ({ features, point }) => {
      const id = features[0].id;
      if (id !== this.pointed) this.#show("pointed", (this.pointed = id));
      onPoint?.(id, point);
    });
    this.map.on("mouseleave", "fill", () => {
      this.#show("pointed", (this.pointed = undefined));
      onPoint?.(null);
    });
    if (!onPick) return;
    this.map.on("click", "fill", ({ features, originalEvent }) => onPick(features[0].id, originalEvent));
    this.map.getCanvas().addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      const id = this.areaInTheMiddle();
      if (id !== undefined) onPick(id, event);
    });
  }

  // The area under the cross that the map has in its middle while the keyboard moves it.
  areaInTheMiddle() {
    const { clientWidth, clientHeight } = this.map.getCanvas();
    return this.map.queryRenderedFeatures([clientWidth / 2, clientHeight / 2], { layers: ["fill"] })[0]?.id;
  }

  #show(source, id) {
    const data = id === undefined ? NOTHING : this.#feature(id, {});
    this.map.getSource(source)?.setData(data);
  }

  #feature(members, properties) {
    return { type: "Feature", properties, geometry: { type: "MultiPolygon", coordinates: this.england.topology.polygon(members) } };
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

  // Draw a heavy line round one area; without a number, round none.
  select(id) {
    this.selected = id;
    this.#show("selected", id);
  }

  // Lay outlines over the areas: each a Set of area numbers with a colour and a width in pixels.
  outline(groups) {
    const features = groups.map(({ members, colour, width }) => this.#feature(members, { colour, width }));
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
