// Draws the documentation's diagrams: `node scripts/draw-pictures.mjs` writes docs/thinned.svg, docs/panels.svg and
// docs/step.svg.
// Each is one file for light and dark screens. test/pictures.test.ts refuses a file that this script would draw
// differently.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { panels } from "./pictures/panels.mjs";
import { step } from "./pictures/step.mjs";
import { thinned } from "./pictures/thinned.mjs";

export const pictures = { thinned, panels, step };

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, draw] of Object.entries(pictures)) {
    writeFileSync(new URL(`../docs/${name}.svg`, import.meta.url), draw());
  }
}
