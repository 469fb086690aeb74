// The page of the need map.
import { EnglandMap, loadEngland } from "./map.js";

const place = document.getElementById("need-map");
const england = await loadEngland();
const map = new EnglandMap(place, england, { label: "Map of England by decile of deprivation" });
await map.ready;
map.colour(england.areas.decile.map((decile) => decile - 1), ["#08306b", "#08519c", "#2171b5", "#4292c6", "#6baed6", "#9ecae1", "#c6dbef", "#deebf7", "#f7fbff", "#ffffff"]);
