// One network under all three scalings: what is stored, what training and testing multiply by, and what comes out.
import type { Network } from "thinned";

export const SCALINGS = ["standard", "inverted", "folded"] as const;

export interface Scaled {
  scaling: (typeof SCALINGS)[number];
  /** One weight out of the second hidden layer, as it is stored. */
  weight: number;
  /** Probability of the diamond at the point: of the whole network, and of one thinned network. */
  whole: number;
  thinned: number;
}

/** The network stays as it is: a copy is converted. */
export function scaledViews(net: Network, [right, up]: readonly [number, number]): Scaled[] {
  const x = Float32Array.of(right, up);
  const twin = net.clone();
  try {
    const masks = twin.masks({ draw: 0, batch: 1 });
    return SCALINGS.map((scaling) => {
      twin.scaling = scaling;
      const [zero, one] = twin.train_step(x, null, { masks }).out;
      const { W3 } = twin.parameters();
      const strongest = W3.reduce((best, w, i) => (Math.abs(w) > Math.abs(W3[best]) ? i : best), 0);
      return { scaling, weight: W3[strongest], whole: twin.predict(x)[1], thinned: 1 / (1 + Math.exp(zero - one)) };
    });
  } finally {
    twin.dispose();
  }
}
