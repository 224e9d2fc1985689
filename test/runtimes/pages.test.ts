// The package in pages: bundled by every bundler that people use, with its defaults, or served as it is, and run in
// Chromium and Firefox. Needs the registry: `npm run test:runtimes`.
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { beforeAll, expect, test, vi } from "vitest";
import { findBrowser, launchChromium, PATIENCE, serveFolder } from "../support/browser.js";
import { root } from "../support/pages.js";
import { type Digest, expectedDigest, HTML, project, run, tool } from "./fixtures.js";

let expected: Digest;

beforeAll(() => {
  expected = expectedDigest();
});

/** Threads need these. */
const ISOLATED = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };
vi.setConfig({ testTimeout: 1.2 * PATIENCE });

/** Beside a bundle of a bundler that does not follow `new URL("./crew-worker.js", import.meta.url)`: docs/api.md. */
const copyThreads = (out: string) =>
  cpSync(tool("thinned/dist/bundle/crew-worker.js"), path.join(out, "crew-worker.js"));

/** Makes the page's files, and returns its scripts where it makes no HTML. */
type Bundle = (out: string) => Promise<string>;

const vite: Bundle = async (out) => {
  const { build } = await import("vite");
  writeFileSync(path.join(project, "index.html"), HTML('<script type="module" src="./page.js"></script>'));
  await build({ root: project, configFile: false, logLevel: "error", build: { outDir: out, emptyOutDir: true } });
  return "";
};

const webpack: Bundle = async (out) => {
  const { default: webpack } = await import(pathToFileURL(tool("webpack/lib/index.js")).href);
  // biome-ignore lint/suspicious/noExplicitAny: the fixture's own webpack has its types with it
  const stats: any = await new Promise((resolve, reject) =>
    webpack(
      {
        mode: "production",
        context: project,
        entry: "./page.js",
        output: { path: out, filename: "main.js" },
        performance: false,
      },
      (error: Error, result: unknown) => (error ? reject(error) : resolve(result)),
    ),
  );
  expect(stats.toString({ all: false, errors: true, warnings: true })).toBe("");
  return '<script src="main.js"></script>';
};

const esbuild: Bundle = async (out) => {
  const { build } = await import("esbuild");
  const { warnings } = await build({
    absWorkingDir: project,
    entryPoints: ["page.js"],
    bundle: true,
    format: "esm",
    outfile: path.join(out, "main.js"),
  });
  expect(warnings).toEqual([]);
  copyThreads(out);
  return '<script type="module" src="main.js"></script>';
};

const rollup: Bundle = async (out) => {
  const config = path.join(project, "rollup.config.mjs");
  writeFileSync(
    config,
    `import { nodeResolve } from "@rollup/plugin-node-resolve";
export default { input: "page.js", output: { file: ${JSON.stringify(path.join(out, "main.js"))} }, plugins: [nodeResolve()] };
`,
  );
  run(process.execPath, tool("rollup/dist/bin/rollup"), "--config", config, "--failAfterWarnings", "--silent");
  copyThreads(out);
  return '<script type="module" src="main.js"></script>';
};

const parcel: Bundle = async (out) => {
  const page = path.join(project, "parcel.html");
  writeFileSync(page, HTML('<script type="module" src="./page.js"></script>'));
  run(
    process.execPath,
    tool("parcel/lib/bin.js"),
    "build",
    page,
    "--dist-dir",
    out,
    "--no-cache",
    "--log-level",
    "error",
  );
  cpSync(path.join(out, "parcel.html"), path.join(out, "index.html"));
  return "";
};

/** Every file of the package beside the page, and the page's modules. */
function serveAsItIs(out: string): void {
  cpSync(tool("thinned/dist/bundle"), out, { recursive: true });
  for (const name of ["page.js", "digest.js"]) cpSync(path.join(project, name), path.join(out, name));
}

/** The import map that docs/api.md gives. */
const importMap = /<script type="importmap">.*?<\/script>/s.exec(
  readFileSync(path.join(root, "docs/api.md"), "utf8"),
)![0];

const noBundler: Bundle = async (out) => {
  serveAsItIs(out);
  return `${importMap}<script type="module" src="page.js"></script>`;
};

async function serve(name: string, bundle: Bundle, headers: Record<string, string> = ISOLATED) {
  const out = path.join(project, `page-${name.replaceAll(" ", "-")}`);
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const script = await bundle(out);
  if (script) writeFileSync(path.join(out, "index.html"), HTML(script));
  return serveFolder(out, {}, headers);
}

/** What the page found, in Chromium, and what it complained of. */
async function open(url: string): Promise<{ result: unknown; complaints: string[] }> {
  const browser = await launchChromium();
  try {
    const tab = await browser.newPage();
    const complaints: string[] = [];
    tab.on("console", (message) => complaints.push(message.text()));
    tab.on("pageerror", (error) => complaints.push(error.message));
    await tab.goto(url);
    const result = await (await tab.waitForFunction(() => (globalThis as { result?: unknown }).result)).jsonValue();
    return { result, complaints };
  } finally {
    await browser.close();
  }
}

test.each<[string, Bundle]>([
  ["Vite", vite],
  ["webpack", webpack],
  ["esbuild", esbuild],
  ["Rollup", rollup],
  ["Parcel", parcel],
  ["no bundler", noBundler],
])("%s: Chromium computes the same bits, with threads, and in a worker", async (name, bundle) => {
  await using site = await serve(name, bundle);
  const { result, complaints } = await open(`${site.url}/index.html`);
  expect(result).toEqual({ digest: expected, worker: true, threads: 2 });
  expect(complaints).toEqual([]);
});

test("under the policy that docs/api.md recommends, the page runs without a bundler", async () => {
  const docs = readFileSync(path.join(root, "docs/api.md"), "utf8");
  const policy = /^Content-Security-Policy: (.*)$/m.exec(docs)![1];
  await using site = await serve("strict", noBundler, { ...ISOLATED, "content-security-policy": policy });
  const { result, complaints } = await open(`${site.url}/index.html`);
  expect(complaints).toEqual([]);
  expect(result).toEqual({ digest: expected, worker: true, threads: 2 });
});

test("Firefox (SpiderMonkey) computes the same bits", async () => {
  await using site = await serve("Firefox", noBundler);
  const profile = mkdtempSync(path.join(tmpdir(), "thinned-firefox-"));
  const args = ["--headless", "--no-remote", "--profile", profile, `${site.url}/index.html`];
  const firefox = spawn(findBrowser("firefox-esr"), args, { stdio: "ignore", env: { ...process.env, HOME: profile } });
  try {
    await expect.poll(() => site.posted.has("/result"), { timeout: PATIENCE, interval: 100 }).toBe(true);
    expect(JSON.parse(site.posted.get("/result")!)).toEqual({ digest: expected, worker: true, threads: 2 });
  } finally {
    firefox.kill();
    await new Promise((resolve) => firefox.once("exit", resolve));
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
});
