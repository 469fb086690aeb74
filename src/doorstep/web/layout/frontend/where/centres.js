// The planner's pages: the map of an answer, and the map on which centres are placed by hand.
import { ByHand } from "./centres_by_hand.js";
import { openMap } from "./centres_map.js";

const frame = document.querySelector("[data-data]");
try {
  const answer = await fetch(frame.dataset.data);
  if (!answer.ok) throw new Error(`the site answered ${answer.status}`);
  const data = await answer.json();
  const map = await openMap(frame, data);
  if (frame.id === "by-hand-map") new ByHand(map, data);
  else {
    const chosen = new Set(data.chosen);
    map.show([...data.fixed.map((site) => ({ ...site, isFixed: true })), ...data.candidates.filter(({ id }) => chosen.has(id))]);
  }
} catch (error) {
  frame.hidden = true;
  const words = document.createElement("p");
  words.textContent = "The map cannot be shown here. The tables say the same.";
  frame.before(words);
  console.error(error);
}
