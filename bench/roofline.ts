// Where the products stand under this machine's roofs (Williams, Waterman & Patterson 2009): the multiply-adds that the
// register tile reaches, and the bytes a second that come from each level of memory. `npm run bench:roofline` prints a
// table and draws it.

import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Command } from "commander";
import { learn } from "#thinned/calls/train-step.js";
import { printLine } from "#thinned/cli/output.js";
import { table } from "#thinned/report/numbers.js";
import { plotting } from "#thinned/report/plotting.js";
import { readHeader, showHeader } from "./engine.js";
import { type KernelUse, openProfile } from "./profile.js";
import type { NetworkShape } from "./shapes.js";
import { tileCase } from "./suites/products.js";
import { noise, openWorkspace, type Workspace } from "./workspace.js";

/** Bytes that are read and as many that are written: what the last cache holds, and what none does. */
const LEVELS: [string, number][] = [
  ["caches", 2 ** 21],
  ["memory", 2 ** 27],
];
const NETWORKS: NetworkShape[] = [1, 8, 32, 128].map((batch) => ({ sizes: [784, 1024, 1024, 10], batch }));
const KERNELS = ["sddmm", "spmm", "row_update"];
const SECONDS = 1;

interface Roofs {
  /** Floating-point operations a second. */
  peak: number;
  /** Bytes a second, by how many there are. */
  levels: { name: string; rate: number }[];
}

interface Point {
  kernel: string;
  batch: number;
  /** Operations per byte. */
  intensity: number;
  /** Operations per second. */
  rate: number;
}

const program = new Command("bench:roofline")
  .option("--out <folder>", "for the picture", "out/roofline")
  .option("--build <name>", "simd or relaxed; the best one unless given")
  .parse();
const { out, build } = program.opts<{ out: string; build?: "simd" | "relaxed" }>();

const header = await readHeader();
for (const line of showHeader(header)) printLine(line);
const name = build ?? header.best;
const roofs = await measureRoofs(name);
const points: Point[] = [];
for (const shape of NETWORKS) points.push(...(await measureKernels(shape, name)));

printLine(`\nRoofs, ${name} build: the register tile ${gigas(roofs.peak)} GFLOP/s; bytes read and written in`);
printLine(table([["", "GB/s"], ...roofs.levels.map(({ name, rate }) => [name, gigas(rate)])]));
printLine("\nProducts of training steps of 784-1024-1024-10 at p = 0.5, dense inputs\n");
printLine(
  table([
    ["", "batch", "operations per byte", "GFLOP/s", "of the tile"],
    ...points.map(({ kernel, batch, intensity, rate }) => [
      kernel,
      `${batch}`,
      intensity.toFixed(1),
      gigas(rate),
      `${Math.round((100 * rate) / roofs.peak)} %`,
    ]),
  ]),
);
const picture = await draw();
mkdirSync(out, { recursive: true });
writeFileSync(path.join(out, "roofline.svg"), picture);
printLine(`\nThe picture: ${path.join(out, "roofline.svg")}`);

async function measureRoofs(build: "simd" | "relaxed"): Promise<Roofs> {
  const space = await openWorkspace(build, LEVELS[LEVELS.length - 1][1] / 2);
  const tile = tileCase(space, space.core.mr === 6 ? 6 : 4);
  const at = space.bytes(2 * LEVELS[LEVELS.length - 1][1]);
  const whole = space.view(at, LEVELS[LEVELS.length - 1][1] / 2);
  for (let i = 0; i < whole.length; i++) whole[i] = noise(i);
  return {
    peak: tile.flops!.executed / best(tile.run),
    levels: LEVELS.map(([name, bytes]) => ({ name, rate: (2 * bytes) / best(copy(space, at, bytes)) })),
  };
}

/** Reads `bytes` and writes as many behind them. */
function copy({ core }: Workspace, at: number, bytes: number): () => void {
  return () => core.kernels.scale_floats(at + bytes, at, bytes / 4, 1);
}

/** Seconds of the quickest of the runs that fit into the time. */
function best(run: () => void): number {
  let least = Number.POSITIVE_INFINITY;
  for (const end = performance.now() + 1000 * SECONDS; performance.now() < end; ) {
    const begin = performance.now();
    let runs = 0;
    do {
      run();
      runs++;
    } while (performance.now() - begin < 1);
    least = Math.min(least, (performance.now() - begin) / 1000 / runs);
  }
  return least;
}

