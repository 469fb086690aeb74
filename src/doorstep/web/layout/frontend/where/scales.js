// The colours of every map of the site, the only place that says them. tests/geography_map/test_scales.py holds each
// scale to what must be told apart: by people with any colour vision, and beside the lines that are drawn over it.
//
// A scale is "sequential" (from most to least, darkest first: neighbours in order must differ, and each is lighter than
// the one before) or "qualitative" (any two must differ). What nothing is known of has a grey of its own.
export const UNKNOWN = "#e8edee";

export const SCALES = {
  need: { kind: "sequential", colours: ["#25155d", "#313289", "#3852b2", "#3c76d6", "#459cf4", "#70c1ff", "#b0e1fe"] },
  deprivation: {
    kind: "sequential",
    colours: ["#4e0115", "#6d0112", "#87190d", "#9f3102", "#b34c02", "#c86500", "#db7e08", "#e89a30", "#f4b753", "#efd6a3"],
  },
  doctors: { kind: "sequential", colours: ["#440141", "#701c65", "#9e3b87", "#ca60a6", "#f28ac5", "#fec7e0"] },
  centres_distance: { kind: "sequential", colours: ["#03464c", "#006c76", "#1794a0", "#55bbc6", "#9adfe7"] },
  centres_demand: { kind: "sequential", colours: ["#54351a", "#825329", "#af7441", "#d69b6b", "#f4c7a3"] },
  centres_fifths: { kind: "sequential", colours: ["#423658", "#665388", "#8c75b6", "#b29cdd", "#d8c7f9"] },
  listed: { kind: "sequential", colours: ["#00502f", "#c0e6b8"] },
  neighbourhoods: { kind: "qualitative", colours: ["#66aadd", "#dd9933", "#996688", "#cccc99", "#bb5533", "#5577cc", "#99ccff", "#999988"] },
};

// Lines that must be seen on any colour are drawn twice: a core, and a wider casing under it. One of the two stands out
// from whatever lies beside it.
export const LINES = { core: "#212b32", casing: "#ffffff", pointed: "#ffeb3b" };
