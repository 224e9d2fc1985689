// A project as people have it, with the package installed from its tarball, and their tools. It is not below
// node_modules, where Jest, Next.js and Deno take a program for somebody else's.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import path from "node:path";
import { npm } from "../support/node.js";
import { root } from "../support/pages.js";

export const project = path.join(root, "out/runtimes");

/** A file of a tool that was installed there. */
export const tool = (...parts: string[]) => path.join(project, "node_modules", ...parts);

/** Runs a program in the project and returns what it printed. */
export const run = (file: string, ...args: string[]) =>
  execFileSync(file, args, { cwd: project, encoding: "utf8", timeout: 120_000 });

export const lastLine = (printed: string) => JSON.parse(printed.trim().split("\n").at(-1)!);

export type Digest = Record<string, Record<string, string>>;

/** What this Node computes, and every runtime should. */
export const expectedDigest = (): Digest => lastLine(run(process.execPath, "print.js"));

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** Asks until the server has started. */
export async function answerOf(url: string): Promise<Response> {
  for (let tries = 0; ; tries++) {
    try {
      return await fetch(url);
    } catch (error) {
      if (tries === 150) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

/**
 * A project with the package as it would be published, and these tools. Tools stay from run to run; the package is
 * fresh.
 */
export function installProject(tools: string[]): void {
  mkdirSync(project, { recursive: true });
  for (const name of readdirSync(project).filter((name) => name.endsWith(".tgz"))) rmSync(path.join(project, name));
  const stamp = path.join(project, "installed");
  const wanted = createHash("sha256")
    .update(tools.join())
    .update(readFileSync(path.join(root, "package.json")))
    .digest("hex");
  const printed = npm(["pack", "--json", "--ignore-scripts", "--pack-destination", project], root);
  const [{ filename }] = Object.values(JSON.parse(printed.slice(printed.search(/^[[{]$/m)))) as { filename: string }[];
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted) {
    writeFileSync(path.join(project, "package.json"), '{ "private": true, "type": "module" }\n');
    npm(["install", "--ignore-scripts", path.join(project, filename), ...tools], project);
    writeFileSync(stamp, wanted);
  } else {
    const unpacked = path.join(project, "node_modules/thinned");
    rmSync(path.join(unpacked, "dist"), { recursive: true, force: true });
    cpSync(path.join(root, "dist"), path.join(unpacked, "dist"), { recursive: true });
    cpSync(path.join(root, "package.json"), path.join(unpacked, "package.json"));
  }
  cpSync(path.join(root, "test/runtimes/digest.mjs"), path.join(project, "digest.js"));
  writeFileSync(
    path.join(project, "print.js"),
    'import { digest } from "./digest.js";\nconsole.log(JSON.stringify(await digest()));\n',
  );
  writeFileSync(path.join(project, "page.js"), PAGE);
}

/** A page's program: the digest, and the same network in a worker. It posts what it found: no driver needed. */
const PAGE = `
import { Network as Threaded } from "thinned";
import { digest } from "./digest.js";
import { Network } from "thinned/worker";
async function run() {
  const found = await digest();
  const threaded = await Threaded.create({ sizes: [4, 8, 2], threads: 2 });
  const { threads } = threaded.runtime;
  threaded.dispose();
  const net = await Network.create({ sizes: [4, 8, 2], seed: 3, build: "simd" });
  const { loss } = await net.train_step(new Float32Array(8).fill(0.5), [0, 1]);
  const answers = await net.predict(new Float32Array(4));
  net.dispose();
  return { digest: found, worker: Number.isFinite(loss) && answers.length === 2, threads };
}
run().catch((error) => ({ error: String(error && error.stack || error) })).then((result) => {
  globalThis.result = result;
  return fetch("/result", { method: "POST", body: JSON.stringify(result) });
});
`;

export const HTML = (script: string) =>
  `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>thinned</title>${script}`;
