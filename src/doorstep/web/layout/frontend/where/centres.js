// The planner's pages: the map of an answer, and the map on which centres are placed by hand.
import { ByHand } from "./centres_by_hand.js";
import { openCentresMap } from "./centres_map.js";
import { nearest } from "./centres_sums.js";

const frame = document.querySelector("[data-data]");
const answer = await fetch(frame.dataset.data);
if (!answer.ok) throw new Error(`the site answered ${answer.status}`);
const data = await answer.json();
const map = await openCentresMap(frame, data);
if (frame.id === "by-hand-map") new ByHand(map, data);
else if (map) {
  const chosen = new Set(data.chosen);
  const open = [...data.fixed.map((site) => ({ ...site, isFixed: true })), ...data.candidates.filter(({ id }) => chosen.has(id))];
  map.show(open, nearest(data.areas, open, data.settings.factor));
}
