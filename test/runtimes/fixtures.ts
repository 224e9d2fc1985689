// Projects of people who use the package: installed from the packed tarball once, into node_modules/.cache, tools included.
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { npm } from "../support/node.js";
import { root } from "../support/pages.js";

export const project = path.join(root, "node_modules/.cache/runtimes");

/** A project with the package as it would be published, and these tools. Tools stay from run to run; the package is fresh. */
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
    npm(["install", path.join(project, filename), ...tools], project);
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
import { digest } from "./digest.js";
import { Network } from "thinned/worker";
async function run() {
  const found = await digest();
  const net = await Network.create({ sizes: [4, 8, 2], seed: 3, build: "simd" });
  const { loss } = await net.train_step(new Float32Array(8).fill(0.5), [0, 1]);
  const answers = await net.predict(new Float32Array(4));
  net.dispose();
  return { digest: found, worker: Number.isFinite(loss) && answers.length === 2 };
}
run().catch((error) => ({ error: String(error && error.stack || error) })).then((result) => {
  globalThis.result = result;
  return fetch("/result", { method: "POST", body: JSON.stringify(result) });
});
`;

export const HTML = (script: string) =>
  `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>thinned</title>${script}`;
