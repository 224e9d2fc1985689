// 256-bit operations are asked for, proved, remembered; whatever goes wrong, the same numbers come without them.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Network } from "../../src/index.js";
import { type ProofRun, prove, recall } from "../../src/node/revectorize.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "thinned-"));
  process.env.XDG_CACHE_HOME = process.env.LOCALAPPDATA = path.join(folder, "cache of this process");
});
afterAll(() => rmSync(folder, { recursive: true }));

const built = (file: string) => new URL(`../../dist/${file}`, import.meta.url).href;

/** The last line that a program prints in this Node, started without switches, and what it complained of. */
function print(program: string, cache = path.join(folder, "cache")): Record<string, unknown> {
  const env = { ...process.env, NODE_OPTIONS: "", XDG_CACHE_HOME: cache, LOCALAPPDATA: cache };
  const text = execFileSync(process.execPath, ["--input-type=module", "-e", program], { env, encoding: "utf8" });
  return JSON.parse(text);
}

const capable = Number.parseInt(process.versions.v8, 10) >= 13 && process.arch === "x64";

const train = (options: string) => `
  import { Network } from ${JSON.stringify(built("index.js"))};
  const net = await Network.create({ sizes: [50, 70, 40, 3], seed: 1, maxBatch: 9, ${options} });
  const x = Float32Array.from({ length: 9 * 50 }, (_, i) => (i % 3) * Math.sqrt(i) % 1);
  const losses = Array.from({ length: 5 }, () => net.train_step(x, [0, 1, 2, 0, 1, 2, 0, 1, 2]).loss);
  const { revectorized, reason, threads } = net.runtime;
  console.log(JSON.stringify({ losses, revectorized, reason, threads }));
  net.dispose();`;

describe("a network that asks for them", () => {
  /**
   * Where pairs cannot be had, nothing changes; where they can, sums over eight lanes differ from sums over four by
   * their rounding.
   */
  function expectLosses(asked: unknown, plain: unknown): void {
    const [losses, expected] = [asked, plain] as number[][];
    if (!capable) expect(losses).toEqual(expected);
    expect(Math.max(...losses.map((loss, i) => Math.abs(loss - expected[i])))).toBeLessThan(1e-5);
  }

  it("computes the same bits whatever came of it, on any number of threads, and says what did", () => {
    const plain = print(train("")).losses;
    // A module of one's own is never paired.
    const wasm = `wasm: (await import("node:fs")).readFileSync(new URL(${JSON.stringify(built("core-relaxed.wasm"))}))`;
    const unpaired = capable ? print(train(`revectorize: true, ${wasm}`)).losses : plain;
    expectLosses(unpaired, plain);
    for (const threads of [1, 2]) {
      const asked = print(train(`revectorize: true, threads: ${threads}`));
      expect(asked.losses).toEqual(unpaired);
      expect(asked.threads).toBe(threads);
      const verdict = asked.revectorized
        ? /256-bit operations: \d+\.\d+ times as fast in a proof run/
        : /128-bit operations: (256-bit ones are no faster here|Node .* it takes V8 13|V8 pairs them on x64 alone)/;
      expect(asked.reason).toMatch(verdict);
      if (!capable) expect(asked.revectorized).toBe(false);
      else if (threads === 2) expect(asked.reason).toMatch(/, remembered/);
    }
  });

  it("does so where nothing can be remembered", () => {
    const file = path.join(folder, "a file");
    writeFileSync(file, "");
    expectLosses(print(train("revectorize: true"), file).losses, print(train("")).losses);
  });

  it("keeps the wish in a clone and takes it when it is loaded", async () => {
    const net = await Network.create({ sizes: [3, 2], revectorize: true });
    expect(net.runtime).toMatchObject({ reason: expect.stringMatching(/(128|256)-bit operations: /) });
    expect(net.clone().config.revectorize).toBe(true);
    expect((await Network.load(net.save())).config.revectorize).toBe(false);
    const loaded = await Network.load(net.save(), { revectorize: true });
    expect(loaded.runtime.reason).toBe(net.runtime.reason);
  });

  it("is told that a module of its own is run as it is", async () => {
    const wasm = readFileSync(new URL("../../build/simd.wasm", import.meta.url));
    const { runtime } = await Network.create({ sizes: [3, 2], revectorize: true, wasm });
    expect(runtime).toMatchObject({
      revectorized: false,
      reason: expect.stringMatching(/^it was given as wasm; 128-bit/),
    });
  });
});

