// The package as its users meet it: packed, installed into an empty project, imported, type checked and run, in the
// oldest and the newest Node that it promises to work with. Needs the registry, and so is not part of `npm test`.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { checkPackage, createPackageFromTarballData, type Problem } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { nodeExecutable, npm } from "./support/node.js";
import { root } from "./support/pages.js";

const folder = mkdtempSync(path.join(tmpdir(), "thinned-package-"));
const installed = path.join(folder, "node_modules/thinned");
const majors = [20, 24];
let packed: { files: { path: string; size: number }[]; unpackedSize: number };

beforeAll(() => {
  // The script that builds may print before npm does.
  const printed = npm(["pack", "--json", "--pack-destination", folder], root);
  const report = JSON.parse(printed.slice(printed.search(/^[[{]$/m)));
  const [entry] = Object.values(report) as (typeof packed & { filename: string })[];
  packed = entry;
  writeFileSync(path.join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
  npm(["install", path.join(folder, entry.filename)], folder);
  for (const major of majors) nodeExecutable(major);
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
  // The modules, and bundles of them for pages, workers and `require`: each has its WebAssembly inside.
  expect(packed.unpackedSize, "bytes, unpacked").toBeLessThan(3_640_000);
});

test("is installed alone, with the licences of what it holds", () => {
  const { dependencies, peerDependencies, optionalDependencies } = JSON.parse(
    readFileSync(path.join(installed, "package.json"), "utf8"),
  );
  expect([dependencies, peerDependencies, optionalDependencies]).toEqual([undefined, undefined, undefined]);
  expect(readdirSync(path.join(folder, "node_modules")).filter((name) => !name.startsWith("."))).toEqual(["thinned"]);
  const licences = readFileSync(path.join(installed, "dist/THIRD-PARTY.txt"), "utf8");
  for (const name of ["@assemblyscript/loader", "benny", "comlink", "commander", "lodash", "papaparse", "uplot"]) {
    expect(licences).toMatch(new RegExp(`^${name} [0-9.]+ \\(.+\\)\n\n`, "m"));
  }
});

test("publint has nothing to say", async () => {
  const { messages, pkg } = await publint({ pkgDir: installed, pack: false, strict: true });
  expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
});

test("every entry's types are found, and are those of what runs", async () => {
  const [tarball] = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
  const packed = createPackageFromTarballData(new Uint8Array(readFileSync(path.join(folder, tarball))));
  const analysis = await checkPackage(packed, { entrypoints: [".", "./infer", "./onnx", "./worker", "./pytorch"] });
  if (!analysis.types) throw new Error("the package has no types");
  expect(Object.keys(analysis.entrypoints)).toEqual([".", "./infer", "./onnx", "./worker", "./pytorch"]);
  // What cannot resolve here is not promised: require without Node's support for modules, and resolvers from before "exports".
  const promised = (problem: Problem) =>
    !("resolutionKind" in problem) || ["node16-esm", "bundler"].includes(problem.resolutionKind);
  expect(analysis.problems.filter(promised)).toEqual([]);
});

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
    const prints = majors.map((major) => {
      const run = spawnSync(nodeExecutable(major), ["train.js"], { cwd: folder, encoding: "utf8" });
      expect(run.stderr, `Node ${major}`).toBe("");
      return run.stdout.trim();
    });
    expect(prints[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(prints[1], "Node 24 beside Node 20").toBe(prints[0]);
  });

  test.each([
    // No skipLibCheck: the declarations must stand on their own, in a page's code without Node's types, and in Node's without a page's.
    ["nodenext", { module: "NodeNext", moduleResolution: "NodeNext", lib: ["ES2022", "DOM"], types: [] }],
    ["bundler", { module: "ESNext", moduleResolution: "Bundler", lib: ["ES2022", "DOM"], types: [] }],
    [
      "without a page's types",
      {
        module: "NodeNext",
        moduleResolution: "NodeNext",
        lib: ["ES2022"],
        types: ["node"],
        typeRoots: [path.join(root, "node_modules/@types")],
      },
    ],
  ])("has types for strict TypeScript, %s", (name, resolution) => {
    const program = `
      import { Network, type NetworkOptions, type TrainResult } from "thinned";
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
      net.dispose();
    `;
    const project = path.join(folder, name);
    mkdirSync(project);
    writeFileSync(path.join(project, "consumer.ts"), program);
    const compilerOptions = {
      ...resolution,
      target: "ES2022",
      strict: true,
      noEmit: true,
    };
    writeFileSync(path.join(project, "tsconfig.json"), JSON.stringify({ compilerOptions }));
    const tsc = path.join(root, "node_modules/typescript/bin/tsc");
    const run = spawnSync(process.execPath, [tsc, "-p", project], { encoding: "utf8" });
    expect(run.stdout + run.stderr).toBe("");
  });
});

describe.each(majors)("the command, Node %i", (major) => {
  const thinned = (...args: string[]) => {
    const bin = path.join(folder, "node_modules/.bin/thinned");
    return spawnSync(nodeExecutable(major), [bin, ...args], { cwd: folder, encoding: "utf8" });
  };

  test("tells its version", () => {
    const { version } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
    expect(thinned("--version").stdout.trim()).toBe(version);
  });

  test("is executable by itself", () => {
    const env = { ...process.env, PATH: `${path.dirname(nodeExecutable(major))}${path.delimiter}${process.env.PATH}` };
    const bin = path.join(folder, "node_modules/.bin/thinned");
    expect(execFileSync(bin, ["--help"], { cwd: folder, env, encoding: "utf8" })).toContain("train");
  });

  test("trains, evaluates and predicts with nothing but what was installed", () => {
    const size = ["--samples", "300", "--hidden", "32", "--epochs", "2"];
    const model = `model-${major}.safetensors`;
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
});
