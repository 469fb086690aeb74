// What somebody draws, without a page: moves, steps back, people, pieces and colours. Run by test_drawing_scripts.py.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

const { SCRIPTS, ENGLAND } = process.env;
const load = (name) => import(pathToFileURL(`${SCRIPTS}/${name}.js`));
const { Draft, NONE, towards } = await load("drawing_draft");
const { coloured, PALETTE } = await load("drawing_colours");
const { piecesWords, rangeWords } = await load("drawing_words");
const { decode, Topology } = await load("topology");

// Six areas, three by two; neighbours share an edge:   3 4 5
//                                                      0 1 2
const NEXT = [[1, 3], [0, 2, 4], [1, 5], [0, 4], [1, 3, 5], [2, 4]];
const grid = { neighbours: (area) => new Set(NEXT[area]), pieces: Topology.prototype.pieces };
const PEOPLE = [10, 20, 30, 40, 50, 60];
const begun = (home = [[0], [0], [1], [0], [0], [1]]) =>
  new Draft({ areas: [0, 1, 2, 3, 4, 5], home, neighbourhoods: [{ id: "w", name: "West" }, { id: "e", name: "" }], people: PEOPLE, topology: grid, range: [100, 120] });
const code = (area) => `E${area}`;
const nothing = { moved: {}, named: {}, added: {}, removed: [] };

test("a move takes an area from where it was, and people and pieces follow at once", () => {
  const draft = begun();
  assert.deepEqual([draft.size("w").people, draft.size("e").people], [10 + 20 + 40 + 50, 30 + 60]);
  assert.deepEqual(draft.move([1], "e"), [1]);
  assert.deepEqual([draft.size("w").people, draft.size("e").people], [10 + 40 + 50, 20 + 30 + 60]);
  assert.equal(draft.size("w").pieces.length, 1);
  draft.move([4], "e");
  draft.move([3], "e");
  draft.move([2], "w");
  assert.deepEqual(draft.size("w").pieces.map((piece) => piece.length), [1, 1]);
  assert.deepEqual(draft.changes(code).moved, { E1: "e", E2: "w", E3: "e", E4: "e" });
});

test("what a move would come to is told before, and nothing is moved", () => {
  const draft = begun();
  const would = draft.sizeWith("e", [0]);
  assert.deepEqual([would.people, would.pieces.map((piece) => piece.length)], [10 + 30 + 60, [2, 1]]);
  assert.deepEqual([draft.size("e").people, draft.homes(0), draft.canUndo], [30 + 60, ["w"], false]);
});

test("sizes are right after any mixture of moves and steps back", () => {
  const draft = begun();
  const fresh = () => ["w", "e"].map((id) => [...draft.members(id)].reduce((sum, area) => sum + PEOPLE[area], 0));
  const told = () => ["w", "e"].map((id) => draft.size(id).people);
  for (const act of [() => draft.move([1, 4], "e"), () => draft.move([0, 5], NONE), () => draft.undo(), () => draft.move([2], "w"), () => draft.undo(), () => draft.undo(), () => draft.redo(), () => draft.move([5], NONE, { joins: true })]) {
    act();
    assert.deepEqual(told(), fresh());
  }
});

test("one without a name is called as the site calls it", () => {
  const draft = new Draft({ areas: [0], home: [[0]], neighbourhoods: [{ id: "E06000006-01", name: "", label: "Halton area 1" }], people: PEOPLE, topology: grid, range: [100, 120] });
  assert.equal(draft.label("E06000006-01"), "Halton area 1");
  draft.rename("E06000006-01", "Widnes North");
  assert.equal(draft.label("E06000006-01"), "Widnes North");
  draft.rename("E06000006-01", "");
  assert.equal(draft.label("E06000006-01"), "Halton area 1");
});

test("one is made part of another in one step, areas that are in both once", () => {
  const draft = begun([[0], [0, 1], [1], [0], [0], [1]]);
  draft.join("e", "w");
  assert.deepEqual(draft.items.map(({ id }) => id), ["w"]);
  assert.equal(draft.size("w").people, 210);
  assert.deepEqual(draft.homes(1), ["w"]);
  assert.deepEqual(draft.changes(code), { ...nothing, moved: { E1: "w", E2: "w", E5: "w" }, removed: ["e"] });
  draft.undo();
  assert.deepEqual([draft.isChanged, draft.size("e").people], [false, 20 + 30 + 60]);
});

test("a move to where an area is already, or of another ground's area, is no step", () => {
  const draft = begun();
  assert.deepEqual(draft.move([0, 77], "w"), []);
  assert.equal(draft.canUndo, false);
});

test("each step is undone and done again, and a new one forgets what was undone", () => {
  const draft = begun();
  draft.move([1], "e");
  draft.rename("w", "Westbury");
  draft.undo();
  assert.equal(draft.label("w"), "West");
  draft.undo();
  assert.deepEqual(draft.homes(1), ["w"]);
  assert.equal(draft.isChanged, false);
  draft.redo();
  assert.deepEqual(draft.homes(1), ["e"]);
  draft.move([0], "e");
  assert.equal(draft.canRedo, false);
  assert.deepEqual(draft.changes(code).named, {});
});

test("a stroke of the brush and the typing of a name are one step each", () => {
  const draft = begun();
  draft.move([1], "e");
  draft.move([4], "e", { joins: true });
  for (const name of ["W", "We", "Wes"]) draft.rename("w", name);
  draft.undo();
  assert.equal(draft.label("w"), "West");
  draft.undo();
  assert.equal(draft.isChanged, false);
  assert.equal(draft.canUndo, false);
});

