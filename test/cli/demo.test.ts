// thinned demo: the server and what it says.
import { readFileSync, rmSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, request } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { execPath } from "node:process";
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { serveFiles } from "../../src/cli/run/static-server.js";
import { type Folder, MAIN, type Running, start, startProgram, temporaryFolder, thinned } from "../support/cli.js";
import { generator } from "../support/tensors.js";

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

/** As `serve`, by a process that may have only so many files open. */
async function serveWithin(files: number): Promise<{ url: string }> {
  const process = startProgram(
    folder.path,
    "sh",
    "-c",
    `ulimit -n ${files}; exec "$@"`,
    "sh",
    execPath,
    MAIN,
    "demo",
    "--port",
    "0",
  );
  running.push(process);
  return { url: /http:\S+/.exec(await process.printed("Ctrl-C ends it"))![0] };
}

interface Received {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** As it came: fetch would unpack it. */
function receive(url: string, method: string, headers: Record<string, string>): Promise<Received> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () =>
        resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    asked.on("error", reject).end();
  });
}

const compressed = (bytes: Buffer, encoding?: string) =>
  encoding === "br" ? brotliCompressSync(bytes) : encoding === "gzip" ? gzipSync(bytes) : bytes;

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

/** Every byte as it stands, over a connection of its own; gives what came back before it was closed. */
function talk(url: string, bytes: string | Uint8Array, wait = 2000): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => socket.end(bytes));
    let answer = "";
    socket.setTimeout(wait, () => socket.destroy());
    socket.on("data", (chunk) => {
      answer += chunk;
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve(answer));
  });
}

test("answers to its own names and to addresses, to GET and HEAD, and to nothing else", async () => {
  const { url } = await serve("--port", "0");
  const ask = async (line: string, ...headers: string[]) =>
    (await talk(url, `${[`${line} HTTP/1.1`, ...headers, "connection: close"].join("\r\n")}\r\n\r\n`)).split("\r\n")[0];
  for (const host of [
    "localhost",
    "localhost:8080",
    "127.0.0.1",
    "127.0.0.1:1",
    "[::1]:80",
    "192.168.0.7",
    "demo.localhost",
  ])
    expect(await ask("GET /", `host: ${host}`), host).toBe("HTTP/1.1 200 OK");
  for (const host of ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "evil", "", "[::1].evil"])
    expect(await ask("GET /", `host: ${host}`), host).toMatch(/^HTTP\/1\.1 421 /);
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
    expect(await ask(`${method} /`, "host: localhost"), method).toBe("HTTP/1.1 405 Method Not Allowed");
  expect(await ask("HEAD /main.js", "host: localhost")).toBe("HTTP/1.1 200 OK");
});

test("sends a policy with every answer, and files compressed to those who can unpack them", async () => {
  const { url } = await serve("--port", "0");
  const page = readFileSync(new URL("../../dist/demo/main.js", import.meta.url));
  const policy = /content="([^"]*wasm-unsafe-eval[^"]*)"/.exec(
    readFileSync(new URL("../../dist/demo/index.html", import.meta.url), "utf8"),
  )![1];
  for (const [accepted, encoding, unpack] of [
    ["gzip, deflate, br", "br", brotliDecompressSync],
    ["gzip", "gzip", gunzipSync],
    ["br;q=0, gzip;q=0.5", "gzip", gunzipSync],
    ["identity", undefined, (bytes: Buffer) => bytes],
  ] as const) {
    for (const method of ["GET", "HEAD"]) {
      const { headers, body } = await receive(`${url}main.js`, method, { "accept-encoding": accepted });
      expect(headers["content-encoding"], accepted).toBe(encoding);
      expect(headers["x-content-type-options"]).toBe("nosniff");
      // The page's own policy, which its tests in a browser work under, and who may frame it.
      expect(headers["content-security-policy"]).toBe(`${policy}; frame-ancestors 'none'`);
      expect(unpack(method === "HEAD" ? compressed(page, encoding) : body).equals(page), accepted).toBe(true);
    }
  }
  const { headers } = await receive(`${url}main.js`, "GET", {});
  expect((await receive(`${url}main.js`, "GET", { "if-none-match": headers.etag! })).status).toBe(304);
  expect((await receive(`${url}none`, "GET", {})).headers["x-content-type-options"]).toBe("nosniff");
});

test("outlives a thousand malformed requests, and ranges that nobody can give", { timeout: 120_000 }, async () => {
  const { url, process } = await serve("--port", "0");
  const random = generator(5);
  const ranges = ["5-4", "0-99999999999999999999", "-5", "-", "a-b", "0-0,1-1", "99999999-", "-99999999999999999999"];
  for (const range of ranges) {
    const { status, body } = await receive(`${url}main.js`, "GET", { range: `bytes=${range}` });
    expect([status, body.equals(readFileSync(new URL("../../dist/demo/main.js", import.meta.url)))], range).toEqual([
      200,
      true,
    ]);
  }
  const whole = "GET /main.js HTTP/1.1\r\nhost: localhost\r\naccept-encoding: gzip\r\nrange: bytes=0-5\r\n\r\n";
  for (let i = 0; i < 1000; i += 20) {
    const requests = Array.from({ length: 20 }, () => {
      const bytes = Buffer.from(random(8) ? whole : whole.repeat(3), "latin1");
      for (let changes = 1 + random(6); changes > 0; changes--) bytes[random(bytes.length)] = random(256);
      return talk(url, bytes.subarray(0, random(4) ? bytes.length : random(bytes.length)));
    });
    await Promise.all(requests);
  }
  expect((await fetch(url)).status).toBe(200);
  process.kill("SIGTERM");
  expect(await process.finished).toMatchObject({ status: 0, stderr: "" });
});

test("serves on while more connections are held open than it may have files", { timeout: 60_000 }, async () => {
  const { url } = await serveWithin(200);
  const { hostname, port } = new URL(url);
  const held: Socket[] = [];
  for (let i = 0; i < 400; i++) {
    const socket = connect(Number(port), hostname, () =>
      socket.write("GET /main.js HTTP/1.1\r\nhost: localhost\r\n\r\n"),
    );
    socket.on("error", () => {});
    socket.pause();
    held.push(socket);
  }
  await vi.waitFor(async () => expect((await fetch(`${url}main.js`)).status).toBe(200), { timeout: 20_000 });
  for (const socket of held) socket.destroy();
  expect((await fetch(url)).status).toBe(200);
});

test("serves what was there when it began", async () => {
  const site = folder.write("index.html", "the page");
  const server = serveFiles(folder.path, "127.0.0.1");
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    rmSync(site);
    const { body } = await receive(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, "GET", {});
    expect(String(body)).toBe("the page");
  } finally {
    server.close();
    server.closeAllConnections();
  }
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
