// What every runtime has to compute to the bit: masks, and the losses, weights and answers of a short training in the
// simd build.
import { Network } from "thinned";
import { Network as Trained } from "thinned/infer";

/** FNV-1a over the bytes of arrays, as eight hexadecimal digits. */
function hash(arrays) {
  let h = 0x811c9dc5;
  for (const array of arrays) {
    for (const byte of new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
      h = Math.imul(h ^ byte, 0x01000193);
  }
  return (h >>> 0).toString(16).padStart(8, "0");
}

const rows = (n, width) => Float32Array.from({ length: n * width }, (_, i) => ((i * 37) % 101) / 101 - 0.5);

export async function digest() {
  const digests = {};
  for (const [activation, type] of [
    ["relu", "sgd"],
    ["gelu", "adam"],
    ["selu", "adamw"],
    ["tanh", "sgd"],
  ]) {
    const optimizer = type === "sgd" ? { type, learningRate: 0.05, momentum: 0.9, maxNorm: 3 } : { type };
    const options = { sizes: [20, 70, 50, 3], activation, dropout: { input: 0.2, hidden: 0.5 }, optimizer, seed: 7 };
    const net = await Network.create({ ...options, build: "simd" });
    const [masks, losses] = [[], []];
    const y = Array.from({ length: 32 }, (_, i) => i % 3);
    for (let step = 0; step < 60; step++) {
      losses.push(net.train_step(rows(32, 20), y).loss);
      masks.push(...net.masks());
    }
    for await (const epoch of net.fit(
      { x: rows(90, 20), y: Array(30).fill([0, 1, 2]).flat() },
      { epochs: 2, batch: 20 },
    ))
      losses.push(epoch.trainLoss);
    const trained = await Trained.load(net.save());
    digests[activation] = {
      masks: hash(masks),
      losses: hash([Float64Array.from(losses)]),
      weights: hash(Object.values(net.parameters())),
      spread: hash(
        Object.values(net.mc_step(rows(5, 20), { samples: 20, draw: 1 })).filter((value) => ArrayBuffer.isView(value)),
      ),
      answers: hash([trained.predict(rows(9, 20))]),
    };
    net.dispose();
    trained.dispose();
  }
  // Wherever relaxed SIMD is, it draws the same masks.
  const relaxed = await Network.create({ sizes: [300, 200, 3], dropout: { input: 0.1, hidden: 0.73 }, seed: 99 });
  relaxed.train_step(rows(16, 300));
  digests.best = { masks: hash(relaxed.masks()) };
  return digests;
}
