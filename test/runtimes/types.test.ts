// The declarations in the oldest TypeScript that docs/api.md promises and in every kind since, with every check on, in
// projects as people have them.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { npm } from "../support/node.js";
import { root } from "../support/pages.js";
import { project } from "./fixtures.js";

const OLDEST = "5.4";
/** The last of each kind: before typed arrays had parameters and since, the last in JavaScript, ours. */
const COMPILERS = [OLDEST, "5.9", "6.0", "7"];

function compiler(version: string): string {
  if (version === "7") return path.join(root, "node_modules/typescript/bin/tsc");
  const folder = path.join(root, "node_modules/.cache", `typescript-${version}`);
  if (!existsSync(path.join(folder, "node_modules/typescript"))) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, "package.json"), '{ "private": true }\n');
    npm(["install", "--no-save", `typescript@${version}`], folder);
  }
  return path.join(folder, "node_modules/typescript/bin/tsc");
}

const PROGRAM = `
import { Network, type NetworkOptions, type TrainResult } from "thinned";
import { Network as Trained } from "thinned/infer";
import { move, Network as Remote } from "thinned/worker";

export async function main() {
  const options: NetworkOptions = { sizes: [2, 8, 2], dropout: { hidden: (step) => Math.min(0.5, step / 100) } };
  const net = await Network.create(options);
  const { out, loss }: TrainResult = net.train_step(new Float32Array(2), [1]);
  net.train_step(new Float32Array(2), Float64Array.of(0));
  const sizes = [2, 3, 2] as const;
  (await Network.create({ sizes })).dispose();
  const mean: Float32Array = net.mc_step(new Float32Array(2), { samples: 3 }).mean;
  for await (const epoch of net.fit({ x: mean, y: [0] }, { epochs: 1 })) console.log(epoch.trainLoss.toFixed(3), out, loss);
  net.scaling = "folded";
  // @ts-expect-error: no such scaling
  net.scaling = "upside down";
  net.setParameters(net.parameters());
  net.setParameters({ W1: mean.subarray(0) });
  const trained = await Trained.load(net.save());
  const answers: Float32Array = trained.predict(mean);
  const there = await Remote.load(net.save(), {});
  const spread = await there.mc_step(move(answers), { samples: 3 });
  console.log(spread.entropy?.length);
  net.dispose();
}
`;
/** A page's: results are bytes as its own functions take them. */
const PAGE = `
import { Network } from "thinned";
import { Network as Remote } from "thinned/worker";
export async function send(net: Network, there: Remote) {
  Remote.create({ sizes: [1, 1], worker: new Worker("worker-thread.js", { type: "module" }) });
  await fetch("/model", { method: "PUT", body: net.save() });
  return [new Blob([net.save()]), new Response(net.save()), new Blob([await there.save(), net.predict(new Float32Array(2))])];
}
`;

interface Project {
  options: Record<string, unknown>;
  type?: "module" | "commonjs";
  page?: boolean;
}

const dom = ["ES2022", "DOM", "DOM.AsyncIterable"];
const PROJECTS: Record<string, Project> = {
  "a module": { options: { module: "NodeNext", lib: dom, types: [] }, type: "module", page: true },
  "a bundler's": { options: { module: "ESNext", moduleResolution: "Bundler", lib: dom, types: [] }, page: true },
  "a CommonJS package": { options: { module: "Node16", lib: dom, types: [] }, type: "commonjs", page: true },
  // The declarations need neither a page's types nor Node's; a program that prints needs one of them.
  "without a page's types": {
    options: {
      module: "NodeNext",
      lib: ["ES2022"],
      types: ["node"],
      typeRoots: [path.join(root, "node_modules/@types")],
    },
    type: "module",
  },
};

function check(version: string, name: string, { options, type = "module", page = false }: Project): string {
  const folder = path.join(project, "types", `${version} ${name.replace(/\W/g, "-")}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, "package.json"), JSON.stringify({ private: true, type }));
  writeFileSync(path.join(folder, "program.ts"), PROGRAM);
  if (page) writeFileSync(path.join(folder, "page.ts"), PAGE);
  const compilerOptions = { target: "ES2022", strict: true, skipLibCheck: false, noEmit: true, ...options };
  writeFileSync(path.join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions }));
  const run = spawnSync(process.execPath, [compiler(version), "-p", folder], { encoding: "utf8" });
  return run.stdout + run.stderr;
}

/** Of those in between, one kind of project. */
const inEvery = Object.keys(PROJECTS).map((name) => [OLDEST, "7"].map((version) => [version, name]));
test.each([...inEvery.flat(), ...COMPILERS.slice(1, -1).map((version) => [version, "a module"])])(
  "TypeScript %s, %s",
  (version, name) => {
    expect(check(version, name, PROJECTS[name])).toBe("");
  },
  120_000,
);

test("TypeScript before it read exports: moduleResolution node", () => {
  const options = { module: "CommonJS", moduleResolution: "Node10", lib: dom, types: [] };
  expect(check(OLDEST, "node10", { options, type: "commonjs", page: true })).toBe("");
});

test("docs/api.md says which TypeScript is the oldest", () => {
  expect(readFileSync(path.join(root, "docs/api.md"), "utf8")).toContain(`TypeScript ${OLDEST} or later`);
});
