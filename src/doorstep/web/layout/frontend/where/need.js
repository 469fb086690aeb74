// The need explorer: sliders colour the map at once; the table, the panel and the address follow from the server, which
// computes the same ranks from the same places.
import { openMap } from "./map.js";
import { layerBeside, needLayer } from "./layers.js";
import { decodeNeed, normalScores, ranksOf, weightedMean } from "./ranking.js";
import { LINES, UNKNOWN } from "./scales.js";

const WAIT = 350; // milliseconds of rest before the table follows a slider
const TOP = 0.03;
const SURROUNDINGS = 10; // kilometres of the map round an area, at least
const byId = (id) => document.getElementById(id);
const form = byId("need-form");
const sliders = [...form.querySelectorAll("input[type=range]")];
const number = new Intl.NumberFormat("en-GB");

const asked = () => {
  const given = new FormData(form);
  return { weights: sliders.map((one) => (isOut(one) ? 0 : Number(one.value))), layer: given.get("layer") ?? "" };
};
const isOut = (slider) => form.querySelector(`[name=without][value="${slider.name}"]`).checked;

// The address of what the form says: what is as the index has it is not written.
function words(more = {}) {
  const found = new URLSearchParams();
  for (const slider of sliders) if (Number(slider.value) !== Number(slider.dataset.default)) found.set(slider.name, slider.value);
  for (const slider of sliders) if (isOut(slider)) found.append("without", slider.name);
  for (const name of ["within", "find"]) if (form.elements[name].value.trim()) found.set(name, form.elements[name].value.trim());
  if (asked().layer) found.set("layer", asked().layer);
  const area = "area" in more ? more.area : chosen;
  if (area) found.set("area", area);
  if (more.page) found.set("page", more.page);
  return found;
}

let chosen = new URLSearchParams(location.search).get("area") ?? "";
let newest = 0;

// Fetch the page as it is for what is asked, and take its table and panel; focus goes where `then` says.
async function follow(more = {}, then = () => {}) {
  const mine = ++newest;
  const search = words(more).toString();
  const answer = await fetch(`${form.action}${search ? `?${search}` : ""}`, { headers: { Accept: "text/html" } });
  if (answer.redirected) return location.reload(); // the session has ended: the log-in page says so
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (mine !== newest) return;
  if (answer.status !== 200) {
    byId("need-problem").textContent = page.querySelector(".nhsuk-error-summary__body")?.textContent.trim() ?? "The table could not be read.";
    return;
  }
  byId("need-problem").textContent = "";
  for (const id of ["need-results", "need-panel"]) byId(id).replaceWith(document.adoptNode(page.getElementById(id)));
  history.replaceState(null, "", `${search ? `?${search}` : location.pathname}`);
  byId("need-status").textContent = byId("need-results").querySelector("p")?.textContent ?? "";
  then();
}

let resting;
const followSoon = () => {
  clearTimeout(resting);
  resting = setTimeout(follow, WAIT);
};

// --- The map ---------------------------------------------------------------------------------------------------------
const view = { map: null, need: null, parts: null, ranks: null, n: 0 };

function rerank() {
  const score = weightedMean(view.parts, asked().weights, view.need.least_weight);
  if (score) ({ ranks: view.ranks, n: view.n } = ranksOf(score));
  return score !== null;
}

function draw() {
  const { layer } = asked();
  const shown = layer ? layerBeside(layer, view.map.england, view.need) : needLayer(view.ranks, view.n);
  view.map.colour(shown.classes, shown.colours);
  legend(shown, layer !== "");
  outlines();
}

// Round the areas asked for, and over another layer round the top 3% by need.
function outlines() {
  const groups = [];
  const within = JSON.parse(byId("need-results").dataset.within);
  if (within.length) groups.push({ members: new Set(within), colour: LINES.core, width: 3 });
  if (asked().layer) {
    const top = new Set();
    view.ranks.forEach((rank, id) => rank && rank <= TOP * view.n && top.add(id));
    groups.push({ members: top, colour: LINES.core, width: 1 });
  }
  view.map.outline(groups);
}

function fit() {
  const within = JSON.parse(byId("need-results").dataset.within);
  view.map.fit(within.length ? within : view.map.shown);
  outlines();
}

// Show an area among its neighbours.
function around(id) {
  view.map.fit([id, ...view.map.england.topology.neighbours(id)], { least: SURROUNDINGS });
}