async function measureKernels({ sizes, batch }: NetworkShape, build: "simd" | "relaxed"): Promise<Point[]> {
  const optimizer = { type: "sgd", learningRate: 1e-7 } as const;
  const { model, take } = await openProfile({ sizes, dropout: 0.5, optimizer, seed: 1, maxBatch: batch, build });
  const x = Float32Array.from({ length: batch * sizes[0] }, (_, i) => noise(i) + 0.5);
  const labels = Int32Array.from({ length: batch }, (_, i) => i % 10);
  const run = (seconds: number): Map<string, KernelUse> => {
    for (const end = performance.now() + 1000 * seconds; performance.now() < end; )
      learn(model, { x, batch }, { labels });
    return take();
  };
  run(SECONDS / 2);
  const uses = run(SECONDS);
  return KERNELS.flatMap((kernel) => {
    const use = uses.get(kernel);
    return use ? [{ kernel, batch, intensity: use.flops / use.bytes, rate: use.flops / use.seconds }] : [];
  });
}

function gigas(rate: number): string {
  return (rate / 1e9).toFixed(1);
}

async function draw(): Promise<string> {
  const { Plot, document } = await plotting();
  const [low, high] = [1 / 16, 64];
  const { peak, levels } = roofs;
  const slopes = levels.map(({ name, rate }) => ({
    name: `${name}, ${gigas(rate)} GB/s`,
    from: low,
    to: Math.min(high, peak / rate),
    rate,
  }));
  const style = { stroke: "#888888", strokeWidth: 1.2 };
  const svg = Plot.plot({
    document,
    width: 860,
    height: 480,
    marginLeft: 60,
    marginBottom: 50,
    marginTop: 30,
    marginRight: 30,
    style: { background: "white", color: "black", fontFamily: "sans-serif", fontSize: "13px" },
    x: {
      type: "log",
      base: 2,
      domain: [low, high],
      label: "operations per byte of operands and results",
      labelArrow: "none",
      labelAnchor: "center",
    },
    y: {
      type: "log",
      base: 2,
      domain: [1, 80],
      label: "GFLOP/s",
      labelArrow: "none",
      labelAnchor: "center",
      grid: true,
    },
    color: { domain: KERNELS, range: ["#D98200", "#0072B2", "#009E73"], legend: false },
    marks: [
      Plot.link(slopes, {
        x1: "from",
        x2: "to",
        y1: ({ from, rate }) => (from * rate) / 1e9,
        y2: ({ to, rate }) => (to * rate) / 1e9,
        clip: true,
        ...style,
      }),
      Plot.ruleY([peak / 1e9], { stroke: "black", strokeWidth: 1.6 }),
      Plot.text([`register tile in L1: ${gigas(peak)} GFLOP/s`], {
        x: [high],
        y: [peak / 1e9],
        textAnchor: "end",
        dy: -9,
        dx: -4,
      }),
      Plot.text(slopes, {
        x: ({ rate }) => Math.max(low * 1.06, 1.15e9 / rate),
        y: ({ rate }) => (Math.max(low * 1.06, 1.15e9 / rate) * rate) / 1e9,
        text: "name",
        textAnchor: "start",
        dy: 12,
        dx: 6,
        fill: "#666666",
        fontSize: 11,
      }),
      Plot.line(points, {
        x: "intensity",
        y: ({ rate }) => rate / 1e9,
        stroke: "kernel",
        strokeWidth: 2,
        marker: "dot",
      }),
      Plot.text(points, {
        x: "intensity",
        y: ({ rate }) => rate / 1e9,
        text: ({ batch }) => `${batch}`,
        fill: "kernel",
        dy: -11,
        fontSize: 11,
      }),
      Plot.text(
        KERNELS.map((kernel, i) => ({ kernel, y: 2.6 / 1.28 ** i })),
        { x: () => 24, y: "y", text: "kernel", fill: "kernel", textAnchor: "start", fontWeight: "bold" },
      ),
    ],
  });
  svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  svg.insertAdjacentHTML(
    "afterbegin",
    "<title>GFLOP/s of the sparse products by operations per byte and batch size</title>",
  );
  return `${svg.outerHTML}\n`;
}
