// The library in a real page, as a static server serves it: trained, aborted, disposed, reloaded; in the page's thread
// and in a worker.
import path from "node:path";
import { expect, test } from "vitest";
import { useBundlePage } from "../support/bundle-page.js";
import { root } from "../support/pages.js";

const bundle = useBundlePage();

test("trains to a bound, is saved, disposed, and answers again from both entries", async () => {
  const result = await bundle.page.evaluate(async () => {
    const net = await thinned.Network.create(options);
    for await (const _ of net.fit({ x, y }, { epochs: 30, batch: 50 }));
    const { error } = net.evaluate({ x, y });
    const before: Float32Array = net.predict(x);
    const bytes = net.save();
    net.dispose();
    net.dispose();
    const again = await thinned.Network.load(bytes, { build: "simd" });
    const small = await infer.Network.load(bytes);
    const equal = (a: Float32Array) => a.length === before.length && a.every((value, i) => value === before[i]);
    let after = "";
    try {
      net.predict(x);
    } catch (thrown) {
      after = (thrown as Error).name;
    }
    return {
      error,
      after,
      loaded: equal(again.predict(x)),
      inferred: equal(small.predict(x)),
      build: small.runtime.build,
    };
  });
  expect(result).toMatchObject({ after: "DisposedError", loaded: true, inferred: true, build: "simd" });
  expect(result.error, "fraction of 400 points on the wrong side of a circle").toBeLessThan(0.06);
});

test("a worker trains the same network to the bit, moves what it is given, and refuses as the page does", async () => {
  const result = await bundle.page.evaluate(async () => {
    const passes = { epochs: 10, batch: 50 };
    const here = await thinned.Network.create(options);
    for await (const _ of here.fit({ x, y }, passes));
    const there = await worker.Network.create(options);
    const reports = [];
    let steps = 0;
    for await (const report of there.fit({ x, y }, { ...passes, onStep: () => steps++ })) reports.push(report.epoch);
    const [a, b] = [here.parameters(), await there.parameters()];
    const equal = Object.keys(a).every((name) => a[name].every((value: number, i: number) => value === b[name][i]));
    await there.set({ scaling: "standard", learningRate: 0.5 });
    const state = [await there.scaling, await there.learningRate, await there.step, (await there.runtime).threads];
    const given = worker.move(x.slice());
    const answers = await there.predict(given);
    const wrong = await there
      .predict(new Float32Array(3))
      .catch((error: Error) => [error instanceof RangeError, error.message]);
    there.dispose();
    const late = await there.predict(x).catch((error: Error) => error.name);
    return { equal, reports, steps, state, wrong, late, moved: given.length, answers: answers.length };
  });
  expect(result).toMatchObject({
    equal: true,
    reports: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    steps: 80,
    moved: 0,
    answers: 800,
  });
  expect(result.state).toEqual(["standard", 0.5, 80, 1]);
  expect(result.wrong).toEqual([true, expect.stringMatching(/^x must be one or more rows of 2/)]);
  expect(result.late).toBe("DisposedError");
});

test("an abort stops a fit in the page and in the worker, and both go on afterwards", async () => {
  const result = await bundle.page.evaluate(async () => {
    const outcome = [];
    for (const { Network } of [thinned, worker]) {
      const net = await Network.create({ ...options, sizes: [2, 400, 400, 2] });
      const abort = new AbortController();
      const passes = net.fit({ x, y }, { epochs: 1e6, batch: 100, signal: abort.signal });
      await passes.next();
      setTimeout(() => abort.abort(new Error("enough")), 50);
      let message = "";
      try {
        for await (const _ of passes);
      } catch (error) {
        message = (error as Error).message;
      }
      const stopped = await net.step;
      await new Promise((resolve) => setTimeout(resolve, 100));
      const still = (await net.step) === stopped;
      const { loss } = await net.train_step(x, y);
      outcome.push({ message, still, goesOn: Number.isFinite(loss) && (await net.step) === stopped + 1 });
      net.dispose();
    }
    return outcome;
  });
  const stopped = { message: "enough", still: true, goesOn: true };
  expect(result).toEqual([stopped, stopped]);
});

test("a thousand steps leave memory as it was, and disposed networks give theirs back", async () => {
  const result = await bundle.page.evaluate(async () => {
    const net = await thinned.Network.create(options);
    const [rows, labels] = [x.subarray(0, 100), y.slice(0, 50)];
    for (let i = 0; i < 50; i++) net.train_step(rows, labels);
    const before = net.runtime.memory;
    for (let i = 0; i < 1000; i++) net.train_step(rows, labels);
    const after = net.runtime.memory;
    // Every memory reserves gigabytes of addresses: a few hundred that are not given back are more than a page has.
    for (let i = 0; i < 300; i++) {
      const one = await thinned.Network.create({ sizes: [4, 4], maxBatch: 1, build: "simd" });
      one.test_step(new Float32Array(4));
      one.dispose();
    }
    return { before, after };
  });
  expect(result.after).toBe(result.before);
});

test("runs the module that the page fetched itself", async () => {
  await bundle.page.route("**/core.wasm", (route) => route.fulfill({ path: path.join(root, "dist/core.wasm") }));
  const reasons = await bundle.page.evaluate(async () => {
    const [here, there] = [thinned.Network, worker.Network];
    const nets = [
      await here.create({ sizes: [2, 2], wasm: fetch("core.wasm") }),
      await here.create({ sizes: [2, 2], wasm: new URL("core.wasm", location.href) }),
      await there.create({ sizes: [2, 2], wasm: "core.wasm" }),
    ];
    return Promise.all(nets.map(async (net) => (await net.runtime).reason));
  });
  expect(reasons).toEqual(Array(3).fill(expect.stringMatching(/^it was given as wasm; /)));
});
