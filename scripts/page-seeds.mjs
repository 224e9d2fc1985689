// What somebody sees who presses the page's first button, for twenty seeds: both errors and the verdict, in the page's
// own words. Needs `npm run build` first.
//   node scripts/page-seeds.mjs            points in a plane (section 2)
//   node scripts/page-seeds.mjs digits     drawn digits (section 5)
// docs/page.md keeps what it printed.
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const SEEDS = 20;
const root = fileURLToPath(new URL("..", import.meta.url));

/** The page's own code, as Node runs it. */
async function load(contents) {
  const options = {
    absWorkingDir: root,
    bundle: true,
    format: "esm",
    platform: "node",
    write: false,
    logLevel: "error",
  };
  const banner = { js: 'import { createRequire } from "node:module"; const require = createRequire("file:///");' };
  const bundle = await build({ ...options, banner, stdin: { contents, resolveDir: root, loader: "ts" } });
  return import(`data:text/javascript;base64,${Buffer.from(bundle.outputFiles[0].text).toString("base64")}`);
}

const which = process.argv[2] ?? "plane";
const page = await load(`
  export { PlaneLab } from "./demo/lab/plane-lab.js";
  export { DigitsLab } from "./demo/lab/digits-lab.js";
  export { readSettings } from "./demo/address.js";
  export { PLANE_FIELDS } from "./demo/plane-fields.js";
  export { DIGITS_FIELDS } from "./demo/digits-fields.js";
  export { compare, sayVerdict } from "./demo/words/compare.js";
`);
const fields = which === "digits" ? page.DIGITS_FIELDS : page.PLANE_FIELDS;
const lab = which === "digits" ? new page.DigitsLab() : new page.PlaneLab();
const things = which === "digits" ? "digits" : "points";
const percent = (error) => (100 * error).toFixed(1);

let [lower, clear] = [0, 0];
console.log("| seed | without | with dropout | gain ± standard error | runs that say so | verdict |");
console.log("| ---: | ---: | ---: | ---: | ---: | --- |");
for (let seed = 1; seed <= SEEDS; seed++) {
  const settings = { ...page.readSettings(fields, ""), seed };
  const points = [(await lab.open(settings, [0, settings.p])).point];
  await lab.train((frame) => points.push(frame.point) > 0);
  const { without, dropout, gain, error, better, pairs } = page.compare(points.at(-1));
  const [verdict] = page.sayVerdict(points, { ...settings, things }).split(":");
  if (gain > 0) lower++;
  if (verdict === "Dropout helps") clear++;
  console.log(
    `| ${seed} | ${percent(without)} | ${percent(dropout)} | ${percent(gain)} ± ${percent(error)} | ${better} of ${pairs} | ${verdict} |`,
  );
}
console.log(
  `\nDropout's test error is the lower one for ${lower} of ${SEEDS} seeds; ${clear} times the verdict says that it helps.`,
);
if (lower < 18 || clear < 16) process.exitCode = 1;
