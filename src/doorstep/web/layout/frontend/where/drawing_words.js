// Numbers and states of a neighbourhood in words, and small pieces of pages.

export const number = (n) => Math.round(n).toLocaleString("en-GB");
export const several = (n, what) => `${number(n)} ${what}${n === 1 ? "" : "s"}`;

export function rangeWords({ people, away }) {
  if (people === 0) return "no residents yet";
  if (away === 0) return "within the range";
  return `${number(Math.abs(away))} ${away < 0 ? "under" : "over"} the range`;
}

export function piecesWords({ pieces }) {
  return pieces.length === 0 ? "no area yet" : pieces.length === 1 ? "hangs together" : `in ${pieces.length} pieces`;
}

export const sizeWords = (size) => `${several(size.people, "resident")}, ${rangeWords(size)}, ${piecesWords(size)}`;

// An element with attributes and children; a property that begins with "on" is a listener.
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

const SVG = "http://www.w3.org/2000/svg";

// Residents as a bar beside the range, drawn as the set's page draws it.
export function bar(people, [low, high], end) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [key, value] of Object.entries({ viewBox: "0 0 200 14", width: 200, height: 14, "aria-hidden": "true", class: "app-area-bar" }))
    svg.setAttribute(key, value);
  const rectangle = (x, y, width, height, fill) => {
    const made = document.createElementNS(SVG, "rect");
    for (const [key, value] of Object.entries({ x, y, width, height, fill })) made.setAttribute(key, value);
    svg.append(made);
  };
  const at = (n) => (200 * n) / end;
  rectangle(0, 0, 200, 14, "#e8edee");
  rectangle(at(low), 0, at(high) - at(low), 14, "#aeb7bd");
  rectangle(0, 3, Math.min(200, at(people)), 8, "#003087");
  return svg;
}
