import { cp } from "node:fs/promises";

await cp("node_modules/nhsuk-frontend/dist/nhsuk/assets", "../assets/nhsuk", { recursive: true });
