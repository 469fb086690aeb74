// What the map of need is coloured by: for each layer its classes (a place in a scale by area number, -1 unknown) and the
// words of its legend. Need itself comes from the ranks; the others stand beside it and are never in it.
import { BANDS, bandOf } from "./ranking.js";
import { SCALES } from "./scales.js";

const NOTHING = 65535;
const FINE = 100; // GPs for each 1,000 disabled residents come in hundredths
const number = new Intl.NumberFormat("en-GB");

export function needLayer(ranks, n) {
  const bounds = BANDS.map((share) => Math.floor(share * n));
  const words = BANDS.map((share, i) => {
    const from = i ? bounds[i - 1] + 1 : 1;
    const name = i ? `${100 * BANDS[i - 1]}% to ${100 * share}%` : `Top ${100 * share}%: most need`;
    return `${name}${share === 1 ? ": least need" : ""} (ranks ${number.format(from)} to ${number.format(bounds[i])})`;
  });
  return { title: "Need", colours: SCALES.need.colours, words, classes: Array.from(ranks, (rank) => bandOf(rank, n)) };
}

export function layerBeside(name, england, need) {
  const { column } = need;
  switch (name) {
    case "imd2025_decile":
      return {
        title: "Deprivation (IMD 2025), tenths of areas",
        colours: SCALES.deprivation.colours,
        words: Array.from({ length: 10 }, (_, i) => `${i + 1}${i ? (i === 9 ? ": least deprived" : "") : ": most deprived"}`),
        classes: england.areas.decile.map((decile) => decile - 1),
      };
    case "patients_per_gp":
      return stepped("Patients for each GP", column[name], [3500, 3000, 2500, 2000, 1500], 1);
    case "gps_per_1000_disabled":
      return stepped("GPs for each 1,000 disabled residents", column[name], [2, 3, 4, 5, 6], FINE);
    case "place":
      return listed("Place of the programme's first wave", column.first_wave, "in one", "in none");
    case "in_report_150":
      return listed("A report's 150 neighbourhoods in poorest health", column[name], "one of them", "not one of them");
  }
  throw new Error(`there is no layer ${name}`);
}

// Classes between round numbers, darkest first: from the highest down where the bounds fall, from the lowest up where
// they rise.
function stepped(title, values, bounds, times) {
  const falls = bounds[0] > bounds[1];
  const classOf = (value) => {
    if (value === NOTHING) return -1;
    const at = bounds.findIndex((bound) => (falls ? value >= bound * times : value < bound * times));
    return at < 0 ? bounds.length : at;
  };
  const told = bounds.map((bound) => number.format(bound));
  const words = told.map((bound, i) => {
    if (!i) return falls ? `${bound} or more` : `under ${bound}`;
    return falls ? `${bound} to under ${told[i - 1]}` : `${told[i - 1]} to under ${bound}`;
  });
  words.push(falls ? `under ${told.at(-1)}` : `${told.at(-1)} or more`);
  return { title, colours: SCALES.doctors.colours, words, classes: Array.from(values, classOf) };
}

function listed(title, values, isIn, isOut) {
  const classes = Array.from(values, (value) => (value === NOTHING ? 1 : 0));
  return { title, colours: SCALES.listed.colours, words: [isIn, isOut], classes };
}
