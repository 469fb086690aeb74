// What open centres mean for people, counted in the browser; doorstep/geography/siting/effects.py counts the same.
// Areas come by column: easting, northing, people, weight and quintile. Centres have an easting and a northing.

const WORST = 0.1;

// Each area's kilometres to the nearest centre: a straight line times the road factor.
export function nearest(areas, centres, factor) {
  const found = new Float64Array(areas.easting.length).fill(Infinity);
  for (const { easting, northing } of centres)
    for (let i = 0; i < found.length; i++) {
      const [east, north] = [areas.easting[i] - easting, areas.northing[i] - northing];
      const km = Math.sqrt(east * east + north * north) * (factor / 1000);
      if (km < found[i]) found[i] = km;
    }
  return found;
}

// The mean distance of the tenth with furthest to go; an area across the line counts in part.
export function worstMean(distance, weights) {
  const whole = sum(weights);
  const order = Array.from(distance.keys()).sort((i, j) => distance[j] - distance[i]);
  let [before, total, taken] = [0, 0, 0];
  for (const i of order) {
    const weight = weights[i] / whole;
    const part = Math.min(Math.max(WORST - before, 0), weight);
    if (part > 0) total += part * distance[i];
    taken += part;
    before += weight;
    if (before >= WORST + 1e-9) break;
  }
  return total / taken;
}

// Everyone, each national fifth that somebody there lives in, and the tenth with furthest to go; people count once.
export function groups(areas, distance, within) {
  const found = [group("everyone", areas, distance, within, () => true)];
  for (let k = 1; k <= 5; k++) {
    const name = `quintile ${k}` + (k === 1 ? ", most deprived" : k === 5 ? ", least deprived" : "");
    found.push(group(name, areas, distance, within, (i) => areas.quintile[i] === k));
  }
  const people = sum(areas.people);
  const beyond = sum(areas.people.map((n, i) => (distance[i] > within ? n : 0)));
  found.push({
    name: "tenth with furthest to go",
    people: people / 10,
    mean: worstMean(distance, areas.people),
    within: Math.max(0, 1 - beyond / people / WORST),
  });
  return found.filter((one) => one.people > 0);
}

function group(name, areas, distance, within, has) {
  let [people, km, near] = [0, 0, 0];
  for (let i = 0; i < distance.length; i++)
    if (has(i)) {
      people += areas.people[i];
      km += areas.people[i] * distance[i];
      if (distance[i] <= within) near += areas.people[i];
    }
  return { name, people, mean: km / people, within: near / people };
}

// What the question's aim says of distances: kilometres, or for covering the share of weighted people out of reach.
export function value(areas, distance, { aim, within, share }) {
  const whole = sum(areas.weight);
  if (aim === "covering") return sum(areas.weight.map((w, i) => (distance[i] > within ? w : 0))) / whole;
  const mean = sum(areas.weight.map((w, i) => w * distance[i])) / whole;
  return aim === "median" ? mean : (1 - share) * mean + share * worstMean(distance, areas.weight);
}

// How far these are from the best found, in the sentence that the server says too.
export function comparison(mine, { aim, within, best }) {
  if (aim === "covering") {
    const less = mine - best;
    const points =
      Math.abs(less) < 5e-5 ? "as many" : `${(100 * Math.abs(less)).toFixed(2)} percentage points ${less > 0 ? "fewer" : "more"}`;
    return (
      `Yours bring ${percent(1 - mine, 2)} of weighted people within ${within} km; the best found brings ` +
      `${percent(1 - best, 2)}: yours brings ${points}.`
    );
  }
  const what = aim === "median" ? "a mean weighted distance" : "a mixture of mean and worst-off tenth";
  return `Yours give ${what} of ${mine.toFixed(3)} km; the best found has ${best.toFixed(3)} km: yours is ${further(mine, best)}.`;
}

function further(mine, best) {
  if (best <= 0) return mine > 0 ? "further" : "as near";
  const change = mine / best - 1;
  return Math.abs(change) < 5e-5 ? "as near" : `${percent(Math.abs(change), 2)} ${change > 0 ? "further" : "nearer"}`;
}

// What makes the comparison unlike for like; the server says the same.
export function cautions(n, best, others) {
  const told = [];
  if (n !== best) told.push(`You placed ${n} and the best found has ${best}: with other numbers it is no fair race.`);
  if (others) told.push(`${others} of yours were not among the candidate sites, so yours may be nearer than the best of those.`);
  return told;
}

export const percent = (share, digits) => `${(100 * share).toFixed(digits)}%`;

const sum = (values) => values.reduce((total, one) => total + one, 0);
