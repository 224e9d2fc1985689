// What is timed in Node and in a page alike: the same module, importing the same minified bundles of the library.
import { Network as Trained } from "./infer.js";
import { Network } from "./thinned.js";

const SIZES = [784, 1024, 1024, 10];
const BATCH = 128;
const rows = (n) => Float32Array.from({ length: n * SIZES[0] }, (_, i) => ((i * 37) % 101) / 101);

/** One thread, p = 0.5, and a rate so small that every step is like the first. */
export async function open(build) {
  const optimizer = { type: "sgd", learningRate: 1e-7 };
  const net = await Network.create({
    sizes: SIZES,
    dropout: 0.5,
    optimizer,
    maxBatch: BATCH,
    seed: 1,
    threads: 1,
    build,
  });
  const small = await Trained.load(net.save({ optimizer: false }));
  const [x, y] = [rows(BATCH), Uint8Array.from({ length: BATCH }, (_, i) => i % 10)];
  const image = rows(1);
  const runs = { train: () => net.train_step(x, y), predict: () => small.predict(image) };
  const counts = { train: 20, predict: 300 };
  for (const name of ["train", "predict"]) for (let i = 0; i < 2 * counts[name]; i++) runs[name]();
  return {
    builds: { train: net.runtime.build, predict: small.runtime.build },
    /** One turn: milliseconds of a call, the median and the least. */
    turn(name) {
      const times = Array.from({ length: counts[name] }, () => {
        const before = performance.now();
        runs[name]();
        return performance.now() - before;
      });
      times.sort((a, b) => a - b);
      return { median: times[times.length >> 1], least: times[0] };
    },
  };
}

/** A saved network of these sizes, to be answered with. */
export async function save(sizes) {
  const net = await Network.create({ sizes, dropout: 0.5, seed: 1, maxBatch: 1 });
  return net.save({ optimizer: false });
}
