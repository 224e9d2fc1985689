// Model files from wherever they come: addresses, answers of servers, files of a page, streams; and what is said where
// something else comes.
import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Network } from "../../src/index.js";
import { Network as Trained } from "../../src/infer.js";
import type { ModelSource, ReadOptions } from "../../src/types.js";
import { folderOfTest } from "../support/files.js";

const x = Float32Array.of(1, 2, 3);
let file: Uint8Array<ArrayBuffer>;
let wanted: Float32Array;
let server: Server;
let site: string;

beforeAll(async () => {
  using net = await Network.create({ sizes: [3, 40, 2], build: "simd", seed: 3 });
  file = net.save() as Uint8Array<ArrayBuffer>;
  wanted = net.predict(x);
  const answers: Record<string, [number, string | Uint8Array]> = {
    "/model": [200, file],
    "/page": [200, "<!doctype html><title>Hello</title>"],
    "/data": [200, '{"layers": []}'],
    "/csv": [200, "a,b,c\n1,2,3\n"],
  };
  server = createServer((request, response) => {
    const [status, body] = answers[request.url!] ?? [404, "nothing here"];
    response.writeHead(status).end(body);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  site = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
});
afterAll(() => void server.close());

/** The bytes in pieces, then what `end` does. */
const stream = (
  bytes: Uint8Array,
  piece: number,
  end = (controller: ReadableStreamDefaultController) => controller.close(),
) => {
  let at = 0;
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (at >= bytes.length) return end(controller);
        controller.enqueue(bytes.slice(at, at + piece));
        at += piece;
      },
    },
    { highWaterMark: 0 },
  );
};

const entries = [
  ["thinned", (source: ModelSource, options?: ReadOptions) => Network.load(source, { build: "simd", ...options })],
  ["thinned/infer", (source: ModelSource, options?: ReadOptions) => Trained.load(source, options)],
] as const;

