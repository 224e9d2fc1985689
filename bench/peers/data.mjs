// What every peer learns from, written once as raw numbers for all of them to read.

import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { loadData } from "../../dist/data/load.js";

const MNIST = fileURLToPath(new URL("../../../shared/data/mnist", import.meta.url));
/** Batches of MNIST that are taken in turn. */
const TURNS = 16;

/** The kinds that are to be had here. */
export function kindsOfData() {
  return existsSync(MNIST) ? ["random", "mnist"] : ["random"];
}

export class DataFiles {
  #folder = mkdtempSync(path.join(tmpdir(), "thinned-peers-"));
  #mnist;

  /** Files of `[n, in]` float32 and `[n]` uint8. */
  async write(kind, { sizes, batch }) {
    const data = kind === "mnist" ? await this.#images(batch) : random(batch, sizes[0], sizes.at(-1));
    const files = { x: path.join(this.#folder, "x"), y: path.join(this.#folder, "y") };
    for (const name of ["x", "y"]) {
      const { buffer, byteOffset, byteLength } = data[name];
      writeFileSync(files[name], new Uint8Array(buffer, byteOffset, byteLength));
    }
    return files;
  }

  async #images(batch) {
    this.#mnist ??= (await loadData(MNIST, { val: 0, seed: 1 })).train;
    const { x, y, features } = this.#mnist;
    const rows = TURNS * batch;
    return { x: x.slice(0, rows * features), y: Uint8Array.from(y.slice(0, rows)) };
  }

  remove() {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/**
 * One batch, dense: uniform in [0, 1); labels in turn, or 1 for every other sample where one output is to be a number.
 */
function random(batch, features, classes) {
  return {
    x: Float32Array.from({ length: batch * features }, Math.random),
    y: Uint8Array.from({ length: batch }, (_, i) => (i + 1) % Math.max(2, classes)),
  };
}