describe("a proof", () => {
  const runs = (plain: ProofRun, paired: ProofRun) => prove(async (pairs) => (pairs ? paired : plain));

  it("takes what computes the same and is faster", async () => {
    expect(await runs({ digest: "a", seconds: 3 }, { digest: "a", seconds: 2 })).toEqual({
      faster: true,
      reason: "256-bit operations: 1.50 times as fast in a proof run",
    });
  });
  it("refuses other numbers, however fast", async () => {
    const verdict = await runs({ digest: "a", seconds: 3 }, { digest: "b", seconds: 1 });
    expect(verdict).toEqual({ faster: false, reason: "256-bit ones compute something else here" });
  });
  it("refuses what is hardly faster", async () => {
    const verdict = await runs({ digest: "a", seconds: 3 }, { digest: "a", seconds: 2.9 });
    expect(verdict).toEqual({
      faster: false,
      reason: "256-bit ones are no faster here (1.03 times as fast in a proof run)",
    });
  });
  it("survives a process that does not", async () => {
    const verdict = await prove(async (pairs) => {
      if (pairs) throw new Error("a process ended with SIGTRAP");
      return { digest: "a", seconds: 3 };
    });
    expect(verdict).toEqual({ faster: false, reason: "their proof failed: a process ended with SIGTRAP" });
  });

  it("is none where not even the plain run succeeds: that says nothing of the engine", async () => {
    const failing = prove(async () => {
      throw new Error("a process ended with status 1");
    });
    await expect(failing).rejects.toThrow("status 1");
  });

  it("is remembered under its key, and repeated where the file says nothing", async () => {
    const own = path.join(folder, "own");
    let proofs = 0;
    const proof = async () => {
      proofs++;
      return { faster: true, reason: "because" };
    };
    expect(await recall(own, "key", proof)).toEqual({ faster: true, reason: "because" });
    expect(await recall(own, "key", proof)).toEqual({ faster: true, reason: "because, remembered" });
    expect(proofs).toBe(1);
    await recall(own, "another key", proof);
    expect(proofs).toBe(2);
    expect(readdirSync(own)).toHaveLength(2);
    writeFileSync(path.join(own, "revectorize-key.json"), '{ "faster": "so they say" }');
    expect(await recall(own, "key", proof)).toEqual({ faster: true, reason: "because" });
    expect(proofs).toBe(3);
  });
});

describe("relaxed SIMD", () => {
  it("is switched on in a process that was started without, for its threads, too", () => {
    const program = `
      import { switchRelaxedSimdOn } from ${JSON.stringify(built("node/engine.js"))};
      import { Network } from ${JSON.stringify(built("index.js"))};
      const on = switchRelaxedSimdOn();
      const losses = [];
      for (const threads of [1, 2]) {
        const net = await Network.create({ sizes: [50, 70, 3], seed: 1, maxBatch: 3, threads });
        losses.push(net.train_step(new Float32Array(150).fill(0.3), [0, 1, 2]).loss);
        if (net.runtime.build !== "relaxed" || net.runtime.threads !== threads) throw new Error(net.runtime.reason);
        net.dispose();
      }
      console.log(JSON.stringify({ on, same: losses[0] === losses[1] }));`;
    expect(print(program)).toEqual({ on: true, same: true });
  });

  it("is what the command line takes", () => {
    const main = fileURLToPath(built("cli/main.js"));
    const options = ["--epochs", "1", "--samples", "50", "--hidden", "8", "--out", path.join(folder, "m"), "--json"];
    const text = execFileSync(process.execPath, [main, "train", "digits", ...options], { encoding: "utf8" });
    expect(JSON.parse(text.trim().split("\n").at(-1)!)).toMatchObject({ build: "relaxed" });
  });
});
