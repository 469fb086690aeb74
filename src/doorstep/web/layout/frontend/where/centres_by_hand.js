// Centres placed by hand: by ticking, on the map, or dropped anywhere; what they mean is counted at once. Without a map
// (null) the list does it.
import { toGrid } from "./centres_grid.js";
import { cautions, comparison, groups, nearest, percent, value } from "./centres_sums.js";

export class ByHand {
  constructor(map, data) {
    Object.assign(this, { map, data });
    this.sites = new Map([...data.candidates, ...data.placed].map((site) => [site.id, site]));
    this.offered = new Set(data.candidates.map(({ easting, northing }) => `${easting},${northing}`));
    this.list = document.getElementById("candidates");
    this.list.addEventListener("change", () => this.update());
    this.#find();
    if (map) {
      this.#listen();
      this.#drop();
    }
    this.update();
  }

  // The list is what is true: a site is placed where its box is ticked.
  get picks() {
    return Array.from(this.list.querySelectorAll("input:checked"), (box) => this.sites.get(box.value));
  }

  update() {
    const { areas, fixed, settings, chosen } = this.data;
    const picks = this.picks;
    const open = [...fixed.map((site) => ({ ...site, isFixed: true })), ...picks];
    const distance = nearest(areas, open, settings.factor);
    this.map?.show(open, distance, (site, at) => this.#move(site, at));
    const told = open.length ? groups(areas, distance, settings.within) : [];
    for (const row of document.querySelectorAll("tr[data-group]")) {
      const group = told.find((one) => one.name === row.dataset.group);
      row.querySelector("[data-mean]").textContent = group ? group.mean.toFixed(2) : "–";
      row.querySelector("[data-within]").textContent = group ? percent(group.within, 1) : "–";
    }
    const mine = open.length ? value(areas, distance, settings) : Infinity;
    say("[data-comparison]", open.length ? comparison(mine, settings) : "No centre is placed yet.");
    const others = picks.filter(({ easting, northing }) => !this.offered.has(`${easting},${northing}`)).length;
    say("[data-cautions]", open.length ? cautions(picks.length, chosen.length, others).join(" ") : "");
    this.#keep();
  }

  // The address carries what is placed, so that it can be kept and sent on.
  #keep() {
    const address = new URL(location.href);
    for (const name of ["pick", "spot", "do"]) address.searchParams.delete(name);
    for (const site of this.picks) address.searchParams.append("pick", site.id);
    history.replaceState(null, "", address);
  }

  #listen() {
    const { england } = this.map;
    england.on("click", ({ point }) => {
      const site = this.isDropping ? undefined : england.pointAt(point);
      if (!site) return;
      const box = document.getElementById(`pick-${site.id}`);
      box.checked = !box.checked;
      this.update();
    });
    england.on("over", ({ point }) => {
      const site = this.isDropping ? undefined : england.pointAt(point);
      england.canvas.title = site?.name ?? "";
      if (!this.isDropping) england.canvas.style.cursor = site ? "pointer" : "";
    });
  }

  #find() {
    document.getElementById("finding").hidden = false;
    const rows = Array.from(this.list.tBodies[0].rows, (row) => [row, row.textContent.toLowerCase()]);
    const field = document.getElementById("find");
    field.addEventListener("input", () => {
      const words = field.value.toLowerCase().split(/\s+/);
      for (const [row, text] of rows) row.hidden = !words.every((word) => text.includes(word));
    });
    field.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
  }

  #drop() {
    const { england } = this.map;
    const button = document.getElementById("drop");
    const says = document.getElementById("drop-says");
    const set = (isOn, words) => {
      this.isDropping = isOn;
      button.setAttribute("aria-pressed", isOn);
      says.textContent = words;
      england.canvas.style.cursor = isOn ? "crosshair" : "";
    };
    const drop = (at) => {
      const site = this.#add(at);
      set(false, `Dropped: ${site.name}. Drag it to move it, untick it in the list to take it away.`);
    };
    document.getElementById("dropping").hidden = false;
    button.addEventListener("click", () => {
      if (this.isDropping) return set(false, "");
      set(true, "Choose a point on the map; or move the map with the arrow keys and press Enter for its middle.");
      england.canvas.focus();
    });
    england.on("click", ({ lngLat }) => this.isDropping && drop(lngLat));
    england.canvas.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && this.isDropping) drop(england.middle);
      if (event.key === "Escape") set(false, "");
    });
  }

  #add(at) {
    const site = spot(at);
    if (!this.sites.has(site.id)) {
      this.sites.set(site.id, site);
      this.list.tBodies[0].prepend(rowOf(site));
    }
    document.getElementById(`pick-${site.id}`).checked = true;
    this.update();
    return site;
  }

  #move(site, at) {
    document.getElementById(`pick-${site.id}`).closest("tr").remove();
    this.sites.delete(site.id);
    this.#add(at);
  }
}

function spot({ lng, lat }) {
  const { easting, northing } = toGrid(lng, lat);
  const [east, north] = [Math.round(easting), Math.round(northing)];
  return {
    id: `${east},${north}`, name: `Spot at ${east}, ${north}`, kind: "Spot placed by hand",
    easting: east, northing: north, lon: lng, lat, isSpot: true,
  };
}

function rowOf(site) {
  const row = document.getElementById("candidates").tBodies[0].rows[0].cloneNode(true);
  const [box, label] = [row.querySelector("input"), row.querySelector("label")];
  box.value = site.id;
  box.id = label.htmlFor = `pick-${site.id}`;
  label.textContent = site.name;
  row.cells[1].textContent = site.kind;
  row.cells[2].textContent = "";
  row.hidden = false;
  return row;
}

function say(selector, words) {
  const element = document.querySelector(selector);
  if (element.textContent !== words) element.textContent = words;
}
