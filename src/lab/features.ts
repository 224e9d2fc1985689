// What an autoencoder's hidden units learn with and without dropout (Srivastava's figures 7 and 8): their incoming
// weights as images, how strongly and how often they fire, and how much they say the same.

import { Network } from "../network.js";
import type { NetworkOptions } from "../types.js";
import type { Arm } from "./arms.js";
import { type StudySetup, takeSteps } from "./study.js";

export interface Features {
  arm: Arm;
  /** Mean binary cross-entropy per pixel on the images not trained on, in test mode. */
  loss: number;
  /** `[units, features]`: first-layer weights. */
  weights: Float32Array;
  /** Per unit: its mean activation over the images. */
  means: number[];
  /** Per unit: the fraction of the images on which it is zero. */
  zeros: number[];
  /** Units that no image woke. */
  silent: number;
  /** Fraction of all activations that are zero. */
  sparsity: number;
  /** Mean activation over all units and images. */
  mean: number;
  /** Between pairs of units that are not silent: the mean of |r|, and its histogram in twentieths of 1. */
  correlation: number;
  correlations: number[];
}

export interface AutoencoderSetup extends Pick<StudySetup, "build" | "signal" | "onEpoch"> {
  units: number;
  /** Updates, of 50 images each. */
  steps: number;
}

const BATCH = 50;
/** The loss is a mean over pixels, hundreds of them, and its gradients are small. */
const RATE = 5;

/**
 * Trains a features-units-features ReLU autoencoder; with dropout, hidden units are dropped with ½, as in the paper.
 * @param images pixels from 0 to 1, one image per row
 */
export async function learnFeatures(
  images: Float32Array,
  others: Float32Array,
  features: number,
  { arm, seed }: { arm: Arm; seed: number },
  { units, steps, build, signal, onEpoch }: AutoencoderSetup,
): Promise<Features> {
  const net = await Network.create({
    sizes: [features, units, features],
    dropout: arm === "dropout" ? 0.5 : 0,
    loss: "bce",
    optimizer: { type: "sgd", learningRate: RATE, momentum: 0.9 },
    seed,
    build,
  });
  try {
    beginQuietly(net, images);
    const learned = { x: images, y: images };
    await takeSteps(net, learned, steps, steps, { batch: BATCH, rate: RATE, signal, onEpoch });
    const { loss } = net.evaluate({ x: others, y: others });
    const { W1, b1 } = net.parameters();
    return { arm, loss, weights: W1, ...statisticsOf(await activations(others, W1, b1, build), units) };
  } finally {
    net.dispose();
  }
}

/**
 * Small first weights leave little noise in what is learned from them. The first updates would all push the same way
 * and silence units for good. A small positive bias, and outputs that begin at each pixel's mean, prevent that.
 */
function beginQuietly(net: Network, images: Float32Array): void {
  const { W1, b1, b2 } = net.parameters();
  const means = new Float64Array(b2.length);
  images.forEach((value, i) => {
    means[i % means.length] += (value * means.length) / images.length;
  });
  net.setParameters({
    W1: W1.map((w) => w / 10),
    b1: b1.fill(0.1),
    b2: b2.map((_, i) => {
      const p = Math.min(0.999, Math.max(0.001, means[i]));
      return Math.log(p / (1 - p));
    }),
  });
}

/** max(0, W·x + b) `[n, units]`: a network without hidden layers computes the sums. */
async function activations(
  x: Float32Array,
  W1: Float32Array,
  b1: Float32Array,
  build?: NetworkOptions["build"],
): Promise<Float32Array> {
  const net = await Network.create({ sizes: [W1.length / b1.length, b1.length], dropout: [0], loss: "mse", build });
  try {
    net.setParameters({ W1, b1 });
    return net.test_step(x).map((z) => Math.max(0, z));
  } finally {
    net.dispose();
  }
}

/** Statistics of activations `[n, units]`. */
export function statisticsOf(h: Float32Array, units: number) {
  const n = h.length / units;
  const column = (j: number) => Float64Array.from({ length: n }, (_, s) => h[s * units + j]);
  const columns = Array.from({ length: units }, (_, j) => column(j));
  const means = columns.map((values) => values.reduce((sum, value) => sum + value, 0) / n);
  const zeros = columns.map((values) => values.reduce((sum, value) => sum + (value === 0 ? 1 : 0), 0) / n);
  // Deviations of length 1: their products are correlations. A silent unit correlates with nothing.
  const directions = columns.flatMap((values, j) => {
    const away = values.map((value) => value - means[j]);
    const length = Math.sqrt(away.reduce((sum, value) => sum + value * value, 0));
    return length > 0 ? [away.map((value) => value / length)] : [];
  });
  const correlations = new Array<number>(20).fill(0);
  let [sum, pairs] = [0, 0];
  for (let i = 0; i < directions.length; i++) {
    for (let j = 0; j < i; j++) {
      let r = 0;
      for (let s = 0; s < n; s++) r += directions[i][s] * directions[j][s];
      sum += Math.abs(r);
      pairs++;
      correlations[Math.min(19, Math.floor(20 * Math.abs(r)))]++;
    }
  }
  return {
    means,
    zeros,
    silent: zeros.filter((value) => value === 1).length,
    mean: means.reduce((total, value) => total + value, 0) / units,
    sparsity: zeros.reduce((total, value) => total + value, 0) / units,
    correlation: pairs > 0 ? sum / pairs : 0,
    correlations: correlations.map((count) => (pairs > 0 ? count / pairs : 0)),
  };
}
