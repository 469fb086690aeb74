import { copyFile, cp } from "node:fs/promises";

await cp("node_modules/nhsuk-frontend/dist/nhsuk/assets", "../assets/nhsuk", { recursive: true });
// The map's worker is a module of its own, fetched from this site; nothing runs from a blob.
await copyFile("node_modules/maplibre-gl/dist/maplibre-gl-worker.mjs", "../assets/where/worker.js");
