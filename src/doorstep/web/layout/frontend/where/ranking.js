// The need index computed where it is looked at: the same normal scores, weighted mean, ranks and tenths as
// doorstep/geography/need/index.py gives, from each area's place in every indicator.

// The value of the standard normal distribution with a share p of it below: algorithm AS 241 (Wichura 1988), which is
// right to about sixteen digits.
const NEAR = [
  [3.387132872796366608, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125, 45921.953931549871457, 67265.770927008700853, 33430.575583588128105, 2509.0809287301226727],
  [1, 42.313330701600911252, 687.1870074920579083, 5394.1960214247511077, 21213.794301586595867, 39307.89580009271061, 28729.085735721942674, 5226.495278852854561],
];
const FAR = [
  [1.42343711074968357734, 4.6303378461565452959, 5.7694972214606914055, 3.64784832476320460504, 1.27045825245236838258, 0.24178072517745061177, 0.0227238449892691845833, 7.7454501427834140764e-4],
  [1, 2.05319162663775882187, 1.6763848301838038494, 0.68976733498510000455, 0.14810397642748007459, 0.0151986665636164571966, 5.475938084995344946e-4, 1.05075007164441684324e-9],
];
const FARTHEST = [
  [6.6579046435011037772, 5.4637849111641143699, 1.7848265399172913358, 0.29656057182850489123, 0.026532189526576123093, 0.0012426609473880784386, 2.71155556874348757815e-5, 2.01033439929228813265e-7],
  [1, 0.59983220655588793769, 0.13692988092273580531, 0.0148753612908506148525, 7.868691311456132591e-4, 1.8463183175100546818e-5, 1.4215117583164458887e-7, 2.04426310338993978564e-15],
];
const polynomial = (of, x) => of.reduceRight((sum, one) => sum * x + one, 0);
const ratio = ([above, below], x) => polynomial(above, x) / polynomial(below, x);

export function normalQuantile(p) {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) return q * ratio(NEAR, 0.180625 - q * q);
  const r = Math.sqrt(-Math.log(q < 0 ? p : 1 - p));
  const found = r <= 5 ? ratio(FAR, r - 1.6) : ratio(FARTHEST, r - 5);
  return q < 0 ? -found : found;
}

// Normal scores from places (1 the lowest, ties share the first, 0 a blank): (mean place - 3/8) / (n + 1/4), as Blom.
export function normalScores(places) {
  const held = new Uint32Array(places.length + 2);
  let n = 0;
  for (const place of places)
    if (place) {
      held[place]++;
      n++;
    }
  const scoreOf = new Float64Array(places.length + 2).fill(NaN);
  for (let place = 1; place <= n; place++)
    if (held[place]) scoreOf[place] = normalQuantile((place + (held[place] - 1) / 2 - 0.375) / (n + 0.25));
  return Float64Array.from(places, (place) => scoreOf[place]);
}

// The weighted mean of what an area has; NaN where that carries less than `least` of the weight. null: nothing weighs.
export function weightedMean(parts, weights, least) {
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  if (!(whole > 0)) return null;
  const shares = weights.map((weight) => weight / whole);
  return Float64Array.from(parts[0], (_, area) => {
    let [total, carried] = [0, 0];
    parts.forEach((part, i) => {
      if (Number.isNaN(part[area])) return;
      total += part[area] * shares[i];
      carried += shares[i];
    });
    return carried >= least - 1e-9 ? total / carried : NaN;
  });
}

// Ranks, 1 the highest score; ties share the first, and an area without a score has 0.
export function ranksOf(scores) {
  const there = scores.filter((score) => !Number.isNaN(score)).sort();
  const ranks = new Uint16Array(scores.length);
  scores.forEach((score, area) => {
    if (!Number.isNaN(score)) ranks[area] = there.length - above(there, score) + 1;
  });
  return { ranks, n: there.length };
}

// How many of the sorted scores are at most this one.
function above(sorted, score) {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] <= score) low = middle + 1;
    else high = middle;
  }
  return low;
}

// The bands of the map: [title, first rank, last rank], from shares of the ranked areas.
export const BANDS = [0.03, 0.1, 0.2, 0.4, 0.6, 0.8, 1];

export function bandOf(rank, n) {
  return rank ? BANDS.findIndex((share) => rank <= share * n) : -1;
}

// Read `need.bin` (doorstep/geography/need_layer.py): the header's facts, and a column of numbers by name.
export function decodeNeed(buffer) {
  if (String.fromCharCode(...new Uint8Array(buffer, 0, 4)) !== "DSN1") throw new Error("the layer of need is not in the form this page reads");
  const length = new DataView(buffer).getUint32(4, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)));
  const column = Object.fromEntries(
    header.columns.map((name, i) => [name, new Uint16Array(buffer, 8 + length + 2 * i * header.areas, header.areas)]),
  );
  return { ...header, column };
}
