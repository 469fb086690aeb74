// How the planner's maps colour areas: classes, their words, and colours from the darkest (most) to the lightest.
export const SCALES = {
  distance: { kind: "sequential", colours: ["#00434b", "#007078", "#39aab6", "#8dd2da", "#d8f5f8"] },
  demand: { kind: "sequential", colours: ["#673c14", "#995f2c", "#c68956", "#e7ba97", "#feeadb"] },
  fifths: { kind: "sequential", colours: ["#4e3d6c", "#7860a0", "#a28acd", "#cbbaeb", "#f3edff"] },
};

const round = (km) => Number(km.toPrecision(3));

// The coverage distance is the edge in the middle: who is beyond it is in the two darkest bands.
export function byDistance(distance, within) {
  const edges = [4, 2, 1, 0.5].map((times) => round(within * times));
  const classes = Array.from(distance, (km) => edges.findIndex((edge) => km > edge)).map((k) => (k < 0 ? 4 : k));
  const words = [
    `more than ${edges[0]} km`,
    ...[1, 2, 3].map((k) => `${edges[k]} to ${edges[k - 1]} km`),
    `at most ${edges[3]} km`,
  ];
  return { scale: SCALES.distance, classes, words };
}

export function byDemand(weight) {
  const order = weight.toSorted((one, other) => other - one);
  const edges = [1, 2, 3, 4].map((k) => order[Math.floor((order.length * k) / 5)]);
  const classes = weight.map((w) => edges.findIndex((edge) => w > edge)).map((k) => (k < 0 ? 4 : k));
  const told = (n) => Math.round(n).toLocaleString("en-GB");
  const words = [
    `more than ${told(edges[0])} weighted people`,
    ...[1, 2, 3].map((k) => `${told(edges[k])} to ${told(edges[k - 1])}`),
    `at most ${told(edges[3])}`,
  ];
  return { scale: SCALES.demand, classes, words };
}

export function byDeprivation(quintile) {
  const words = ["most deprived fifth of England", "second fifth", "middle fifth", "fourth fifth", "least deprived fifth"];
  return { scale: SCALES.fifths, classes: quintile.map((q) => q - 1), words };
}
