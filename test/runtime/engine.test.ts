// What the other tests take for granted about the engine that they run in.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const compiled = (build: string) => readFileSync(new URL(`../../build/${build}.wasm`, import.meta.url));
const kernels = readFileSync(new URL("../../src/runtime/kernels.ts", import.meta.url), "utf8");

test.each(["simd", "relaxed", "simd-threads", "relaxed-threads"])("this engine can run the %s build", (build) => {
  expect(WebAssembly.validate(compiled(build))).toBe(true);
});

test("relaxed SIMD is really on: its fused multiply-add validates and runs", async () => {
  // (module (func (export "madd") (param f32 f32 f32) (result f32) … f32x4.relaxed_madd …))
  const splat = (local: number) => [0x20, local, 0xfd, 0x13];
  const body = [0, ...splat(0), ...splat(1), ...splat(2), 0xfd, 0x85, 0x02, 0xfd, 0x1f, 0, 0x0b];
  const name = [...Buffer.from("madd")];
  const wasm = new Uint8Array([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...[1, 8, 1, 0x60, 3, 0x7d, 0x7d, 0x7d, 1, 0x7d],
    ...[3, 2, 1, 0],
    ...[7, name.length + 4, 1, name.length, ...name, 0, 0],
    ...[10, body.length + 2, 1, body.length, ...body],
  ]);
  const { instance } = await WebAssembly.instantiate(wasm);
  expect((instance.exports.madd as (a: number, b: number, c: number) => number)(2, 3, 4)).toBe(10);
});

test("Node 20 alone is given the flag, which later ones need not know", () => {
  const flagged = process.execArgv.includes("--experimental-wasm-relaxed-simd");
  expect(flagged).toBe(process.versions.node.startsWith("20."));
});

test.each(["simd", "assert", "relaxed", "simd-threads", "relaxed-threads"])(
  "every export of %s is declared with as many arguments as it takes, and no other",
  async (build) => {
    const shared = build.endsWith("-threads");
    const memory = new WebAssembly.Memory(shared ? { initial: 1, maximum: 65536, shared } : { initial: 1 });
    const { instance } = await WebAssembly.instantiate(compiled(build), { env: { memory } });
    const exported = Object.entries(instance.exports).filter(([, value]) => typeof value === "function");
    const takes = exported.map(([name, kernel]) => `${name}/${(kernel as () => void).length}`);
    const declared = [...kernels.matchAll(/^ {2}(\w+)\(([^)]*)\)/gm)].map(
      ([, name, parameters]) => `${name}/${parameters.split(":").length - 1}`,
    );
    expect(takes.sort()).toEqual(declared.sort());
  },
);
