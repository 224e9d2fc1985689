// The package in every runtime that people use, as they would use it: installed from its tarball, bundled without configuration, run for real.
// The same seed has to give the same bits in V8, SpiderMonkey and JavaScriptCore. Needs the registry: `npm run test:runtimes`.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { findBrowser, launchChromium, serveFolder } from "../support/browser.js";
import { nodeExecutable } from "../support/node.js";
import { HTML, installProject, project } from "./fixtures.js";

const tool = (...parts: string[]) => path.join(project, "node_modules", ...parts);
const run = (file: string, ...args: string[]) =>
  execFileSync(file, args, { cwd: project, encoding: "utf8", timeout: 120_000 });
const lastLine = (printed: string) => JSON.parse(printed.trim().split("\n").at(-1)!);
let expected: Record<string, Record<string, string>>;

beforeAll(() => {
  installProject(["webpack", "workerd", "bun", "deno"]);
  expected = lastLine(run(process.execPath, "print.js"));
}, 600_000);

test("the digest tells networks apart", () => {
  const { best, ...networks } = expected;
  for (const what of ["losses", "weights", "spread", "answers"]) {
    expect(new Set(Object.values(networks).map((digests) => digests[what])).size, what).toBe(4);
  }
  expect(new Set(Object.values(networks).map(({ masks }) => masks)).size, "masks of one seed").toBe(1);
  expect(best.masks).not.toBe(networks.relu.masks);
});

describe("beside a browser", () => {
  test.each([22, 24, 26])(
    "Node %i computes the same bits",
    (major) => {
      expect(lastLine(run(nodeExecutable(major), "print.js"))).toEqual(expected);
    },
    300_000,
  );

  test("Bun (JavaScriptCore) computes the same bits", () => {
    // Bun's install script, where npm runs it, moves the executable.
    const places = [tool(`@oven/bun-${process.platform}-${process.arch}/bin/bun`), tool("bun/bin/bun.exe")];
    const bun = places.find((place) => existsSync(place))!;
    expect(lastLine(run(bun, "print.js"))).toEqual(expected);
  });

  test("Deno computes the same bits", () => {
    const [platform] = [`${process.platform}-${process.arch}${process.platform === "linux" ? "-glibc" : ""}`];
    const deno = tool(`@deno/${platform}/deno`);
    expect(lastLine(run(deno, "run", "--allow-read", "--allow-env", "print.js"))).toEqual(expected);
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
    const server = spawn(workerd, ["serve", path.join(out, "config.capnp")], {
      stdio: ["ignore", "inherit", "inherit"],
    });
    try {
      const digest = await answerOf(`http://127.0.0.1:${port}/`);
      expect(digest).toEqual(expected);
    } finally {
      server.kill();
    }
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** Asks until the server has started. */
async function answerOf(url: string): Promise<unknown> {
  for (let tries = 0; ; tries++) {
    try {
      return await (await fetch(url)).json();
    } catch (error) {
      if (tries === 50) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

describe("in a page", () => {
  const bundlers: [string, (out: string) => Promise<string>][] = [
    [
      "Vite",
      async (out) => {
        const { build } = await import("vite");
        writeFileSync(path.join(project, "index.html"), HTML('<script type="module" src="./page.js"></script>'));
        await build({ root: project, configFile: false, logLevel: "error", build: { outDir: out, emptyOutDir: true } });
        return "";
      },
    ],
    [
      "webpack",
      async (out) => {
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
      },
    ],
    [
      "esbuild",
      async (out) => {
        const { build } = await import("esbuild");
        await build({
          absWorkingDir: project,
          entryPoints: ["page.js"],
          bundle: true,
          format: "esm",
          outfile: path.join(out, "main.js"),
        });
        return '<script type="module" src="main.js"></script>';
      },
    ],
    [
      "no bundler",
      async (out) => {
        cpSync(tool("thinned/dist/bundle"), out, { recursive: true });
        for (const name of ["page.js", "digest.js"]) cpSync(path.join(project, name), path.join(out, name));
        const imports = { thinned: "./thinned.js", "thinned/infer": "./infer.js", "thinned/worker": "./worker.js" };
        return `<script type="importmap">${JSON.stringify({ imports })}</script><script type="module" src="page.js"></script>`;
      },
    ],
  ];

  const built = async (name: string, bundle: (out: string) => Promise<string>) => {
    const out = path.join(project, `page-${name.replace(" ", "-")}`);
    rmSync(out, { recursive: true, force: true });
    mkdirSync(out, { recursive: true });
    const script = await bundle(out);
    if (script) writeFileSync(path.join(out, "index.html"), HTML(script));
    return serveFolder(out);
  };

  test.each(bundlers)("%s: Chromium computes the same bits, in a worker too", async (name, bundle) => {
    await using site = await built(name, bundle);
    const browser = await launchChromium();
    try {
      const tab = await browser.newPage();
      const complaints: string[] = [];
      tab.on("console", (message) => complaints.push(message.text()));
      tab.on("pageerror", (error) => complaints.push(error.message));
      await tab.goto(`${site.url}/index.html`);
      const result = await (await tab.waitForFunction(() => (globalThis as { result?: unknown }).result)).jsonValue();
      expect(result).toEqual({ digest: expected, worker: true });
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
    }
  });

  test("Firefox (SpiderMonkey) computes the same bits", async () => {
    await using site = await built("no bundler", bundlers[3][1]);
    const profile = mkdtempSync(path.join(tmpdir(), "thinned-firefox-"));
    const args = ["--headless", "--no-remote", "--profile", profile, `${site.url}/index.html`];
    const firefox = spawn(findBrowser("firefox-esr"), args, {
      stdio: "ignore",
      env: { ...process.env, HOME: profile },
    });
    try {
      for (let tries = 0; !site.posted.has("/result") && tries < 400; tries++)
        await new Promise((resolve) => setTimeout(resolve, 100));
      expect(JSON.parse(site.posted.get("/result") ?? "null")).toEqual({ digest: expected, worker: true });
    } finally {
      firefox.kill();
      await new Promise((resolve) => firefox.once("exit", resolve));
      rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    }
  });
});
