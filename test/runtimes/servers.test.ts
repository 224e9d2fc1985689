// The package in what people build and test servers with, with defaults: Next.js by both of its bundlers, and Jest.
// Needs the registry: `npm run test:runtimes`.
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { launchChromium } from "../support/browser.js";
import { answerOf, freePort, project, tool } from "./fixtures.js";

const env = {
  ...process.env,
  NEXT_TELEMETRY_DISABLED: "1",
  CI: "1",
  NODE_ENV: "production" as const,
  NODE_OPTIONS: "",
};

/** What a network of one seed learns in a step, wherever it runs, and what with. */
const STEP = `
export async function step(Network, options) {
  const net = await Network.create({ sizes: [4, 8, 2], seed: 3, build: "simd", ...options });
  const { loss } = await net.train_step(new Float32Array(8).fill(0.5), [0, 1]);
  const { threads } = await net.runtime;
  const bytes = await net.save();
  net.dispose();
  return { loss, threads, bytes };
}
`;

const APP: Record<string, string> = {
  "step.js": STEP,
  "app/layout.js":
    'export default function Layout({ children }) { return <html lang="en"><body>{children}</body></html>; }\n',
  // A client component: threads, and a worker.
  "app/page.js": `"use client";
import { useEffect, useState } from "react";
import { Network } from "thinned";
import { Network as Remote } from "thinned/worker";
import { step } from "../step.js";
async function both() {
  const [here, there] = [await step(Network, { threads: 2 }), await step(Remote, {})];
  return JSON.stringify({ here: here.loss, there: there.loss, threads: here.threads });
}
export default function Page() {
  const [said, say] = useState("");
  useEffect(() => void both().then(say, (error) => say(String(error))), []);
  return <pre>{said}</pre>;
}
`,
  // A server component.
  "app/server/page.js": `import { Network } from "thinned";
import { Network as Trained } from "thinned/infer";
import { step } from "../../step.js";
export const dynamic = "force-dynamic";
export default async function Page() {
  const { bytes } = await step(Network, {});
  const trained = await Trained.load(bytes);
  return <pre>{"answers: " + trained.predict(new Float32Array(8)).length}</pre>;
}
`,
  "app/threads/route.js": `import { Network } from "thinned";
import { step } from "../../step.js";
export const dynamic = "force-dynamic";
export async function GET() {
  const { loss, threads } = await step(Network, { threads: 2 });
  return Response.json({ loss, threads });
}
`,
  "app/edge/route.js": `import { Network } from "thinned";
import { Network as Trained } from "thinned/infer";
import { step } from "../../step.js";
export const runtime = "edge";
export async function GET() {
  const { loss, threads, bytes } = await step(Network, { build: undefined });
  const trained = await Trained.load(bytes);
  return Response.json({ loss, threads, answers: trained.predict(new Float32Array(8)).length });
}
`,
  // Threads need a page that is isolated from others.
  "next.config.mjs": `const key = (name, value) => ({ key: name, value });
// The project that node_modules is in, and not the repository around it.
const root = new URL("..", import.meta.url).pathname;
export default {
  turbopack: { root },
  outputFileTracingRoot: root,
  headers: async () => [{ source: "/:path*", headers: [
    key("Cross-Origin-Opener-Policy", "same-origin"), key("Cross-Origin-Embedder-Policy", "require-corp"),
  ] }],
};
`,
  "package.json": '{ "private": true }\n',
};

function writeFiles(folder: string, files: Record<string, string>): void {
  rmSync(folder, { recursive: true, force: true });
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
}

test.each(["turbopack", "webpack"])(
  "Next.js, %s: client, server, a route with threads, and the edge runtime learn the same",
  async (bundler) => {
    const app = path.join(project, `next-${bundler}`);
    writeFiles(app, APP);
    const next = tool("next/dist/bin/next");
    const built = spawnSync(process.execPath, [next, "build", `--${bundler}`], { cwd: app, env, encoding: "utf8" });
    expect(built.status, built.stdout + built.stderr).toBe(0);
    const port = await freePort();
    const server = spawn(process.execPath, [next, "start", "-p", String(port)], { cwd: app, env, stdio: "ignore" });
    const browser = await launchChromium();
    try {
      const site = `http://127.0.0.1:${port}`;
      const { loss, threads } = await (await answerOf(`${site}/threads`)).json();
      expect(threads).toBe(2);
      expect(await (await fetch(`${site}/edge`)).json()).toEqual({ loss, threads: 1, answers: 4 });
      expect(await (await fetch(`${site}/server`)).text()).toContain("answers: 4");
      const page = await browser.newPage();
      await page.goto(site);
      const said = await (await page.waitForFunction(() => document.querySelector("pre")?.textContent)).jsonValue();
      expect(JSON.parse(said!)).toEqual({ here: loss, there: loss, threads: 2 });
    } finally {
      await browser.close();
      server.kill();
    }
  },
  400_000,
);

const JEST = `
const { Network } = require("thinned");
const { Network: Trained } = require("thinned/infer");
test("learns, with threads, and answers", async () => {
  const net = await Network.create({ sizes: [4, 8, 2], threads: 2 });
  expect(net.train_step(new Float32Array(4), [1]).loss).toBeGreaterThan(0);
  expect(net.runtime.threads).toBe(2);
  const trained = await Trained.load(net.save());
  expect(trained.predict(new Float32Array(4))).toHaveLength(2);
  net.dispose();
});
test("a worker's module loads", () => {
  expect(typeof require("thinned/worker").Network.create).toBe("function");
});
`;

test("Jest, which knows no modules", () => {
  const folder = path.join(project, "jest");
  writeFiles(folder, { "package.json": '{ "private": true }\n', "net.test.js": JEST });
  const jest = tool("jest/bin/jest.js");
  const run = spawnSync(process.execPath, [jest], { cwd: folder, env: { ...env, NODE_ENV: "test" }, encoding: "utf8" });
  expect(run.stderr).toContain("2 passed, 2 total");
  expect(run.status).toBe(0);
});
