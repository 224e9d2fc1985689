// mc_step_async: what mc_step computes, while the event loop has its turns: aborted, told of, beside others of its
// kind.
import { expect, onTestFinished, test, vi } from "vitest";
import { readSafetensors } from "../../src/formats/safetensors/writer.js";
import { Network, type NetworkOptions } from "../../src/index.js";
import type { MonteCarloResult } from "../../src/types.js";
import { noise } from "../support/networks.js";

const options: NetworkOptions = { sizes: [9, 24, 24, 4], dropout: [0, 0.5, 0.5], seed: 2 };
const x = noise(5 * 9);

test("is mc_step, with reports", async () => {
  using net = await Network.create(options);
  const seen: number[] = [];
  const result = await net.mc_step_async(x, { samples: 9, draw: 0, onDraw: ({ draws }) => seen.push(draws) });
  expect(result).toEqual(net.mc_step(x, { samples: 9, draw: 0 }));
  expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  // Draws that were numbered count for nothing.
  expect(net.mc_step(x, { samples: 2 })).toEqual(net.mc_step(x, { samples: 2, draw: 0 }));
});

test("stops when it is aborted from outside, and no draw counts", async () => {
  using net = await Network.create({ ...options, maxBatch: 5 });
  const abort = new AbortController();
  let draws = 0;
  const running = net.mc_step_async(x, { samples: 1e9, signal: abort.signal, onDraw: () => draws++ });
  setTimeout(() => abort.abort(new Error("enough")), 30);
  await expect(running).rejects.toThrow("enough");
  expect(draws).toBeGreaterThan(0);
  expect(net.mc_step(x, { samples: 2, draw: 0 })).toEqual(net.mc_step(x, { samples: 2 }));
});

test("averages draws of its own while others are under way, as if they had come one after the other", async () => {
  using net = await Network.create(options);
  // The event loop has its turn after every draw.
  const now = vi.spyOn(performance, "now").mockImplementation(() => 13 * now.mock.calls.length);
  onTestFinished(() => now.mockRestore());
  const numbered = (samples: number, draw: number) => net.mc_step(x, { samples, draw });
  const within: MonteCarloResult[] = [];
  const onDraw = ({ draws }: { draws: number }) => void (draws === 4 && within.push(net.mc_step(x, { samples: 3 })));
  const [a, b, c] = await Promise.all([
    net.mc_step_async(x, { samples: 40, onDraw }),
    net.mc_step_async(x, { samples: 30 }),
    net.mc_step_async(x, { samples: 2 }),
  ]);
  expect([a, b, c, ...within]).toEqual([numbered(40, 0), numbered(30, 40), numbered(2, 70), numbered(3, 72)]);
  expect(net.mc_step(x, { samples: 2 })).toEqual(numbered(2, 75));
});

test("gives back the draws that it set aside and did not make, unless later ones are taken", async () => {
  using net = await Network.create(options);
  const next = () => JSON.parse(readSafetensors(net.save()).metadata.counters).draws;
  const stop = () => {
    throw new Error("enough");
  };
  expect((await net.mc_step_async(x, { standardError: 1e9 })).draws).toBe(10);
  expect(next()).toBe(10);
  await expect(net.mc_step_async(x, { onDraw: stop })).rejects.toThrow("enough");
  expect(next()).toBe(10);
  const onDraw = () => {
    net.mc_step(x, { samples: 5 });
    stop();
  };
  await expect(net.mc_step_async(x, { samples: 20, onDraw })).rejects.toThrow("enough");
  expect(next()).toBe(35);
});

test("averages what it was given, whatever becomes of that meanwhile", async () => {
  using net = await Network.create({ ...options, dropout: { input: 0.2 } });
  const [rows, chosen] = [x.slice(), { samples: 40 } as { samples: number; draw?: number }];
  const expected = net.mc_step(x, { samples: 40, draw: 0 });
  const pending = net.mc_step_async(rows, { ...chosen, onDraw: () => rows.fill(0) });
  chosen.draw = 7;
  expect(await pending).toEqual(expected);
  expect(net.mc_step(x, { samples: 1 })).toEqual(net.mc_step(x, { samples: 1, draw: 40 }));
});

test("averages what a view of the network's own input showed, though it is overwritten or moved", async () => {
  for (const change of [(net: Network) => net.input(5).fill(0), (net: Network) => net.input(10_000)]) {
    // Rows that every draw reads, and one draw to a pass.
    using net = await Network.create({ ...options, dropout: { input: 0.2 }, maxBatch: 5 });
    const wanted = net.mc_step(x, { samples: 6, draw: 0 });
    const view = net.input(5);
    view.set(x);
    const onDraw = ({ draws }: { draws: number }) => void (draws === 2 && change(net));
    expect(await net.mc_step_async(view, { samples: 6, draw: 0, onDraw })).toEqual(wanted);
  }
});

test("refuses to mix two networks' draws", async () => {
  using net = await Network.create(options);
  const onDraw = ({ draws }: { draws: number }) => {
    if (draws === 3) net.scaling = "standard";
  };
  await expect(net.mc_step_async(x, { samples: 20, onDraw })).rejects.toThrow(/network was changed/);
  const running = net.mc_step_async(x, { samples: 1e9 });
  setTimeout(() => net.train_step(x, [0, 1, 2, 3, 0]), 20);
  await expect(running).rejects.toThrow(/network was changed/);
  const disposed = net.mc_step_async(x, { samples: 1e9 });
  setTimeout(() => net.dispose(), 20);
  await expect(disposed).rejects.toThrow(/disposed/);
});

test("says that draws are taken, where an average that is under way has set all of them aside", async () => {
  using net = await Network.create(options);
  const abort = new AbortController();
  const running = net.mc_step_async(x, { samples: 2 ** 48, signal: abort.signal });
  const taken = /^samples must be a whole number from 1 to 1; got 2; draw: 0 begins anew$/;
  expect(() => net.mc_step(x, { samples: 2 })).toThrow(taken);
  await expect(net.mc_step_async(x, { samples: 2 })).rejects.toThrow(taken);
  expect(net.mc_step(x, { samples: 2, draw: 0 }).draws).toBe(2);
  abort.abort();
  await expect(running).rejects.toThrow(/abort/);
});
