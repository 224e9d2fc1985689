// The library in a page: how long a visitor waits for the first answer, and how fast Chromium trains and answers beside
// Node, in turns.
// `npm run bench:browser -- --node PATH_OF_A_NODE --rounds 15`.
import { spawn } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { cpus, loadavg, tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";

const here = path.dirname(fileURLToPath(import.meta.url));
const { values: given } = parseArgs({
  options: {
    node: { type: "string", default: process.execPath },
    chromium: { type: "string", default: process.env.THINNED_CHROMIUM ?? "/usr/bin/chromium" },
    build: { type: "string", default: "relaxed" },
    rounds: { type: "string", default: "15" },
  },
});
const rounds = Number(given.rounds);
const MODELS = [
  [784, 128, 10],
  [784, 1024, 1024, 10],
];

const folder = mkdtempSync(path.join(tmpdir(), "thinned-bench-"));
for (const name of ["thinned.js", "infer.js"])
  copyFileSync(path.join(here, "../dist/bundle", name), path.join(folder, name));
copyFileSync(path.join(here, "browser-page.js"), path.join(folder, "work.mjs"));
const { save } = await import(pathToFileURL(path.join(folder, "work.mjs")).href);

/** A page that answers as soon as it can: its time begins when the navigation does. */
const FIRST = (
  model,
) => `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>first answer</title>
<link rel="preload" as="fetch" crossorigin href="${model}">
<script type="module">
  import { Network } from "./infer.js";
  const started = performance.now();
  const bytes = new Uint8Array(await (await fetch("${model}")).arrayBuffer());
  const fetched = performance.now();
  const net = await Network.load(bytes);
  const loaded = performance.now();
  net.predict(new Float32Array(784).fill(0.5));
  globalThis.first = { started, fetched, loaded, answered: performance.now(), build: net.runtime.build };
</script>`;
const WORK = '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>turns</title>';

const files = new Map([["/work", [WORK, "text/html"]]]);
for (const name of ["thinned.js", "infer.js", "work.mjs"])
  files.set(`/${name}`, [readFileSync(path.join(folder, name)), "text/javascript"]);
for (const sizes of MODELS) {
  const name = `${sizes.join("-")}.safetensors`;
  files.set(`/${name}`, [Buffer.from(await save(sizes)), "application/octet-stream"]);
  files.set(`/first-${sizes.join("-")}`, [FIRST(name), "text/html"]);
}
const server = createServer((request, response) => {
  const [content, type] = files.get(request.url) ?? [];
  if (!type) return void response.writeHead(404).end();
  // Where turns are timed the page is isolated: its clock is fine then.
  const isolated = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };
  response.writeHead(200, { "content-type": type, ...(request.url === "/work" && isolated) }).end(content);
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const url = `http://127.0.0.1:${server.address().port}`;

const quiet = ["quic", "background-networking", "component-update", "sync", "gpu"].map((name) => `--disable-${name}`);
const launch = () => chromium.launch({ executablePath: given.chromium, args: ["--no-sandbox", ...quiet] });
const sorted = (values) => [...values].sort((a, b) => a - b);
const quantile = (values, q) => sorted(values)[Math.round(q * (values.length - 1))];
const shown = (values, digits) =>
  `${quantile(values, 0.5).toFixed(digits)} ms (middle half ${quantile(values, 0.25).toFixed(digits)}–${quantile(values, 0.75).toFixed(digits)}, best ${Math.min(...values).toFixed(digits)}, n = ${values.length})`;

/**
 * Each time in a profile of its own: no cache, no compiled code, a new process. The browser itself runs, as a visitor's
 * does.
 */
async function firstAnswers(sizes) {
  const found = [];
  const browser = await launch();
  try {
    for (let round = -1; round < rounds; round++) {
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.goto(`${url}/first-${sizes.join("-")}`);
      const first = await (await page.waitForFunction(() => globalThis.first)).jsonValue();
      // The browser's own first page comes with much that is no page's doing.
      if (round >= 0) found.push(first);
      await context.close();
    }
  } finally {
    await browser.close();
  }
  const median = (of) => quantile(found.map(of), 0.5).toFixed(0);
  console.log(`first answer after navigation, ${sizes.join("-")}, ${found[0].build} build`);
  console.log(
    `  ${shown(
      found.map(({ answered }) => answered),
      0,
    )}`,
  );
  console.log(
    `  of that until the script runs ${median((f) => f.started)}, until the model is there ${median((f) => f.fetched - f.started)}, ` +
      `loading ${median((f) => f.loaded - f.fetched)}, answering ${median((f) => f.answered - f.loaded)}`,
  );
}

async function turns() {
  const child = spawn(given.node, [path.join(here, "browser-node.mjs"), path.join(folder, "work.mjs"), given.build], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const read = async () => JSON.parse((await lines.next()).value);
  const browser = await launch();
  try {
    const node = await read();
    const page = await browser.newPage();
    await page.goto(`${url}/work`);
    const builds = await page.evaluate(async (build) => {
      globalThis.work = await (await import("./work.mjs")).open(build);
      return globalThis.work.builds;
    }, given.build);
    console.log(`${node.engine}, builds ${JSON.stringify(node.builds)}; Chromium's ${JSON.stringify(builds)}`);
    const inNode = async (name) => {
      child.stdin.write(`${name}\n`);
      return read();
    };
    const inPage = (name) => page.evaluate((call) => globalThis.work.turn(call), name);
    for (const [name, what] of [
      ["train", "train_step, 784-1024-1024-10, batch 128, p = 0.5"],
      ["predict", "predict one image, 784-1024-1024-10"],
    ]) {
      const times = { node: [], page: [] };
      for (let round = 0; round < rounds; round++) {
        const order = [["node", inNode], ["page", inPage]]; // biome-ignore format: two entrants
        if (round % 2) order.reverse();
        for (const [where, run] of order) times[where].push(await run(name));
      }
      console.log(what);
      for (const [where, label] of [
        ["node", "Node"],
        ["page", "Chromium"],
      ]) {
        const least = Math.min(...times[where].map((turn) => turn.least));
        console.log(
          `  ${label}: ${shown(
            times[where].map((turn) => turn.median),
            3,
          )}; quickest call ${least.toFixed(3)} ms`,
        );
      }
      const ratios = times.node.map(({ median }, round) => median / times.page[round].median);
      const [least, most] = [0.25, 0.75].map((q) => (100 * quantile(ratios, q)).toFixed(0));
      console.log(
        `  Chromium's speed: ${(100 * quantile(ratios, 0.5)).toFixed(0)} % of Node's (middle half ${least}–${most} %)`,
      );
    }
  } finally {
    child.kill();
    await browser.close();
  }
}

try {
  const browser = await launch();
  console.log(`Chromium ${browser.version()}; ${cpus()[0]?.model.trim()}, load ${loadavg()[0].toFixed(1)}; one thread`);
  await browser.close();
  await turns();
  for (const sizes of MODELS) await firstAnswers(sizes);
} finally {
  server.close();
  server.closeAllConnections();
  rmSync(folder, { recursive: true, force: true });
}
