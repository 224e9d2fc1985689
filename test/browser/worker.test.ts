// A network in a worker, in a real page: what is asked of it while it trains, ends that come early, and a page that
// goes on drawing frames.
import { expect, test } from "vitest";
import { useBundlePage } from "../support/bundle-page.js";

const bundle = useBundlePage();

declare global {
  // biome-ignore lint/suspicious/noExplicitAny: what a test leaves in the page
  var kept: any;
}

test("an abort that comes before a worker has begun stops it before its first step", async () => {
  const result = await bundle.page.evaluate(async () => {
    const net = await worker.Network.create(options);
    const abort = new AbortController();
    const first = net.fit({ x, y }, { epochs: 1, batch: 50, signal: abort.signal }).next();
    abort.abort(new Error("at once"));
    const message = await first.catch((error: Error) => error.message);
    return { message, step: await net.step };
  });
  expect(result).toEqual({ message: "at once", step: 0 });
});

test("two fits of a worker's network take turns by passes, and each ends after its own", async () => {
  const result = await bundle.page.evaluate(async () => {
    const net = await worker.Network.create(options);
    const [a, b] = [2, 3].map((epochs) => net.fit({ x, y }, { epochs, batch: 50 }));
    const made = [];
    for (const passes of [a, b, a, a, b, b, b]) made.push((await passes.next()).value?.epoch ?? null);
    return made;
  });
  expect(result).toEqual([1, 2, 3, null, 4, 5, null]);
});

test("whoever waits for a worker that is disposed is told so", async () => {
  const names = await bundle.page.evaluate(async () => {
    const net = await worker.Network.create(options);
    const passes = net.fit({ x, y }, { epochs: 1e6, batch: 50 });
    await passes.next();
    const waiting = [passes.next(), net.step, net.mc_step_async(x, { samples: 1e9 })];
    const told = waiting.map((call: Promise<unknown>) => call.catch((error: Error) => error.name));
    net.dispose();
    return Promise.all(told);
  });
  expect(names).toEqual(Array(3).fill("DisposedError"));
});

test("a worker ends with its network", async () => {
  const ended = new Promise((resolve) => bundle.page.once("worker", (started) => started.once("close", resolve)));
  await bundle.page.evaluate(async () => {
    const net = await worker.Network.create(options);
    net.dispose();
  });
  await ended;
  expect(bundle.page.workers()).toEqual([]);
});

