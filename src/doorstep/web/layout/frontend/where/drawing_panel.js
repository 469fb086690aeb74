// The list beside the map: which neighbourhood areas go to, its people and pieces at once, names, steps back.
import { NONE } from "./drawing_draft.js";
import { bar, element, number, piecesWords, rangeWords, several } from "./drawing_words.js";

const TOOLS = [
  ["one", "Drag or press", "Drag a small area onto another neighbourhood and let go: it joins it. Or choose one in the list, and press areas to move them there."],
  ["brush", "Brush", "Choose one in the list, then press and draw over areas: each goes there."],
  ["choose", "Choose", "Press the map: the neighbourhood that is there is chosen in the list, for pressing and for the brush."],
  ["look", "Move the map", "Drag to move the map, roll or pinch to come nearer. Nothing is changed."],
];
const KEYS = "By keyboard, on the map: Enter takes the area in the middle, the arrow keys go to the next, Enter moves it to the one chosen, Escape lets go. Ctrl and Z undoes.";
const STRAYS = 3; // areas of a piece that are named

export class Panel {
  chosen;

  // `act(words, f)` runs a change of the draft, redraws all and says the words.
  constructor({ panel, tools }, draft, picture, hand, act) {
    Object.assign(this, { panel, draft, picture, hand, act });
    this.chosen = draft.items[0].id;
    this.#tools(tools);
    this.list = element("div", { class: "nhsuk-radios nhsuk-radios--small app-draw__list" });
    this.left = element("div", { id: "left-over" });
    panel.append(
      element("fieldset", { class: "nhsuk-fieldset" }, element("legend", { class: "nhsuk-fieldset__legend nhsuk-fieldset__legend--s" }, "Move areas to"), this.list),
      this.left,
      this.#names(),
    );
  }

  #tools(place) {
    const hint = element("p", { class: "nhsuk-hint" }, TOOLS[0][2]);
    const radios = TOOLS.map(([value, text, words]) =>
      radio("tool", value, text, value === "one", () => {
        this.hand.use(value);
        hint.textContent = words;
      }),
    );
    place.append(
      element("div", { class: "app-draw__tools" },
        element("fieldset", { class: "nhsuk-fieldset" }, element("legend", { class: "nhsuk-u-visually-hidden" }, "What a press on the map does"),
          element("div", { class: "nhsuk-radios nhsuk-radios--small nhsuk-radios--inline" }, ...radios)),
        this.#steps()),
      hint,
    );
    document.getElementById("keys").textContent = KEYS;
  }

  #names() {
    const name = (this.name = element("input", { class: "nhsuk-input", id: "name", maxlength: 80, autocomplete: "off" }));
    name.addEventListener("input", () => this.act("", () => this.draft.rename(this.chosen, name.value)));
    const added = element("input", { class: "nhsuk-input", id: "added", maxlength: 80, autocomplete: "off" });
    const add = () => {
      if (!added.value.trim()) return added.focus();
      this.act(`${added.value.trim()} was added. Move areas to it`, () => (this.chosen = this.draft.add(added.value.trim())));
      added.value = "";
    };
    added.addEventListener("keydown", (event) => event.key === "Enter" && (event.preventDefault(), add()));
    this.out = button("Take it out", () => this.act(`${this.draft.label(this.chosen)} was taken out`, () => this.#takeOut()));
    this.others = element("select", { class: "nhsuk-select app-area-select", id: "others" });
    const join = () => this.#join(this.others.value);
    this.joining = element("div", {},
      element("label", { class: "nhsuk-label", for: "others" }, "Make it part of"), element("div", { class: "app-draw__add" }, this.others, button("Join", join)));
    this.nameLabel = element("label", { class: "nhsuk-label", for: "name" });
    return element("div", { class: "app-draw__names" },
      this.nameLabel, name, this.out, this.joining,
      element("label", { class: "nhsuk-label", for: "added" }, "One more, to be called"),
      element("div", { class: "app-draw__add" }, added, button("Add", add)));
  }

  #join(to) {
    const gone = this.chosen;
    if (!this.draft.items.some(({ id }) => id === to) || to === gone) return;
    this.act(`${this.draft.label(gone)} is part of ${this.draft.label(to)} now`, () => {
      this.draft.join(gone, to);
      this.chosen = to;
    });
  }

