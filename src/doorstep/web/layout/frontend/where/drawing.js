// A set's page shows its neighbourhoods on a map; the page that changes it is the same map with hands.
import { Draft } from "./drawing_draft.js";
import { Hand } from "./drawing_hand.js";
import { Panel } from "./drawing_panel.js";
import { Picture } from "./drawing_picture.js";
import { Table } from "./drawing_table.js";
import { element, several, sizeWords } from "./drawing_words.js";
import { openMap } from "./map.js";

const MOST_TOLD = 4; // neighbourhoods whose sizes are said at once
const byId = (id) => document.getElementById(id);
const data = JSON.parse(byId("area-data").textContent);
const form = byId("draft");
const kept = `draft of ${location.pathname.split("/").slice(0, 4).join("/")}`;

if (form) byId("live").hidden = false; // before the map measures its place
const pointed = document.createElement("p");
pointed.className = "app-draw__pointed";
byId("area-map").after(pointed);
let england, draft, picture, wards;
const map = await openMap(byId("area-map"), ({ areas }) => ({
  only: data.areas.map((code) => areas.at.get(code)),
  label: form ? "Map of the areas that you change" : "Map of the areas of this set",
  describedBy: form ? "keys" : "map-words",
  onPoint: (area) => (pointed.textContent = area === null ? "" : describe(area)),
}));
if (map) show(); // else the page's own form and table go on without it

function show() {
  england = map.england;
  draft = new Draft({ ...data, areas: map.shown, people: england.areas.population, topology: england.topology });
  picture = new Picture(map, draft, england, { isEdited: Boolean(form) });
  wards = new Map(map.shown.map((area, i) => [area, data.wards[data.ward[i]]]));
  if (form) return edit();
  picture.draw();
  sessionStorage.removeItem(kept); // what was drawn is saved, or was left
  for (const [i, { id }] of draft.items.entries())
    document.querySelector(`.app-area-number[data-number="${i + 1}"]`).style.borderColor = picture.colourOf(id);
}

function describe(area) {
  const { names, population } = england.areas;
  const homes = draft.homes(area).map((id) => draft.label(id));
  return `${names[area]}, ${wards.get(area)}, ${several(population[area], "resident")}, in ${homes.join(" and ") || "none"}`;
}

function edit() {
  const { codes, names } = england.areas;
  const say = (words) => (byId("said").textContent = words);
  const redraw = () => {
    picture.draw();
    panel.draw();
    if (!hand.isPainting) table.draw(); // a stroke moves many areas: the table follows when it has ended
    keep();
  };
  let isDue = false;
  const redrawSoon = () => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      redraw();
    });
  };
  const act = (words, change) => {
    const before = new Map(draft.items.map(({ id }) => [id, sizeWords(draft.size(id))]));
    change();
    redraw();
    const different = draft.items.map(({ id }) => id).filter((id) => sizeWords(draft.size(id)) !== before.get(id));
    if (words) say([words, told(different.slice(0, MOST_TOLD))].filter(Boolean).join(". "));
  };
  const told = (ids) => ids.map((id) => `${draft.label(id)} now has ${sizeWords(draft.size(id))}`).join("; ");
  const move = (moving, to, options = {}) => {
    const left = new Set([...moving].flatMap((area) => draft.homes(area)));
    const moved = draft.move(moving, to, options);
    if (moved.length === 0) return moved;
    if (hand.isPainting) redrawSoon();
    else redraw();
    left.delete(to);
    const what = moved.length === 1 ? names[moved[0]] : several(moved.length, "area");
    say(`${what} ${to ? `moved to ${draft.label(to)}` : "taken out"}. ${told([...(to ? [to] : []), ...left].slice(0, MOST_TOLD))}`);
    return moved;
  };
  const keep = () => {
    const unsaved = byId("unsaved");
    const changes = draft.changes((area) => codes[area]);
    unsaved.hidden = !draft.isChanged;
    const n = Object.keys(changes.moved).length;
    unsaved.textContent = n ? `Not saved yet: ${several(n, "area")} moved.` : "Not saved yet.";
    if (draft.isChanged) sessionStorage.setItem(kept, JSON.stringify({ version: data.version, changes }));
    else sessionStorage.removeItem(kept);
  };

  let panel;
  const hand = new Hand(map, draft, england, { target: () => panel.chosen, move, say, describe, carry: carrying(), painted: redraw, choose: (id) => panel.chooseHere(id) });
  panel = new Panel({ panel: byId("panel"), tools: byId("tools") }, draft, picture, hand, act);
  const table = new Table({ form: byId("filter"), rows: byId("rows"), caption: byId("areas-caption") }, draft, england, {
    wards: (area) => wards.get(area),
    move,
    pick: (area) => map.select(area),
  });
  for (const id of ["plain-names", "plain-save"]) byId(id).remove();
  byId("panel").after(form); // saving stands beside the map
  hand.use("one");
  putBack(say);
  redraw();
  saving();
}

// What an area that a hand carries would come to where it is let go, beside the pointer: nothing is moved yet.
function carrying() {
  const sign = element("p", { class: "app-draw__carried", "aria-hidden": "true", hidden: true }); // letting go is told aloud
  map.stage.append(sign);
  let at;
  return (area, over, point) => {
    sign.hidden = area === undefined;
    if (sign.hidden) return (at = undefined);
    if (at !== over) sign.textContent = `${england.areas.names[area]} ${wouldBe(area, over)}`;
    at = over;
    const { clientWidth, clientHeight } = map.stage;
    const x = Math.max(0, Math.min(point[0] + 16, clientWidth - sign.offsetWidth));
    const y = point[1] + 24 + sign.offsetHeight > clientHeight ? point[1] - sign.offsetHeight - 16 : point[1] + 24;
    sign.style.transform = `translate(${x}px, ${y}px)`;
  };
}

function wouldBe(area, over) {
  const to = over === undefined ? undefined : draft.homes(over)[0];
  if (to === undefined || draft.homes(area).includes(to)) return "stays where it is";
  return `→ ${draft.label(to)}: ${sizeWords(draft.sizeWith(to, [area]))}`;
}

// What was drawn and not saved comes back: after a refused save, or when the session had ended meanwhile.
function putBack(say) {
  const mine = JSON.parse(sessionStorage.getItem(kept) ?? "null");
  const refused = Object.values(data.changes).some((found) => Object.keys(found).length > 0);
  const changes = refused ? data.changes : mine?.version === data.version ? mine.changes : null;
  if (!changes) return;
  draft.apply(changes, (code) => england.areas.at.get(code));
  say("Your unsaved changes were put back. Undo takes them away.");
}

function saving() {
  let isSaving = false;
  form.addEventListener("submit", () => {
    isSaving = true;
    byId("changes").disabled = false;
    byId("changes").value = JSON.stringify(draft.changes((area) => england.areas.codes[area]));
  });
  addEventListener("beforeunload", (event) => {
    if (draft.isChanged && !isSaving) event.preventDefault();
  });
  addEventListener("pageshow", () => (isSaving = false));
}
