// Plain dropout that takes the very steps of inverted dropout.
//
// A weight that reads a layer dropped with p is 1/(1 − p) times as large for plain dropout, and its gradient 1 − p
// times. The same run therefore has the learning rate η/(1 − p)² there and η elsewhere. A network has one rate, so that
// each step is stretched after it was taken.

import type { Network } from "../../network.js";

/** What to call after each step of a network with plain dropout, plain gradient descent or momentum. */
export function convertSteps(net: Network): () => void {
  const rates = net.config.dropout as readonly number[];
  const stretch = rates.map((p) => 1 / (1 - p) ** 2);
  let before = net.parameters();
  return () => {
    const after = net.parameters();
    stretch.forEach((factor, l) => {
      const name = `W${l + 1}`;
      const from = before[name];
      const to = after[name];
      for (let i = 0; i < to.length; i++) to[i] = from[i] + factor * (to[i] - from[i]);
    });
    net.setParameters(after);
    before = after;
  };
}