test("a worker ends when its network is forgotten, but answers first what it was asked", async () => {
  await bundle.page.evaluate(async () => {
    const net = await worker.Network.create(options);
    const passes = (await worker.Network.create(options)).fit({ x, y }, { epochs: 1e6, batch: 50 });
    await passes.next();
    const average = (await worker.Network.create(options)).mc_step_async(x, { samples: 3000 });
    const fresh = await worker.Network.create(options);
    await fresh.train_step(x, y);
    Object.assign(globalThis, { kept: { net, passes, average, fresh } });
  });
  const until = async (count: number) => {
    for (let turn = 0; bundle.page.workers().length > count && turn < 400; turn++) {
      await bundle.page.requestGC();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return bundle.page.workers().length;
  };
  expect(await bundle.page.evaluate(() => delete kept.fresh)).toBe(true);
  expect(await until(2), "workers of the network that is held and of the fit that is").toBe(2);
  const answers = await bundle.page.evaluate(async () => {
    const { net, passes, average } = kept;
    const report = await passes.next();
    const answered = [(await average).draws, report.value.epoch, await net.step];
    await passes.return();
    kept = null;
    return answered;
  });
  expect(answers).toEqual([3000, 2, 0]);
  expect(await until(0)).toBe(0);
});

test("a worker's status is that of one moment: the masks are those of the step", async () => {
  const { steps, wrong } = await bundle.page.evaluate(async () => {
    const passes = { epochs: 40, batch: 20 };
    const here = await thinned.Network.create(options);
    const masks: string[] = [];
    const onStep = () => {
      masks[here.step] = JSON.stringify(here.masks().map((mask: Uint8Array | null) => mask?.join("")));
    };
    for await (const _ of here.fit({ x, y }, { ...passes, onStep }));
    const there = await worker.Network.create(options);
    const before = await there.status();
    const steps: number[] = [];
    const wrong: number[] = [];
    let over = false;
    const watching = (async () => {
      while (!over) {
        const { step, progress, masks: found } = await there.status();
        const told = found && JSON.stringify(found.map((mask: Uint8Array | null) => mask?.join("")));
        if (step > 0 && told !== masks[step]) wrong.push(step);
        if (20 * step !== 400 * progress.epoch + progress.position) wrong.push(step);
        steps.push(step);
      }
    })();
    for await (const _ of there.fit({ x, y }, passes));
    over = true;
    await watching;
    const loaded = await worker.Network.load(await there.save());
    if (before.masks !== null || (await loaded.status()).masks !== null) wrong.push(-1);
    return { steps, wrong };
  });
  expect(new Set(steps).size, "different steps that were seen").toBeGreaterThan(3);
  expect(wrong, "steps whose masks or progress were another step's").toEqual([]);
});

test("a page goes on drawing frames while a worker trains, and the training stops within a few of them", async () => {
  const { ratios, stops } = await bundle.page.evaluate(async () => {
    const net = await worker.Network.create({ ...options, sizes: [2, 1024, 1024, 2] });
    const time = async (frames: number) => {
      const begin = performance.now();
      for (let i = 0; i < frames; i++) await new Promise(requestAnimationFrame);
      return performance.now() - begin;
    };
    const ratios: number[] = [];
    const stops: number[] = [];
    for (let round = 0; round < 9; round++) {
      const idle = await time(20);
      const abort = new AbortController();
      const passes = net.fit({ x, y }, { epochs: 1e6, batch: 100, signal: abort.signal });
      await passes.next();
      const ended = passes.next().catch(() => "stopped");
      ratios.push(idle / (await time(20)));
      // Several passes end meanwhile where a pass is short: what counts is that one is under way.
      let frames = 0;
      let over = false;
      abort.abort();
      void ended.then(() => {
        over = true;
      });
      for (; !over; frames++) await new Promise(requestAnimationFrame);
      stops.push(frames);
    }
    net.dispose();
    return { ratios, stops };
  });
  const median = (values: number[]) => [...values].sort((a, b) => a - b)[values.length >> 1];
  expect(median(ratios), `frames while training, to frames at rest: ${ratios}`).toBeGreaterThan(0.5);
  expect(median(stops), `frames from an abort to the end: ${stops}`).toBeLessThanOrEqual(3);
});

test("a worker averages draws to the same bits, tells of each, and stops the average that is aborted", async () => {
  const result = await bundle.page.evaluate(async () => {
    const rows = x.subarray(0, 6);
    const here = await thinned.Network.create(options);
    const there = await worker.Network.create(options);
    const expected = here.mc_step(rows, { samples: 30 });
    let told = 0;
    const found = await there.mc_step_async(rows, { samples: 30, onDraw: () => told++ });
    const abort = new AbortController();
    const endless = { samples: 1e9, signal: abort.signal, onDraw: () => abort.abort(new Error("enough")) };
    const [stopped, other] = await Promise.all([
      there.mc_step_async(rows, endless).catch((error: Error) => error.message),
      there.mc_step_async(rows, { samples: 2000, seed: 9 }).then((spread: { draws: number }) => spread.draws),
    ]);
    const late = await there.mc_step_async(rows, { signal: abort.signal }).catch((error: Error) => error.message);
    const wrong = await there.mc_step_async(rows, { samples: 0 }).catch((error: Error) => error.message);
    const equal = ["mean", "variance"].every((name) =>
      found[name].every((v: number, i: number) => v === expected[name][i]),
    );
    const drawn = [here, there].map(async (net) => JSON.stringify(await net.masks({ draw: 2, batch: 6 })));
    const [ours, theirs] = await Promise.all(drawn);
    here.dispose();
    there.dispose();
    return { masks: ours === theirs, equal, told, stopped, other, late, wrong };
  });
  expect(result).toMatchObject({ masks: true, equal: true, told: 30, stopped: "enough", other: 2000, late: "enough" });
  expect(result.wrong).toMatch(/^samples must be a whole number from 1 to/);
});

test("a set that is refused leaves the network as it was, to the bit; one that is not takes effect in its order", async () => {
  const result = await bundle.page.evaluate(async () => {
    const there = await worker.Network.create(options);
    const before = await there.save();
    const wrong = { scaling: "standard", dropout: 0.7, metadata: { a: "b" }, learningRate: -1 };
    const message = await there.set(wrong).catch((error: Error) => error.message);
    const after = await there.save();
    const here = await thinned.Network.create(options);
    const right = { scaling: "standard", dropout: 0.7, learningRate: 0.5 };
    Object.assign(here, right);
    await there.set(right);
    const [expected, found] = [here.save(), await there.save()];
    here.dispose();
    there.dispose();
    return { message, before: before.join(), after: after.join(), expected: expected.join(), found: found.join() };
  });
  expect(result.message).toMatch(/^learningRate must be a finite number of at least 0; got -1/);
  expect(result.after === result.before, "the network is what it was").toBe(true);
  expect(result.found === result.expected, "the network is what a network here becomes").toBe(true);
});

test("what a callback throws ends its call with that; what is no argument is refused by name, and a moved array only once", async () => {
  const result = await bundle.page.evaluate(async () => {
    const net = await worker.Network.create(options);
    const told = (call: () => Promise<unknown>) =>
      call().then(String, (error: Error) => `${error.name}: ${error.message}`);
    const mine = () => {
      throw new Error("mine");
    };
    const train = (data: unknown, settings: unknown) => told(() => net.fit(data, settings).next());
    const average = (rows: unknown, settings: unknown) => told(() => net.mc_step_async(rows, settings));
    const stopped = [
      await train({ x, y }, { epochs: 1e6, batch: 20, onStep: mine }),
      await average(x, { samples: 1e9, onDraw: mine }),
    ];
    const both = worker.move(new Float32Array(4));
    const twice = { x: both, y: worker.move(new Float32Array(both.buffer)) };
    const itself: Record<string, unknown> = {};
    itself.itself = itself;
    const refused = [
      await train({ x, y }, { onStep: 5 }),
      await average(x, { onDraw: "a" }),
      await train({ x, y }, null),
      await train(undefined, {}),
      await average(undefined, {}),
      await average(x, { signal: {} }),
      await told(() => worker.Network.create()),
      await told(() => net.set({ learningRate: 1, dropout: 5 })),
      await told(() => net.set({ learnRate: 1 })),
      await told(() => net.evaluate(twice)),
      await told(() => net.test_step(both)),
      await told(() => worker.Network.create({ ...options, itself })),
      await told(() => net.gradients(x, y, itself)),
      await told(() => net.setParameters({ W1: itself })),
      await told(() => net.set({ dropout: itself })),
      await told(() => net.set(null)),
      await told(() => worker.Network.create({ ...options, wasm: "http://" })),
    ];
    const rate = await net.learningRate;
    net.dispose();
    return { stopped, refused, rate };
  });
  expect(result.stopped).toEqual(["Error: mine", "Error: mine"]);
  const refused = [
    /^TypeError: onStep must be a function; got 5/,
    /^TypeError: onDraw must be a function; got "a"/,
    /^TypeError: options must be an object of options; got null/,
    /^TypeError: data must be an object \{ x, y \}; got undefined/,
    /^TypeError: x must be a Float32Array/,
    /^TypeError: signal must be an AbortSignal/,
    /^TypeError: options must be an object of options; got undefined/,
    /^RangeError: dropout must be a number from 0 to 1/,
    /^TypeError: values has no option "learnRate"; did you mean "learningRate"/,
    /^\[object Object\]$/,
    /^TypeError: an argument cannot be sent to the worker: it is no plain data, or was moved before/,
    /^TypeError: options has no option "itself"/,
    /^TypeError: options has no option "itself"/,
    /^TypeError: W1 must be .*; got an object with itself/,
    /^TypeError: dropout has no option "itself"/,
    /^TypeError: values must be an object of options; got null/,
    /^Error: wasm could not be read from http:\/\/: /,
  ];
  result.refused.forEach((message: string, i: number) => {
    expect(message).toMatch(refused[i]);
  });
  expect(result.rate).toBe(0.01);
});
