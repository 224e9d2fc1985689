// The package in every runtime that people use, as they would use it: installed from its tarball, and run for real. The
// same seed has to give the same bits in V8, SpiderMonkey and JavaScriptCore. Needs the registry: `npm run
// test:runtimes`.
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { nodeExecutable } from "../support/node.js";
import { answerOf, type Digest, expectedDigest, freePort, lastLine, project, run, tool } from "./fixtures.js";

let expected: Digest;

beforeAll(() => {
  expected = expectedDigest();
});

/** A network of two threads, here or in a Web Worker: what it learned in a step, and with how many. */
const threaded = (entry: "thinned" | "thinned/worker") => `
import { Network } from "${entry}";
const net = await Network.create({ sizes: [4, 8, 2], seed: 3, build: "simd", threads: 2 });
const { loss } = await net.train_step(new Float32Array(8).fill(0.5), [0, 1]);
console.log(JSON.stringify({ loss, threads: (await net.runtime).threads }));
net.dispose();
`;
/** The same in two processes of a runtime: Deno opens no blob once it has started a thread of Node's. */
function learn(file: string, ...args: string[]): { threads: number[]; losses: Set<number> } {
  const found = (["thinned", "thinned/worker"] as const).map((entry, i) => {
    const program = `threads-${i}.js`;
    writeFileSync(path.join(project, program), threaded(entry));
    return lastLine(run(file, ...args, program));
  });
  return { threads: found.map(({ threads }) => threads), losses: new Set(found.map(({ loss }) => loss)) };
}
const bun = () => {
  // Bun's install script, where npm runs it, moves the executable.
  const places = [tool(`@oven/bun-${process.platform}-${process.arch}/bin/bun`), tool("bun/bin/bun.exe")];
  return places.find((place) => existsSync(place))!;
};
const deno = () =>
  tool(`@deno/${process.platform}-${process.arch}${process.platform === "linux" ? "-glibc" : ""}/deno`);

test("the digest tells networks apart", () => {
  const { best, ...networks } = expected;
  for (const what of ["losses", "weights", "spread", "answers"]) {
    expect(new Set(Object.values(networks).map((digests) => digests[what])).size, what).toBe(4);
  }
  expect(new Set(Object.values(networks).map(({ masks }) => masks)).size, "masks of one seed").toBe(1);
  expect(best.masks).not.toBe(networks.relu.masks);
});

test.each([22, 24, 26])(
  "Node %i computes the same bits",
  (major) => {
    expect(lastLine(run(nodeExecutable(major), "print.js"))).toEqual(expected);
  },
  300_000,
);

test("Bun (JavaScriptCore) computes the same bits, with threads, and in a worker", () => {
  expect(lastLine(run(bun(), "print.js"))).toEqual(expected);
  const { threads, losses } = learn(bun());
  expect(losses.size).toBe(1);
  expect(threads).toEqual([2, 1]); // a worker of Bun's has no address, which its threads would need
});

test("Deno computes the same bits, with threads, and in a worker", () => {
  const permitted = ["run", "--allow-read", "--allow-env"];
  expect(lastLine(run(deno(), ...permitted, "print.js"))).toEqual(expected);
  const { threads, losses } = learn(deno(), ...permitted);
  expect(losses.size).toBe(1);
  expect(threads).toEqual([2, 2]);
});

test("workerd imports the module and computes the same bits", async () => {
  const { build } = await import("esbuild");
  const out = path.join(project, "workerd");
  mkdirSync(out, { recursive: true });
  writeFileSync(
    path.join(project, "cloudflare.js"),
    'import { digest } from "./digest.js";\nexport default { fetch: async () => Response.json(await digest()) };\n',
  );
  // What wrangler does: its conditions, and modules of WebAssembly left as imports.
  const external = {
    name: "wasm",
    setup: (b: import("esbuild").PluginBuild) =>
      b.onResolve({ filter: /\.wasm$/ }, (f) => ({ path: path.basename(f.path), external: true })),
  };
  await build({
    absWorkingDir: project,
    entryPoints: ["cloudflare.js"],
    bundle: true,
    format: "esm",
    conditions: ["workerd", "worker", "browser"],
    outfile: path.join(out, "main.js"),
    plugins: [external],
  });
  for (const name of ["core", "infer"]) cpSync(tool(`thinned/dist/${name}.wasm`), path.join(out, `${name}.wasm`));
  const modules = [
    '(name = "main.js", esModule = embed "main.js")',
    ...["core", "infer"].map((name) => `(name = "${name}.wasm", wasm = embed "${name}.wasm")`),
  ];
  const port = await freePort();
  writeFileSync(
    path.join(out, "config.capnp"),
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (services = [(name = "main", worker = .main)], sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")]);
const main :Workerd.Worker = (modules = [${modules.join(", ")}], compatibilityDate = "2026-01-01");`,
  );
  const arch = process.arch === "x64" ? "64" : process.arch;
  const workerd = tool(`@cloudflare/workerd-${process.platform}-${arch}/bin/workerd`);
  const server = spawn(workerd, ["serve", path.join(out, "config.capnp")], { stdio: ["ignore", "inherit", "inherit"] });
  try {
    expect(await (await answerOf(`http://127.0.0.1:${port}/`)).json()).toEqual(expected);
  } finally {
    server.kill();
  }
});
