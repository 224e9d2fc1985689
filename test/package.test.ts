// The package as its users meet it: packed, installed into an empty project, imported, type checked and run, in the
// oldest and the newest Node that it promises to work with. Needs the registry, and so is not part of `npm test`.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { nodeExecutable, npm } from "./support/node.js";
import { root } from "./support/pages.js";

const folder = mkdtempSync(path.join(tmpdir(), "thinned-package-"));
const installed = path.join(folder, "node_modules/thinned");
const manifest = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
/** `.`, `./infer`, … */
const ENTRIES = Object.keys(manifest.exports).filter((at) => manifest.exports[at].types);
/** The first that `engines` names, and the newest with long support. */
const nodes = ["20.16.0", "22.3.0", 24];
let packed: { files: { path: string; size: number }[]; unpackedSize: number };

beforeAll(() => {
  // The script that builds may print before npm does.
  const printed = npm(["pack", "--json", "--pack-destination", folder], root);
  const report = JSON.parse(printed.slice(printed.search(/^[[{]$/m)));
  const [entry] = Object.values(report) as (typeof packed & { filename: string })[];
  packed = entry;
  writeFileSync(path.join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
  npm(["install", path.join(folder, entry.filename)], folder);
  for (const version of nodes) nodeExecutable(version);
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("holds the built library, its documentation and its licence, and nothing else", () => {
  const files = packed.files.map((file) => file.path);
  expect(files).toEqual(expect.arrayContaining(["package.json", "README.md", "CHANGELOG.md", "LICENSE"]));
  expect(files.filter((file) => !/^(dist|docs)\/|^[A-Z]+(\.md)?$|^package\.json$/.test(file))).toEqual([]);
  // A build leaves behind what it once built from a source that is gone.
  const sources = files
    .filter((file) => /^dist\/(?!(bundle|cjs|demo|precompiled|vendor)\/).*\.(js|ts)$/.test(file))
    .map((file) => file.replace(/\.d\.ts$|\.js$/, ".ts").replace(/^dist\/(bench\/|)/, (_, bench) => bench || "src/"));
  expect(sources.filter((file) => !existsSync(path.join(root, file)))).toEqual([]);
  // The modules, and bundles of them for pages, workers and `require`, with their WebAssembly inside.
  expect(packed.unpackedSize, "bytes, unpacked").toBeLessThan(3 * 2 ** 20);
});

test("is installed alone, with the licences of what it holds", () => {
  const { dependencies, peerDependencies, optionalDependencies } = JSON.parse(
    readFileSync(path.join(installed, "package.json"), "utf8"),
  );
  expect([dependencies, peerDependencies, optionalDependencies]).toEqual([undefined, undefined, undefined]);
  expect(readdirSync(path.join(folder, "node_modules")).filter((name) => !name.startsWith("."))).toEqual(["thinned"]);
  const licences = readFileSync(path.join(installed, "dist/THIRD-PARTY.txt"), "utf8");
  for (const name of ["@assemblyscript/loader", "benny", "comlink", "commander", "lodash", "uplot"]) {
    expect(licences).toMatch(new RegExp(`^${name} [0-9.]+ \\(.+\\)\n`, "m"));
  }
});

test("publint has nothing to say", async () => {
  const { messages, pkg } = await publint({ pkgDir: installed, pack: false, strict: true });
  expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
});

test("every entry's types are found, and are those of what runs", async () => {
  const [tarball] = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
  const packed = createPackageFromTarballData(new Uint8Array(readFileSync(path.join(folder, tarball))));
  const analysis = await checkPackage(packed, { entrypoints: ENTRIES });
  if (!analysis.types) throw new Error("the package has no types");
  expect(Object.keys(analysis.entrypoints)).toEqual(ENTRIES);
  // Also for resolvers that read no "exports", and for `require`.
  expect(analysis.problems).toEqual([]);
});

const required = `
const entries = ${JSON.stringify(ENTRIES)}.map((at) => Object.keys(require(at.replace(".", "thinned"))).length > 0);
const { Network } = require("thinned");
Network.create({ sizes: [4, 8, 2], threads: 2 }).then((net) => {
  net.train_step(new Float32Array(4), [1]);
  console.log(JSON.stringify({ threads: net.runtime.threads, entries }));
  net.dispose();
});
`;

const program = `
import { createHash } from "node:crypto";
import { Network } from "thinned";
const net = await Network.create({ sizes: [20, 70, 50, 3], dropout: { input: 0.2, hidden: 0.5 }, seed: 7, build: "simd" });
const x = Float32Array.from({ length: 32 * 20 }, (_, i) => ((i * 37) % 101) / 101 - 0.5);
const y = Array.from({ length: 32 }, (_, i) => i % 3);
for (let step = 0; step < 20; step++) net.train_step(x, y);
const hash = createHash("sha256");
for (const values of Object.values(net.parameters())) hash.update(values);
hash.update(net.test_step(x));
console.log(hash.digest("hex"));
net.dispose();
`;

describe("imported", () => {
  test("trains the same network to the bit in every Node", () => {
    writeFileSync(path.join(folder, "train.js"), program);
    const prints = nodes.map((version) => {
      const run = spawnSync(nodeExecutable(version), ["train.js"], { cwd: folder, encoding: "utf8" });
      expect(run.stderr, `Node ${version}`).toBe("");
      return run.stdout.trim();
    });
    expect(prints[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(new Set(prints).size).toBe(1);
  });

  test.each(nodes)("is required by Node %s, with two threads", (version) => {
    writeFileSync(path.join(folder, "train.cjs"), required);
    const run = spawnSync(nodeExecutable(version), ["train.cjs"], { cwd: folder, encoding: "utf8" });
    expect(run.stderr).toBe("");
    expect(JSON.parse(run.stdout)).toEqual({ threads: 2, entries: ENTRIES.map(() => true) });
  });

  test("says which Node is the first", () => {
    expect(manifest.engines.node).toBe(`^${nodes[0]} || >=${nodes[1]}`);
  });
});

describe.each([nodes[0], nodes[2]])("the command, Node %s", (version) => {
  const thinned = (...args: string[]) => {
    const bin = path.join(folder, "node_modules/.bin/thinned");
    return spawnSync(nodeExecutable(version), [bin, ...args], { cwd: folder, encoding: "utf8" });
  };

  test("tells its version", () => {
    expect(thinned("--version").stdout.trim()).toBe(manifest.version);
  });

  test("is executable by itself", () => {
    const env = {
      ...process.env,
      PATH: `${path.dirname(nodeExecutable(version))}${path.delimiter}${process.env.PATH}`,
    };
    const bin = path.join(folder, "node_modules/.bin/thinned");
    expect(execFileSync(bin, ["--help"], { cwd: folder, env, encoding: "utf8" })).toContain("train");
  });

  test("trains, evaluates and predicts with nothing but what was installed", () => {
    const size = ["--samples", "300", "--hidden", "32", "--epochs", "2"];
    const model = `model-${version}.safetensors`;
    const train = thinned("train", "digits", ...size, "--seed", "3", "--out", model, "--json");
    expect(train.status, train.stderr).toBe(0);
    const summary = JSON.parse(train.stdout.trim().split("\n").at(-1)!);
    expect(summary).toMatchObject({ epochs: 2, trainLoss: expect.any(Number), samplesPerSecond: expect.any(Number) });
    for (const command of ["evaluate", "predict"]) {
      const run = thinned(command, model, "digits");
      expect(run.status, run.stderr).toBe(0);
      expect(run.stdout).not.toBe("");
    }
  });

  test("measures itself", () => {
    const run = thinned("bench", "--quick", "--suite", "masks", "--json");
    expect(run.status, run.stderr).toBe(0);
    expect(JSON.parse(run.stdout)).toMatchObject({ suites: [{ name: "masks" }] });
  });

  test("draws a report", () => {
    const run = thinned("start", "--epochs", "1", "--out", `curves-${version}.svg`);
    expect(run.status, run.stderr).toBe(0);
    expect(readFileSync(path.join(folder, `curves-${version}.svg`), "utf8")).toContain("</svg>");
  });
});
