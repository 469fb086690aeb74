// How the planner's maps colour areas: classes from the most to the least, their words, and colours.
import { SCALES } from "./scales.js";

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
  return { colours: SCALES.centres_distance.colours, classes, words };
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
  return { colours: SCALES.centres_demand.colours, classes, words };
}

export function byDeprivation(quintile) {
  const words = ["most deprived fifth of England", "second fifth", "middle fifth", "fourth fifth", "least deprived fifth"];
  return { colours: SCALES.centres_fifths.colours, classes: quintile.map((q) => q - 1), words };
}
