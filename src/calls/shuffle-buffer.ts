// Samples that come one after the other, in an order that is drawn among those that wait.

import { wrongType } from "../checks.js";
import { drawOrder, type Philox } from "../random/philox.js";
import type { CheckedData } from "./evaluate.js";

/** Samples beside each other: the targets, the rows, and what each counts where that is told. */
export interface Samples {
  readonly parts: readonly { values: Float32Array | Int32Array | Float64Array; width: number }[];
  readonly samples: number;
}

export function samplesOf({ x, targets, samples }: CheckedData): Samples {
  const { weights } = targets;
  const values = ["labels" in targets ? targets.labels : targets.rows, x, ...(weights ? [weights] : [])];
  return { parts: values.map((part) => ({ values: part, width: part.length / samples })), samples };
}

/** Room for other samples of the same kind. */
export function roomFor(samples: number, { parts }: Samples): Samples {
  const empty = ({ values, width }: Samples["parts"][number]) => ({
    values: new (values.constructor as Float32ArrayConstructor)(samples * width),
    width,
  });
  return { parts: parts.map(empty), samples };
}

export function copySamples(from: Samples, s: number, to: Samples, at: number, count = 1): void {
  from.parts.forEach(({ values, width }, k) => {
    to.parts[k].values.set(values.subarray(s * width, (s + count) * width), at * width);
  });
}

/** Room for `count` samples or more, with those of `room` in it: memory follows what comes. */
export function grown(room: Samples, count: number): Samples {
  if (count <= room.samples) return room;
  const larger = roomFor(Math.max(count, 2 * room.samples), room);
  copySamples(room, 0, larger, 0, room.samples);
  return larger;
}

export class ShuffleBuffer {
  #held: Samples | null = null;
  #count = 0;
  readonly #most: number;
  readonly #random: Philox;

  /** @param most how many wait; with 0 all samples go on as they come */
  constructor(most: number, random: Philox) {
    this.#most = most;
    this.#random = random;
  }

  /** Takes samples in, and gives as many of those that wait as have no room any more: copies, all of them. */
  exchange(samples: Samples, name: string): Samples {
    this.#held ??= roomFor(0, samples);
    checkAlike(name, samples, this.#held);
    const kept = Math.min(samples.samples, this.#most - this.#count);
    const held = grown(this.#held, this.#count + kept);
    copySamples(samples, 0, held, this.#count, kept);
    this.#held = held;
    this.#count += kept;
    const given = roomFor(samples.samples - kept, samples);
    if (this.#count === 0) copySamples(samples, 0, given, 0, given.samples);
    else
      for (let s = 0; s < given.samples; s++) {
        const drawn = this.#random.below(this.#count);
        copySamples(held, drawn, given, s);
        copySamples(samples, kept + s, held, drawn);
      }
    return given;
  }

  /**
   * Those that still wait, at the end of one or more: where all samples do, they are shuffled as a data set of arrays
   * is.
   */
  rest(): Samples {
    const held = this.#held!;
    const given = roomFor(this.#count, held);
    drawOrder(this.#count, this.#random).forEach((drawn, s) => {
      copySamples(held, drawn, given, s);
    });
    return given;
  }
}

function checkAlike(name: string, samples: Samples, first: Samples): void {
  const kind = ({ parts }: Samples) =>
    `${parts[0].values instanceof Int32Array ? "labels" : "rows of targets"}${parts[2] ? " and weights" : ""}`;
  if (kind(samples) !== kind(first)) wrongType(name, `of ${kind(first)}, as data[0]`, kind(samples));
}