test("areas taken out are left over, and counted", () => {
  const draft = begun();
  draft.move([5], NONE);
  assert.deepEqual(draft.unassigned(), [5]);
  assert.equal(draft.total(draft.unassigned()), 60);
  assert.deepEqual(draft.changes(code).moved, { E5: "" });
});

test("an area in two goes to the one it is moved to only", () => {
  const draft = begun([[0], [0, 1], [1], [0], [0], [1]]);
  assert.deepEqual(draft.move([1], "e"), [1]);
  assert.deepEqual(draft.homes(1), ["e"]);
});

test("one is added, filled, emptied and taken out; an id is never used twice", () => {
  const draft = begun();
  const id = draft.add("Middle");
  draft.move([1, 4], id);
  assert.deepEqual(draft.changes(code), { ...nothing, moved: { E1: "new-1", E4: "new-1" }, added: { "new-1": "Middle" } });
  assert.equal(draft.remove(id), false);
  draft.move([1, 4], "w");
  assert.equal(draft.remove(id), true);
  assert.equal(draft.isChanged, false);
  assert.equal(draft.add("Other"), "new-2");
  draft.move([2, 5], "w");
  assert.equal(draft.remove("e"), true);
  assert.deepEqual(draft.changes(code).removed, ["e"]);
});

test("changes that were kept are made again as one step; what no longer fits is left out", () => {
  const draft = begun();
  const id = draft.add("Middle");
  draft.move([1], id);
  draft.rename("e", "East");
  const made = draft.changes(code);
  const again = begun();
  again.apply({ ...made, moved: { ...made.moved, E0: "gone" } }, (text) => Number(text.slice(1)));
  assert.deepEqual(again.changes(code), made);
  again.undo();
  assert.equal(again.isChanged, false);
});

test("the range is guidance in words", () => {
  const draft = begun();
  assert.deepEqual(["w", "e"].map((id) => rangeWords(draft.size(id))), ["within the range", "10 under the range"]);
  draft.move([2], "w");
  assert.equal(rangeWords(draft.size("w")), "30 over the range");
  draft.move([5], "w");
  assert.deepEqual([rangeWords(draft.size("e")), piecesWords(draft.size("e"))], ["no residents yet", "no area yet"]);
});

test("arrows go to the neighbour that lies most in their direction", () => {
  const places = { lon: [0, 1, 2, 0, 1, 2], lat: [50, 50, 50, 51, 51, 51] };
  assert.deepEqual(["left", "right", "up", "down"].map((way) => towards(way, 1, NEXT[1], places)), [0, 2, 4, undefined]);
});

test("neighbours differ in colour, and a colour stays where it can", () => {
  const draft = begun();
  const first = coloured(["w", "e"], draft.beside());
  assert.notEqual(first.get("w"), first.get("e"));
  draft.move([1], "e");
  assert.deepEqual(coloured(["w", "e"], draft.beside(), first), first);
});

test("thirty groups in a ring and a hub have colours that differ from their neighbours'", () => {
  const ids = Array.from({ length: 30 }, (_, i) => i);
  const beside = new Map(ids.map((i) => [i, new Set(i === 29 ? ids.slice(0, 29) : [(i + 1) % 29, (i + 28) % 29, 29])]));
  const made = coloured(ids, beside);
  for (const [id, others] of beside) for (const other of others) assert.notEqual(made.get(id), made.get(other), `${id} ${other}`);
});

test("wards of whole councils have colours that differ from their neighbours'", () => {
  const england = JSON.parse(readFileSync(`${ENGLAND}/england.json`));
  const bytes = readFileSync(`${ENGLAND}/england.bin`);
  const topology = decode(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  for (const council of ["Halton", "Birmingham", "Leeds"]) {
    const areas = england.codes.flatMap((_, i) => (england.councils[england.council[i]] === council ? [i] : []));
    const parts = [...new Set(areas.map((area) => england.names[area].slice(0, -1)))]; // MSOAs
    const home = areas.map((area) => [parts.indexOf(england.names[area].slice(0, -1))]);
    const neighbourhoods = parts.map((name) => ({ id: name, name }));
    const draft = new Draft({ areas, home, neighbourhoods, people: england.population, topology, range: [30000, 50000] });
    const beside = draft.beside();
    const made = coloured(parts, beside);
    let n = 0;
    for (const [one, others] of beside) for (const other of others) if (++n) assert.notEqual(made.get(one), made.get(other), `${one} ${other}`);
    assert.ok(n > parts.length);
    assert.equal(draft.total(areas), parts.reduce((sum, id) => sum + draft.size(id).people, 0));
  }
});

// Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB; OKLab: Ottosson (2020).
const SEEN = {
  everybody: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protanopia: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deuteranopia: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  tritanopia: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
};
const linear = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
const through = (matrix, v) => matrix.map((row) => Math.min(1, Math.max(0, row[0] * v[0] + row[1] * v[1] + row[2] * v[2])));
function oklab([r, g, b]) {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s, 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s, 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s];
}
const apart = (one, other) => Math.hypot(...one.map((x, i) => x - other[i]));

test("every two colours differ, whoever looks; and each from an area in none", () => {
  for (const [who, matrix] of Object.entries(SEEN)) {
    const seen = [...PALETTE, "#e8edee"].map((hex) => oklab(through(matrix, linear(hex))));
    seen.forEach((one, i) => seen.slice(0, i).forEach((other, j) => assert.ok(apart(one, other) >= 0.1, `${who}: ${i} and ${j}: ${apart(one, other)}`)));
  }
});

test("the dark outline stands out from every colour: 3 to 1", () => {
  const light = (hex) => linear(hex).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0.05);
  for (const hex of PALETTE) assert.ok(light(hex) / light("#212b32") >= 3, hex);
});
