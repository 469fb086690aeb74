// What stands round the map's drawing: the stage that it is on, buttons to come nearer, and where the borders are from.

const SOURCE =
  "Source: Office for National Statistics licensed under the Open Government Licence v.3.0. Contains OS data © Crown copyright and database right 2023-2024";

// Fill a container; `onZoom(by)` is called with 1 or -1. Returns its stage and its canvas.
export function frameFor(container, { label, describedBy, onZoom }) {
  const stage = made("div", "app-map__stage");
  const canvas = made("canvas", "app-map__canvas");
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", label);
  if (describedBy) canvas.setAttribute("aria-describedby", describedBy);
  stage.append(canvas);
  const zooms = made("div", "app-map__zooms app-no-print");
  for (const [sign, words, by] of [["+", "Zoom in", 1], ["−", "Zoom out", -1]]) {
    const button = made("button", "app-map__zoom", sign);
    button.type = "button";
    button.setAttribute("aria-label", words);
    button.addEventListener("click", () => onZoom(by));
    zooms.append(button);
  }
  container.replaceChildren(stage, zooms, made("p", "app-map__source", SOURCE));
  return { stage, canvas };
}

function made(tag, kind, words = "") {
  const element = document.createElement(tag);
  element.className = kind;
  element.textContent = words;
  return element;
}
