// What a network of two inputs says all over the plane, and which of its units took part in a step: numbers to draw.
import type { Masks, Network } from "thinned";
import { PLANE } from "./plane-constants.js";

export interface ArmPicture {
  /**
   * How the network leans in each cell, rows from the top: 0 all to class 0, 255 all to class 1, undecided at 127.5.
   */
  grid: Uint8Array;
  /** By hidden layer: did the unit take part in the last step, for one of the points? 1 = yes. */
  kept: Uint8Array[];
  /** W1, W2, …: `[out, in]`. */
  weights: Float32Array[];
}

export interface Thinned {
  /** Of each thinned network, as in `ArmPicture`. */
  grids: Uint8Array[];
  /** Probability of class 1 at the point, by thinned network. */
  votes: number[];
  /** The same of the whole network. */
  whole: number;
}

const CELLS = middles();

function middles(): Float32Array {
  const { left, right, bottom, top, columns, rows } = PLANE;
  const x = new Float32Array(2 * columns * rows);
  for (let i = 0; i < columns * rows; i++) {
    x[2 * i] = left + ((right - left) * ((i % columns) + 0.5)) / columns;
    x[2 * i + 1] = top - ((top - bottom) * (Math.floor(i / columns) + 0.5)) / rows;
  }
  return x;
}

export function pictureOf(net: Network): ArmPicture {
  const { sizes } = net.config;
  const parameters = net.parameters();
  const masks = net.step > 0 ? net.masks() : null;
  return {
    grid: leanings(net.test_step(CELLS)),
    kept: sizes.slice(1, -1).map((units, i) => masks?.[i + 1]?.slice(0, units) ?? new Uint8Array(units).fill(1)),
    weights: sizes.slice(1).map((_, i) => parameters[`W${i + 1}`]),
  };
}

/** Thinned network `d` is that of draw d of Monte-Carlo dropout: one mask for the whole plane. */
export function thinnedNetworks(net: Network, count: number, [right, up]: readonly [number, number]): Thinned {
  const point = Float32Array.of(right, up);
  const grids: Uint8Array[] = [];
  const votes: number[] = [];
  for (let draw = 0; draw < count; draw++) {
    const masks = net.masks({ draw, batch: 1 });
    const says = (x: Float32Array) => net.train_step(x, null, { masks: repeated(masks, x.length / 2) }).out;
    grids.push(leanings(says(CELLS)));
    const [zero, one] = says(point);
    votes.push(1 / (1 + Math.exp(zero - one)));
  }
  return { grids, votes, whole: net.predict(point)[1] };
}

function repeated(masks: Masks, rows: number): Masks {
  return masks.map((mask) => {
    if (!mask) return null;
    const all = new Uint8Array(rows * mask.length);
    for (let row = 0; row < rows; row++) all.set(mask, row * mask.length);
    return all;
  });
}

/**
 * From logits of two classes: smooth where a probability would long be 0 or 1, so that the boundary between cells is
 * found exactly.
 */
function leanings(logits: Float32Array): Uint8Array {
  return Uint8Array.from({ length: logits.length / 2 }, (_, i) => {
    const margin = logits[2 * i + 1] - logits[2 * i];
    return Math.round(127.5 * (1 + margin / (Math.abs(margin) + HALFWAY)));
  });
}

/** A difference of logits that is drawn half as strongly as the strongest: 9 to 1. */
const HALFWAY = 2.2;
