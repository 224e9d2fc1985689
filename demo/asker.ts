// Asks thinned networks about a picture, in a worker, so that the page never waits.
import { type Loss, Network } from "thinned/worker";
import type { SavedModel } from "./lab.js";

export class Asker {
  #net: Network | null = null;
  #model: SavedModel | null = null;
  #rates: number[] = [];
  /** What the network was trained for. */
  loss: Loss = "cross-entropy";

  /** Loads a model unless it is the one that is there. Its worker takes the former one's place. */
  async use(model: SavedModel): Promise<void> {
    if (model === this.#model) return;
    const net = await Network.load(model.bytes);
    const { dropout, loss } = await net.config;
    this.#net?.dispose();
    [this.#net, this.#model, this.#rates, this.loss] = [net, model, dropout as number[], loss];
  }

  /** Without dropout all thinned networks are one. */
  get drops(): boolean {
    return this.#rates.some((p) => p > 0);
  }

  /**
   * Probabilities that `count` thinned networks give a picture's classes, `[count, classes]`. In a batch every row has
   * masks of its own, so that many copies of one picture are asked of as many networks.
   * @param draw other draws are other networks; the same draw gives the same ones again
   */
  async ask(picture: Float32Array, count: number, draw: number): Promise<Float32Array> {
    if (!this.#net) throw new Error("no model is loaded; call use() first");
    const rows = new Float32Array(count * picture.length);
    for (let i = 0; i < count; i++) rows.set(picture, i * picture.length);
    const { mean } = await this.#net.mc_step(rows, { samples: 1, draw });
    return mean;
  }
}
