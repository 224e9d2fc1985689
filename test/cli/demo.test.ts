// thinned demo: the server and what it says.
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Folder, type Running, start, temporaryFolder, thinned } from "../support/cli.js";

let folder: Folder;
let running: Running[] = [];

beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(async () => {
  for (const { kill, finished } of running) {
    kill("SIGTERM");
    await finished;
  }
  running = [];
  folder[Symbol.dispose]();
});

async function serve(...args: string[]): Promise<{ url: string; process: Running }> {
  const process = start(folder.path, "demo", ...args);
  running.push(process);
  const printed = await process.printed("Ctrl-C ends it");
  return { url: /http:\S+/.exec(printed)![0], process };
}

/** A request as it stands: fetch would tidy the path up before it sends it. */
function rawRequest(url: string, path: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(`GET ${path} HTTP/1.0\r\n\r\n`));
    let answer = "";
    socket.on("data", (chunk) => {
      answer += chunk;
    });
    socket.on("end", () => resolve(answer));
    socket.on("error", reject);
  });
}

test("serves the page and its files with their types, isolated from other origins, and never stale", async () => {
  const { url } = await serve("--port", "0");
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
  const types = { "": "text/html", "main.js": "text/javascript", "lab-worker.js": "text/javascript" };
  for (const [name, type] of Object.entries(types)) {
    const response = await fetch(url + name);
    expect(response.status, name).toBe(200);
    expect(response.headers.get("content-type"), name).toContain(type);
    expect(response.headers.get("cross-origin-opener-policy"), name).toBe("same-origin");
    expect(response.headers.get("cross-origin-embedder-policy"), name).toBe("require-corp");
    expect(response.headers.get("cache-control"), name).toBe("no-cache");
    expect((await response.text()).length, name).toBeGreaterThan(1000);
  }
});

test("knows no file outside of the page's folder, however the path is written", async () => {
  const { url } = await serve("--port", "0");
  const wrong = [
    "/../cli/main.js",
    "/%2e%2e/cli/main.js",
    "/..%2fcli%2fmain.js",
    "/..%5ccli%5cmain.js",
    "/%00",
    "/%E0%A4",
  ];
  for (const path of [...wrong, "/none.html", "//../../package.json"]) {
    expect(await rawRequest(url, path), path).toMatch(/^HTTP\/1\.1 404 /);
  }
  expect((await fetch(url)).status, "and goes on serving").toBe(200);
});

test("ends at Ctrl-C though a browser keeps its connection", async () => {
  const { url, process } = await serve("--port", "0");
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on("error", () => {});
  await new Promise((resolve) => socket.once("connect", resolve));
  process.kill("SIGINT");
  expect(await process.finished).toMatchObject({ status: 0, stderr: "" });
  socket.destroy();
});

test("says what is wrong with a port or a host, in one line", async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const { port } = other.address() as AddressInfo;
  const taken = await thinned(folder.path, "demo", "--port", String(port));
  other.close();
  expect(taken.status).toBe(1);
  expect(taken.stderr).toBe(
    `thinned: --port must be a free port; ${port} is in use: give another one, or 0 for any that is free\n`,
  );
  const cases = [
    [["--port", "99999"], /a whole number from 0 to 65535/],
    [["--port", "0", "--host", "256.1.1.1"], /--host must be an address of this machine; got 256\.1\.1\.1/],
    [["--port", "0", "--host", "192.0.2.1"], /--host must be an address of this machine; got 192\.0\.2\.1/],
    [["--prot", "1"], /did you mean --port/i],
  ] as const;
  for (const [args, message] of cases) {
    const { status, stderr } = await thinned(folder.path, "demo", ...args);
    expect(status, args.join(" ")).toBe(2);
    expect(stderr.trim().split("\n")).toEqual([expect.stringMatching(message)]);
  }
});