  #takeOut() {
    const gone = this.chosen;
    const other = this.draft.items.find(({ id }) => id !== gone);
    if (other && this.draft.remove(gone)) this.chosen = other.id;
  }

  #steps() {
    const [undo, redo] = [() => this.act("Undone", () => this.draft.undo()), () => this.act("Done again", () => this.draft.redo())];
    [this.undo, this.redo] = [button("Undo", undo), button("Redo", redo)];
    document.addEventListener("keydown", (event) => {
      const isZ = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z";
      if (!isZ || event.target.matches("input[type=text], input:not([type]), textarea, select")) return; // these have an undo of their own
      event.preventDefault();
      (event.shiftKey ? redo : undo)();
    });
    return element("div", { class: "app-draw__steps" }, this.undo, this.redo);
  }

  draw() {
    const { draft } = this;
    if (this.chosen !== NONE && !draft.items.some(({ id }) => id === this.chosen)) this.chosen = draft.items[0].id;
    this.#rows();
    const sizes = draft.items.map(({ id }) => draft.size(id));
    const end = Math.max(80000, Math.ceil(Math.max(...sizes.map(({ people }) => people)) / 10000) * 10000);
    draft.items.forEach(({ id }, i) => this.#row(i, id, sizes[i], end));
    this.#leftOver();
    const isNone = this.chosen === NONE;
    if (document.activeElement !== this.name) this.name.value = isNone ? "" : (draft.items.find(({ id }) => id === this.chosen).name ?? "");
    this.name.disabled = isNone;
    this.nameLabel.textContent = isNone ? "Name" : `Name of number ${draft.items.findIndex(({ id }) => id === this.chosen) + 1}`;
    this.out.hidden = isNone || draft.size(this.chosen).members.size > 0 || draft.items.length < 2;
    this.#othersOf(this.chosen);
    this.undo.disabled = !draft.canUndo;
    this.redo.disabled = !draft.canRedo;
  }

  // Those that the one chosen could be part of, its neighbours first.
  #othersOf(id) {
    const { draft } = this;
    const beside = draft.beside().get(id) ?? new Set();
    const others = draft.items.filter((item) => item.id !== id);
    this.joining.hidden = id === NONE || others.length === 0 || draft.size(id).members.size === 0;
    const near = others.filter((item) => beside.has(item.id));
    const order = [...near, ...others.filter((item) => !beside.has(item.id))];
    this.others.replaceChildren(...order.map((item) => element("option", { value: item.id }, draft.label(item.id))));
  }

  // Make the rows anew only where neighbourhoods came or went: else whoever stands on one would lose their place.
  #rows() {
    const ids = [...this.draft.items.map(({ id }) => id), NONE];
    if (this.list.dataset.ids !== ids.join()) {
      this.list.dataset.ids = ids.join();
      this.list.replaceChildren(...ids.map((id) => radio("target", id, "", false, () => this.#choose(id))));
    }
    for (const input of this.list.querySelectorAll("input")) input.checked = input.value === this.chosen;
    const none = this.list.lastElementChild;
    none.querySelector("label").textContent = "None: take areas out";
  }

  #choose(id) {
    this.chosen = id;
    this.draw();
  }

  // Choose from the map, where the list is long: the list shows it.
  chooseHere(id) {
    this.#choose(id);
    const place = this.draft.items.findIndex((item) => item.id === id);
    const row = this.list.children[place];
    this.list.scrollTop += row.getBoundingClientRect().top - this.list.getBoundingClientRect().top;
    return `Number ${place + 1}, ${this.draft.label(id)}, is chosen`;
  }

  #row(i, id, size, end) {
    const row = this.list.children[i];
    const now = [i, this.draft.label(id), this.picture.colourOf(id), size.people, size.pieces.length, size.pieces.slice(1).join(), end].join("|");
    if (row.dataset.now === now) return; // of fifty only two change when an area moves
    row.dataset.now = now;
    const swatch = element("span", { class: "app-area-number" }, String(i + 1));
    swatch.style.borderColor = this.picture.colourOf(id);
    row.querySelector("label").replaceChildren(swatch, ` ${this.draft.label(id)}`,
      element("span", { class: "app-draw__facts" }, `${several(size.people, "resident")}, ${rangeWords(size)}; `, this.#pieces(size),
        element("br"), bar(size.people, this.draft.range, end)));
  }

  // Where it is in pieces, the small ones are named: one area left behind is easily overlooked on a map.
  #pieces(size) {
    if (size.pieces.length < 2) return piecesWords(size);
    const { names } = this.picture.england.areas;
    const strays = size.pieces.slice(1).flat();
    const named = strays.slice(0, STRAYS).map((area) => names[area]).join(", ");
    const more = strays.length > STRAYS ? ` and ${number(strays.length - STRAYS)} more` : "";
    return element("strong", {}, `${piecesWords(size)}, apart: ${named}${more}`);
  }

  #leftOver() {
    const areas = this.draft.unassigned();
    const { names } = this.picture.england.areas;
    const said = areas.length === 0 ? "Every area is in one" : `${several(areas.length, "area")} in none, ${several(this.draft.total(areas), "resident")}`;
    const list = areas.slice(0, 30).map((area) => element("li", {}, names[area]));
    if (areas.length > 30) list.push(element("li", {}, `and ${number(areas.length - 30)} more`));
    const isOpen = this.left.querySelector("details")?.open ?? false;
    this.left.replaceChildren(
      areas.length === 0
        ? element("p", { class: "nhsuk-body-s" }, said)
        : element("details", { class: "nhsuk-details", open: isOpen }, element("summary", { class: "nhsuk-details__summary" }, element("span", { class: "nhsuk-details__summary-text" }, said)),
            element("div", { class: "nhsuk-details__text" }, element("ul", { class: "nhsuk-list" }, ...list))),
    );
  }
}

function radio(name, value, text, checked, chosen) {
  const id = `${name}-${value || "none"}`;
  const input = element("input", { class: "nhsuk-radios__input", type: "radio", name: `${name}-choice`, id, value, checked, onchange: chosen });
  return element("div", { class: "nhsuk-radios__item" }, input, element("label", { class: "nhsuk-label nhsuk-radios__label", for: id }, text));
}

function button(text, pressed) {
  return element("button", { type: "button", class: "nhsuk-button nhsuk-button--secondary nhsuk-button--small", onclick: pressed }, text);
}
