// How far do units lean on each other? Units are taken out of finished networks at random, and what is left answers.
import type { Network } from "thinned";
import type { Duel } from "./duel.js";
import type { Samples } from "./samples.js";

export interface Removal {
  /** Of the hidden units that are taken away. */
  share: number;
  /** Error on new samples, by arm, then by pair. */
  test: number[][];
}

/**
 * Other units for every sample; those that stay speak louder by 1/(1 − share), in both arms alike. Nothing is learned,
 * and nothing stays changed.
 */
export function removeUnits({ nets, setup }: Duel, shares: readonly number[]): Removal[] {
  return shares.map((share) => ({
    share,
    test: nets.map((arm) => arm.map((net, pair) => errorWithout(net, share, setup.data[pair].test))),
  }));
}

function errorWithout(net: Network, share: number, { x, y }: Samples): number {
  const { dropout } = net;
  try {
    net.dropout = net.config.sizes.slice(1).map((_, layer) => (layer === 0 ? 0 : share));
    // Named masks: what is taken away does not depend on how often somebody has looked.
    const masks = net.masks({ draw: 0, batch: y.length });
    const { out } = net.train_step(x, null, { masks });
    const classes = out.length / y.length;
    let wrong = 0;
    y.forEach((label, i) => {
      const row = out.subarray(i * classes, (i + 1) * classes);
      if (row.indexOf(Math.max(...row)) !== label) wrong++;
    });
    return wrong / y.length;
  } finally {
    net.dropout = dropout;
  }
}
