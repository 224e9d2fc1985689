// Asks thinned networks about a picture. Until somebody brings another one, a small network that is trained when the
// page opens.

import { Network } from "thinned";
import { setScores } from "thinned/scores";
import type { Encoding } from "#thinned/data/encode/table.js";
import {
  digitsEncoding,
  drawDigits,
  drawRawDigits,
  LARGEST_DIGIT,
  SMALLEST_DIGIT,
} from "#thinned/data/sources/digits.js";
import { encodePicture } from "../drawing.js";
import { sideOf } from "./encodings.js";
import { openModel, type SavedModel } from "./model-file.js";

const SAMPLES = 2000;
const EPOCHS = 12;
/** Drawn digits that no model of the page has learned from; a coverage of 99 % needs 99. */
const CALIBRATED_ON = 500;

export interface Asked {
  /** Whether it drops anything: otherwise all thinned networks are one. */
  drops: boolean;
  /**
   * How badly the true digits of drawn ones fit the answers of `ask`, for sets; null where it tells other things apart
   * than digits.
   */
  scores: Float64Array | null;
}

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

  /** The model that is asked from now on, by so many thinned networks at once. */
  async use({ bytes, origin }: SavedModel, count: number): Promise<Asked> {
    const { net, encoding } = await openModel(origin, bytes);
    this.#net?.dispose();
    this.#net = net;
    return { drops: (net.config.dropout as number[]).some((p) => p > 0), scores: this.#calibrate(encoding, count) };
  }

  /** By the very answers that drawings get: drawn digits are as exchangeable with each other as rows can be. */
  #calibrate(encoding: Encoding, count: number): Float64Array | null {
    const size = sideOf(encoding);
    const classes = encoding.classes ?? [];
    const digits = classes.join() === "0,1,2,3,4,5,6,7,8,9";
    if (!digits || size === null || size < SMALLEST_DIGIT || size > LARGEST_DIGIT) return null;
    const { x, y, features } = drawRawDigits({ samples: CALIBRATED_ON, part: "test", size });
    const means = new Float64Array(CALIBRATED_ON * classes.length);
    for (let row = 0; row < CALIBRATED_ON; row++) {
      const ink = Float32Array.from(x.subarray(row * features, (row + 1) * features), (byte) => byte / 255);
      this.ask(encodePicture(ink, encoding), count).forEach((p, i) => {
        means[row * classes.length + (i % classes.length)] += p / count;
      });
    }
    return setScores(means, y as Uint8Array);
  }

  /**
   * Probabilities that `count` thinned networks give a picture's classes, `[count, classes]`. In a batch every row has
   * masks of its own, so that many copies of one picture are asked of as many networks. The same networks every time: a
   * picture gets one answer.
   */
  ask(picture: Float32Array, count: number): Float32Array {
    if (!this.#net) throw new Error("no model is loaded; call use() first");
    const rows = new Float32Array(count * picture.length);
    for (let i = 0; i < count; i++) rows.set(picture, i * picture.length);
    return this.#net.mc_step(rows, { samples: 1, draw: 0 }).mean;
  }
}
