// Asks thinned networks about a picture. Until somebody brings another one, a small network that is trained when the page opens.

import { Network } from "thinned";
import { digitsEncoding, drawDigits } from "#thinned/data/sources/digits.js";
import { openModel, type SavedModel } from "./model-file.js";

const SAMPLES = 2000;
const EPOCHS = 12;

export class DoubtLab {
  #net: Network | null = null;

  /** Takes about a second. */
  async start(): Promise<SavedModel> {
    const { x, y } = drawDigits({ samples: SAMPLES, seed: 1 });
    const encoding = digitsEncoding();
    const net = await Network.create({
      sizes: [encoding.features, 128, 128, encoding.outputs],
      dropout: { input: 0.1, hidden: 0.3 },
      optimizer: { type: "sgd", learningRate: 0.05, momentum: 0.9 },
      seed: 1,
      build: "simd",
    });
    for await (const _ of net.fit({ x, y }, { epochs: EPOCHS, batch: 50 }));
    net.metadata = { encoding: JSON.stringify(encoding) };
    const bytes = net.save({ optimizer: false });
    net.dispose();
    return {
      bytes,
      encoding,
      origin: `a small network, trained on ${SAMPLES.toLocaleString("en-US")} drawn digits when the page opened`,
    };
  }

  /** @returns whether it drops anything: otherwise all thinned networks are one */
  async use({ bytes, origin }: SavedModel): Promise<boolean> {
    const { net } = await openModel(origin, bytes);
    this.#net?.dispose();
    this.#net = net;
    return (net.config.dropout as number[]).some((p) => p > 0);
  }

  /**
   * Probabilities that `count` thinned networks give a picture's classes, `[count, classes]`. In a batch every row has masks of its own, so
   * that many copies of one picture are asked of as many networks. The same networks every time: a picture gets one answer.
   */
  ask(picture: Float32Array, count: number): Float32Array {
    if (!this.#net) throw new Error("no model is loaded; call use() first");
    const rows = new Float32Array(count * picture.length);
    for (let i = 0; i < count; i++) rows.set(picture, i * picture.length);
    return this.#net.mc_step(rows, { samples: 1, draw: 0 }).mean;
  }
}
