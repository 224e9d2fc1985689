import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { resolveOptions } from "../../src/config/network.js";
import { parseConfig, serializeConfig } from "../../src/formats/checkpoint/config.js";
import type { NetworkOptions } from "../../src/types.js";

describe("settings in a checkpoint", () => {
  const options: NetworkOptions = {
    sizes: [3, 4, 5, 2],
    activation: "selu",
    dropout: [0.1, 0.30000000000000004, 1],
    scaling: "standard",
    loss: "mse",
    optimizer: { type: "adamw", learningRate: 1 / 3, epsilon: 1e-45 },
    seed: Number.MAX_SAFE_INTEGER,
    maxBatch: 77,
  };

  test("come back exactly", () => {
    const config = resolveOptions(options);
    expect(parseConfig(serializeConfig(config, 5))).toEqual(config);
  });

  test("are what docs/checkpoint.md shows", () => {
    const page = readFileSync(new URL("../../docs/checkpoint.md", import.meta.url), "utf8");
    const example = /```json\n([^`]*)```/.exec(page)?.[1] ?? "";
    const config = resolveOptions({
      sizes: [784, 1024, 1024, 10],
      dropout: { input: 0.2, hidden: 0.5 },
      optimizer: { type: "sgd", learningRate: 0.1, momentum: 0.9, maxNorm: 3 },
      seed: 42,
    });
    expect(serializeConfig(config, 0)).toBe(JSON.stringify(JSON.parse(example)));
  });

  test("say nothing of the machine, which may be another one", () => {
    const config = resolveOptions({ ...options, threads: 8, build: "relaxed" });
    const json = serializeConfig(config, 0);
    expect(json).not.toMatch(/threads|build|relaxed/);
    expect(parseConfig(json)).toEqual(resolveOptions(options));
    const moved = parseConfig(json, { threads: "auto", build: "simd", maxBatch: 5 });
    expect(moved).toEqual(resolveOptions({ ...options, threads: "auto", build: "simd", maxBatch: 5 }));
  });

  test("keep the rate that a function had come to, and say so", () => {
    const schedule = (step: number) => step / 100;
    const json = serializeConfig(resolveOptions({ ...options, dropout: { input: 0.2, hidden: schedule } }), 30);
    expect(JSON.parse(json).rateFunctions).toBe(true);
    expect(parseConfig(json).rates).toEqual([0.2, 0.3, 0.3]);
    const again = parseConfig(json, { dropout: { input: 0.2, hidden: schedule } });
    expect(again.rates).toEqual([0.2, schedule, schedule]);
  });

  test("a rate function that fails stops the save", () => {
    const config = resolveOptions({ ...options, dropout: () => 2 });
    expect(() => serializeConfig(config, 3)).toThrow(
      /^dropout of layer 1 at step 3 must be a number from 0 to 1; got 2/,
    );
  });

  test("are checked like a caller's", () => {
    const saved = JSON.parse(serializeConfig(resolveOptions(options), 0));
    const { beta1: _, ...withoutBeta } = saved.optimizer;
    const wrong: [string, RegExp][] = [
      ["{", /^the file's config: not JSON$/],
      ["[]", /^the file's config must be an object; got \[\]$/],
      ["{}", /config has no sizes$/],
      [JSON.stringify({ ...saved, seed: undefined }), /config has no seed$/],
      [JSON.stringify({ ...saved, rateFunctions: undefined }), /: rateFunctions must be true or false; got undefined$/],
      [JSON.stringify({ ...saved, optimizer: withoutBeta }), /: optimizer.beta1 is missing$/],
      [JSON.stringify({ ...saved, sizes: [3, -4, 5, 2] }), /: sizes\[1\] must be a whole number .*; got -4$/],
      [JSON.stringify({ ...saved, dropout: [0.1] }), /: dropout must be 3 rates/],
      [JSON.stringify({ ...saved, threads: 4 }), /: config has no option "threads"/],
      [JSON.stringify(saved).replace('"seed":', '"seed":1e999,"x":'), /: config has no option "x"/],
      [JSON.stringify(saved).replace("77", "1e999"), /: maxBatch must be .*; got Infinity$/],
    ];
    for (const [json, message] of wrong) expect(() => parseConfig(json), json).toThrow(message);
    // What the caller of load got wrong is not the file's fault.
    expect(() => parseConfig(JSON.stringify(saved), { threads: 0 })).toThrow(/^threads must be/);
    expect(() => parseConfig(JSON.stringify(saved), { seed: 1 } as never)).toThrow(/^options has no option "seed"/);
  });
});