describe.each(entries)("%s", (_, load) => {
  const sources: [string, () => ModelSource][] = [
    ["a Uint8Array", () => file],
    ["a Buffer", () => Buffer.from(file)],
    ["an ArrayBuffer", () => file.slice().buffer],
    ["a Blob", () => new Blob([file])],
    ["a File", () => new File([file], "net.safetensors")],
    ["a Response", () => new Response(file)],
    ["a promise of a Response", () => fetch(`${site}/model`)],
    ["a URL", () => new URL(`${site}/model`)],
    ["an address", () => `${site}/model`],
    ["a stream of single bytes", () => stream(file, 1)],
    ["a stream of pieces", () => stream(file, 100)],
    ["a stream of one piece", () => stream(file, 1e6)],
  ];
  test.each(sources)("opens %s", async (_, source) => {
    using net = await load(source());
    expect(net.predict(x)).toEqual(wanted);
  });

  test("opens a path or a file: URL, where there is Node", async () => {
    const path = join(folderOfTest(), "net.safetensors");
    writeFileSync(path, file);
    for (const source of [path, relative("", path), pathToFileURL(path), pathToFileURL(path).href]) {
      using net = await load(source);
      expect(net.predict(x)).toEqual(wanted);
    }
    await expect(load(pathToFileURL(`${path}.old`))).rejects.toThrow(
      /the model could not be read from file:.*no such file/,
    );
  });

  test("bytes are read before the call returns", async () => {
    const bytes = file.slice();
    const opening = load(bytes);
    bytes.fill(0);
    using net = await opening;
    expect(net.predict(x)).toEqual(wanted);
  });

  test("tells how much has come, and of how much once the header is there", async () => {
    const calls: { loaded: number; total: number | null }[] = [];
    using net = await load(stream(file, 100), { onProgress: (progress) => calls.push(progress) });
    expect(net.predict(x)).toEqual(wanted);
    const header = 8 + new DataView(file.buffer).getUint32(0, true);
    expect(calls).toEqual(
      Array.from({ length: Math.ceil(file.length / 100) }, (_, i) => {
        const loaded = Math.min(100 * (i + 1), file.length);
        return { loaded, total: loaded < header ? null : file.length };
      }),
    );
  });

  test("says what came in place of a model", async () => {
    await expect(load(`${site}/page`)).rejects.toThrow(/^not a safetensors file, but HTML/);
    await expect(load(new Response('{"layers": []}'))).rejects.toThrow(/^not a safetensors file, but JSON/);
    await expect(load(`${site}/data`)).rejects.toThrow(/^not a safetensors file, but JSON/);
    await expect(load(`${site}/csv`)).rejects.toThrow(/^not a safetensors file/);
    await expect(load(`${site}/none`)).rejects.toThrow(
      /^the model could not be read from http:.*\/none: it answered 404$/,
    );
    await expect(load(new Response("", { status: 500 }))).rejects.toThrow(/read from the Response: it answered 500$/);
    await expect(load("http://127.0.0.1:9/")).rejects.toThrow(
      /^the model could not be read from http:\/\/127.0.0.1:9\/: /,
    );
    await expect(load(7 as never)).rejects.toThrow(
      /^the model must be the bytes of a file, a URL, Response, Blob or stream; got 7$/,
    );
    await expect(load(new Response(null, { status: 204 }))).rejects.toThrow(/^not a safetensors file/);
  });

  test("does not wait for the rest of what is no model, or is longer than it says", async () => {
    const endless = (start: string | Uint8Array) => {
      let pulls = 0;
      let cancelled = false;
      const body = new ReadableStream<Uint8Array>({
        pull(controller) {
          const piece = pulls++ === 0 ? start : new Uint8Array(1000);
          controller.enqueue(typeof piece === "string" ? new TextEncoder().encode(piece) : piece);
        },
        cancel() {
          cancelled = true;
        },
      });
      return { body, state: () => ({ few: pulls < 100, cancelled }) };
    };
    for (const start of ["<!doctype html><title>404</title>", "\x89PNG\r\n\x1a\n\0\0", "not a model at all"]) {
      const { body, state } = endless(start);
      await expect(load(body), start).rejects.toThrow(/^not a safetensors file/);
      expect(state(), start).toEqual({ few: true, cancelled: true });
    }
    const { body, state } = endless(file);
    const outcome = await load(body).then(
      (net) => net.dispose(),
      (error) => error.message,
    );
    if (outcome !== undefined) expect(outcome).toMatch(/^damaged safetensors file: the file's end is at byte/);
    expect(state()).toEqual({ few: true, cancelled: true });
  });

  test("stops when it is told to, with the reason", async () => {
    const reason = new Error("enough");
    await expect(load(`${site}/model`, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const abort = new AbortController();
    // Half of the file, and then nothing.
    const stalled = stream(file.subarray(0, 300), 100, () => {});
    const loading = load(stalled, {
      signal: abort.signal,
      onProgress: ({ loaded }) => loaded === 300 && abort.abort(reason),
    });
    await expect(loading).rejects.toBe(reason);
  });

  test("lets a callback's error through, and names a source's", async () => {
    const wrong = new Error("in the callback");
    const onProgress = () => {
      throw wrong;
    };
    await expect(load(stream(file, 100), { onProgress })).rejects.toBe(wrong);
    const broken = stream(file.subarray(0, 300), 100, (controller) => controller.error(new Error("connection lost")));
    await expect(load(broken)).rejects.toThrow(
      /^the model could not be read from the ReadableStream: connection lost$/,
    );
    await expect(load(file, { signal: 1 } as never)).resolves.toBeDefined();
    await expect(load(stream(file, 9), { signal: 1 } as never)).rejects.toThrow(/^signal must be an AbortSignal/);
    await expect(load(stream(file, 9), { onProgress: 1 } as never)).rejects.toThrow(/^onProgress must be a function/);
  });
});