function legend({ title, colours, words: told, classes }, isBeside) {
  const counts = new Uint32Array(colours.length + 1);
  for (const one of classes) counts[one < 0 ? colours.length : one]++;
  const line = (colour, text) => {
    const item = document.createElement("li");
    item.innerHTML = `<svg class="app-legend__key" width="28" height="18" aria-hidden="true"><rect x="1" y="1" width="26" height="16" fill="${colour}" stroke="#4c6272"/></svg>`;
    item.append(text);
    return item;
  };
  const list = document.createElement("ul");
  list.className = "app-legend__list";
  colours.forEach((colour, i) => list.append(line(colour, `${told[i]}: ${number.format(counts[i])} areas`)));
  if (counts[colours.length]) list.append(line(UNKNOWN, `Not known: ${number.format(counts[colours.length])} areas`));
  const head = document.createElement("h2");
  head.className = "nhsuk-heading-xs";
  head.textContent = title;
  byId("need-legend").replaceChildren(head, list);
  if (isBeside) {
    const note = document.createElement("p");
    note.textContent = "Dark lines with a white edge stand round the 3% with most need.";
    byId("need-legend").append(note);
  }
  byId("need-legend").hidden = false;
}

function choose(code, then) {
  chosen = code;
  const id = view.map?.england.areas.at.get(code);
  view.map?.select(id);
  return follow({ area: code }, then);
}

const row = () => document.querySelector("tr[aria-current=true]");
const toPanel = () => byId("area").focus();

function point(id) {
  if (id === null) return;
  const { areas } = view.map.england;
  const rank = view.ranks[id];
  const firm = `${number.format(view.need.column.rank_low[id])} to ${number.format(view.need.column.rank_high[id])}`;
  byId("need-pointed").textContent =
    `${areas.names[id]} (${areas.councils[areas.council[id]]}): rank ${rank ? number.format(rank) : "none"} of ${number.format(view.n)}; ${firm} under other weights`;
}

function onPick(id) {
  choose(view.map.england.areas.codes[id], () => {
    row()?.scrollIntoView({ block: "nearest" });
    toPanel();
  });
}

async function start() {
  const data = fetch(new URL("need.bin", import.meta.url)).then((answer) => answer.arrayBuffer());
  view.map = await openMap(byId("need-map"), {
    label: "Map of England's small areas by need",
    describedBy: "need-map-help",
    onPick,
    onPoint: point,
  });
  if (!view.map) return;
  view.need = decodeNeed(await data);
  if (view.need.stamp !== view.map.england.areas.stamp) throw new Error("the map and the index do not belong together");
  view.parts = sliders.map((one) => normalScores(view.need.column[`place:${one.name}`]));
  if (!rerank()) view.ranks = new Uint16Array(view.map.shown.length);
  draw();
  if (form.elements.within.value) fit();
  const id = view.map.england.areas.at.get(chosen);
  if (id !== undefined) {
    view.map.select(id);
    around(id);
  }
  byId("need-map").dataset.state = "coloured";
}

// --- What a reader does ----------------------------------------------------------------------------------------------
let coming;
form.addEventListener("input", ({ target }) => {
  if (target.type === "range") target.parentElement.querySelector("output").textContent = String(Number(target.value));
  if (target.type !== "range" && target.name !== "without") return;
  cancelAnimationFrame(coming); // one drawing a frame, however many steps a slider takes
  coming = requestAnimationFrame(() => view.parts && rerank() && draw());
  followSoon();
});
form.addEventListener("change", ({ target }) => {
  if (target.name === "layer") {
    if (view.parts) draw();
    followSoon();
  } else if (target.name === "within") follow({}, () => view.parts && fit());
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  follow({}, () => view.parts && fit());
});
byId("need-default").addEventListener("click", (event) => {
  event.preventDefault();
  for (const slider of sliders) {
    slider.value = slider.dataset.default;
    slider.parentElement.querySelector("output").textContent = String(Number(slider.value));
  }
  for (const box of form.querySelectorAll("[name=without]")) box.checked = false;
  if (view.parts && rerank()) draw();
  follow();
});
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-choose], [data-page]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (link.dataset.page) {
    follow({ page: link.dataset.page }, () => document.querySelector("#need-results .app-scroll")?.focus());
    return;
  }
  const code = link.dataset.choose;
  choose(code, toPanel);
  const id = view.map?.england.areas.at.get(code);
  if (id !== undefined) around(id);
});

start();
