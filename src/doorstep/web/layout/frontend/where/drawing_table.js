// The table under the map: every area with where it is, to be found by name and moved from a list.
import { NONE } from "./drawing_draft.js";
import { element, number } from "./drawing_words.js";

const SHOWN = 30;

export class Table {
  // `wards` gives the name of an area's ward; `move(areas, to)` moves, `pick(area)` shows an area on the map.
  constructor({ form, rows, caption }, draft, england, { wards, move, pick }) {
    Object.assign(this, { form, rows, caption, draft, england, wards, move, pick });
    const { names } = england.areas;
    this.order = [...draft.areas].sort((a, b) => names[a].localeCompare(names[b], "en", { numeric: true }));
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", () => this.draw());
    form.querySelector("#filter-button").hidden = true;
  }

  found() {
    const { names, codes } = this.england.areas;
    const words = this.form.querySelector("#q").value.toLowerCase().split(/\s+/).filter(Boolean);
    const within = this.form.querySelector("#in").value;
    return this.order.filter((area) => {
      const homes = this.draft.homes(area);
      const isWithin = !within || (within === "-" ? homes.length === 0 : homes.includes(within));
      const text = `${names[area]} ${this.wards(area)} ${codes[area]}`.toLowerCase();
      return isWithin && words.every((word) => text.includes(word));
    });
  }

  draw() {
    this.#choices();
    const found = this.found();
    const held = document.activeElement?.closest?.("#rows") ? document.activeElement.id : "";
    const place = [...this.rows.querySelectorAll("select")].findIndex(({ id }) => id === held);
    this.caption.textContent =
      found.length > SHOWN ? `${number(found.length)} small areas, the first ${SHOWN} shown: filter to find others` : `${number(found.length)} small area${found.length === 1 ? "" : "s"}`;
    this.rows.replaceChildren(...found.slice(0, SHOWN).map((area) => this.#row(area)));
    // Who moved an area from the list stays on it; where the filter took it away, on the one in its place.
    if (held) (document.getElementById(held) ?? this.rows.querySelectorAll("select")[Math.max(0, place)] ?? this.form.querySelector("#q")).focus();
  }

  #choices() {
    const select = this.form.querySelector("#in");
    const options = [["", "All"], ["-", "None: areas left over"], ...this.draft.items.map(({ id }) => [id, this.draft.label(id)])];
    const chosen = options.some(([value]) => value === select.value) ? select.value : "";
    select.replaceChildren(...options.map(([value, text]) => element("option", { value, selected: value === chosen }, text)));
  }

  #row(area) {
    const { names, codes, population } = this.england.areas;
    const id = `to-${codes[area]}`;
    const home = this.draft.homes(area)[0] ?? NONE;
    const options = [[NONE, "None"], ...this.draft.items.map((item) => [item.id, this.draft.label(item.id)])];
    const select = element("select", { class: "nhsuk-select app-area-select", id }, ...options.map(([value, text]) => element("option", { value, selected: value === home }, text)));
    select.addEventListener("change", () => this.move([area], select.value));
    select.addEventListener("focus", () => this.pick(area));
    return element("tr", { class: "nhsuk-table__row" },
      element("th", { scope: "row" }, names[area], element("br"), element("span", { class: "nhsuk-body-s" }, codes[area])),
      element("td", {}, this.wards(area)),
      element("td", { class: "nhsuk-table__cell--numeric" }, number(population[area])),
      element("td", {}, element("label", { class: "nhsuk-u-visually-hidden", for: id }, `Move ${names[area]} to`), select));
  }
}
