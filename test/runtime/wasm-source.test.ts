// The option `wasm`: where the WebAssembly may come from, and what is said of what is none.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { Network } from "../../src/index.js";
import { compileBuild } from "../../src/runtime/embed.js";
import type { LoadOptions, NetworkOptions, WasmSource } from "../../src/types.js";

const file = (build: string) => new URL(`../../build/${build}.wasm`, import.meta.url);
const bytes = (build: string) => new Uint8Array(readFileSync(file(build)));
const options = { sizes: [5, 7, 3], seed: 4 };
const x = Float32Array.from({ length: 10 }, (_, i) => Math.fround(i / 7 - 0.6));

/** Serves the builds as a static server does, without the type that streaming compilation insists on. */
async function serve(): Promise<string> {
  const server = createServer((request, response) => {
    const build = /^\/(\w+)\.wasm$/.exec(request.url!)?.[1];
    if (build) response.end(bytes(build));
    else response.writeHead(404).end("<h1>nothing here</h1>");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test.each<[string, (base: string, build: string) => WasmSource]>([
  ["a module", (_, build) => new WebAssembly.Module(bytes(build))],
  ["bytes", (_, build) => bytes(build)],
  [
    "a view into the middle of a buffer",
    (_, build) => Buffer.concat([Buffer.from([1, 2, 3]), bytes(build)]).subarray(3),
  ],
  ["an ArrayBuffer", (_, build) => bytes(build).buffer],
  ["a file's URL", (_, build) => file(build)],
  ["a URL", (base, build) => new URL(`${base}/${build}.wasm`)],
  ["an address", (base, build) => `${base}/${build}.wasm`],
  ["a response to come", (base, build) => fetch(`${base}/${build}.wasm`)],
])("takes %s, and computes the same", async (_, source) => {
  const base = await serve();
  for (const build of ["simd", "relaxed"] as const) {
    using embedded = await Network.create({ ...options, build });
    using given = await Network.create({ ...options, wasm: source(base, build) });
    expect(given.runtime).toMatchObject({ build, reason: expect.stringMatching(/^it was given as wasm;/) });
    expect(given.test_step(x)).toEqual(embedded.test_step(x));
    using loaded = await Network.load(given.save(), { wasm: source(base, build) });
    expect(loaded.test_step(x)).toEqual(embedded.test_step(x));
    expect(loaded.config).not.toHaveProperty("wasm");
  }
});

test("refuses what is no WebAssembly, or not ours", async () => {
  const base = await serve();
  const refusal = (wasm: unknown, more = {}) => Network.create({ ...options, wasm: wasm as WasmSource, ...more });
  await expect(refusal(null)).rejects.toThrow(
    /^wasm must be a WebAssembly.Module, bytes, a URL or a Response; got null/,
  );
  await expect(refusal(7)).rejects.toThrow(TypeError);
  const page = new TextEncoder().encode("<!doctype html><title>404 Not Found");
  await expect(refusal(page)).rejects.toThrow(
    /^wasm, which begins with "<!doctype html><title>404 Not Fo", could not be/,
  );
  await expect(refusal(bytes("simd").subarray(0, 99))).rejects.toThrow(
    /^wasm, which begins with "\\u0000asm.*", could not be compiled: /,
  );
  await expect(refusal(`${base}/missing`)).rejects.toThrow(
    /^wasm could not be read from http:.*missing: it answered 404/,
  );
  await expect(refusal(new Response(null, { status: 500 }))).rejects.toThrow(
    /^wasm could not be read from the Response: it answered 500$/,
  );
  await expect(refusal("core.wasm")).rejects.toThrow(/^wasm could not be read from core.wasm: /);
  await expect(refusal(new URL("file:///missing.wasm"))).rejects.toThrow(/^wasm could not be read from file:.*ENOENT/);
  await expect(refusal("http://127.0.0.1:1/")).rejects.toThrow(/^wasm could not be read from http:.*1\/: fetch failed/);
  await expect(refusal(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]))).rejects.toThrow(
    /core .* of this very version/,
  );
  const threaded = readFileSync(new URL("../../build/simd-threads.wasm", import.meta.url));
  await expect(refusal(threaded)).rejects.toThrow(/core without threads/);
  await expect(refusal(bytes("simd"), { build: "relaxed" })).rejects.toThrow(/^build must be "simd"/);
  const misspelt = /^options has no option "wsam"; did you mean "wasm"\?$/;
  await expect(Network.create({ ...options, wsam: 1 } as NetworkOptions)).rejects.toThrow(misspelt);
  using net = await Network.create(options);
  await expect(Network.load(net.save(), { wsam: 1 } as LoadOptions)).rejects.toThrow(misspelt);
});

test("an embedded build that cannot be compiled says why: a page's policy may be the reason, not the engine", async () => {
  await expect(compileBuild(Uint8Array.of(1), "simd", "WebAssembly SIMD")).rejects.toThrow(
    /^cannot compile the "simd" build, which needs WebAssembly SIMD: .+$/,
  );
});

test.each([
  [
    "Chromium",
    "Refused to compile or instantiate WebAssembly module because 'unsafe-eval' is not an allowed source of script",
  ],
  ["Firefox", "call to WebAssembly.compile() blocked by CSP"],
  [
    "Safari",
    "Refused to create a WebAssembly object because 'unsafe-eval' or 'wasm-unsafe-eval' is not an allowed source",
  ],
])("says what a page's policy lacks, in the words of %s", async (_, words) => {
  const compile = vi.spyOn(WebAssembly, "compile").mockRejectedValue(new WebAssembly.CompileError(words));
  onTestFinished(() => compile.mockRestore());
  const message = "the page's policy forbids WebAssembly: add 'wasm-unsafe-eval' to its script-src";
  await expect(compileBuild(bytes("simd"), "simd", "WebAssembly SIMD")).rejects.toThrow(message);
  await expect(Network.create({ ...options, wasm: bytes("relaxed") })).rejects.toThrow(message);
});

test("address space that runs out is what is said, wherever it is noticed, and no module is blamed", async () => {
  const { Memory } = WebAssembly;
  const [once, twice] = [1, 2].map((kept) => {
    let made = 0;
    return class extends Memory {
      constructor(descriptor: WebAssembly.MemoryDescriptor) {
        if (++made >= kept) throw new RangeError("WebAssembly.Memory(): could not allocate memory");
        super(descriptor);
      }
    };
  });
  onTestFinished(() => {
    WebAssembly.Memory = Memory;
  });
  // What a module is, it is asked once, over a memory; the network's own comes then.
  const wasm = new WebAssembly.Module(bytes("simd"));
  for (const [FewMemories, message] of [
    [once, /^no memory for another network; free others with dispose\(\)$/],
    [twice, /^the network needs \d+ bytes of memory, which the engine did not give; .*free others with dispose\(\)$/],
    [once, /^the network needs \d+ bytes/],
  ] as const) {
    WebAssembly.Memory = FewMemories;
    const refused = Network.create({ ...options, wasm });
    await expect(refused).rejects.toThrow(RangeError);
    await expect(refused).rejects.toThrow(message);
  }
});
