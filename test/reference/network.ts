// A dropout network in double precision, one number at a time, as docs/math.md and the papers define it. Masks are
// handed in. Rows are arrays: x[sample][unit], W[layer][out][in]. Nothing here is shared with src.
import type { Activation, Loss, OptimizerOptions, Output, Scaling } from "../../src/types.js";
import { activationOf } from "./activation.js";
import { sigmoid, softmax } from "./math.js";

export type Matrix = number[][];
/** Per unit layer (0 is the input), `[batch][width]`: 1 = kept. null: nothing is dropped or scaled. */
export type Keep = (Matrix | null)[];
/** One class per sample, or a row of targets per sample. */
export type TargetValues = number[] | Matrix;
export interface Weights {
  W: Matrix[];
  b: number[][];
}

/** What a kept unit is multiplied by in training, and any unit in testing. */
export function scales(scaling: Scaling, p: number): { training: number; testing: number } {
  if (scaling === "inverted") return { training: p === 1 ? 0 : 1 / (1 - p), testing: 1 };
  return { training: 1, testing: 1 - p };
}

/** What a network is, beside its weights and rates. */
export interface Kind {
  /** Per hidden layer. */
  activation: readonly Activation[];
  loss: Loss;
  scaling: Scaling;
  optimizer: OptimizerOptions;
  /** What the logits are answered as. */
  output: Output;
  inputs: { shift: ArrayLike<number>; scale: ArrayLike<number> } | null;
}

/**
 * The mean loss, and its gradient with respect to each logit. mse compares the targets with what the network answers.
 */
export function lossOf(
  kind: Loss,
  logits: Matrix,
  targets: TargetValues,
  output: Output = "linear",
): { value: number; gradient: Matrix } {
  const { f, slope } = activationOf(kind === "mse" ? (output as Activation) : "linear");
  const batch = logits.length;
  const out = logits[0].length;
  let value = 0;
  const gradient = logits.map((z, s) => {
    const t = targetsOf(targets[s], out);
    if (kind === "cross-entropy") {
      const top = Math.max(...z);
      const exponentials = z.map((logit) => Math.exp(logit - top));
      const sum = exponentials.reduce((a, b) => a + b);
      const total = t.reduce((a, b) => a + b);
      z.forEach((logit, j) => {
        value += (t[j] * (top + Math.log(sum) - logit)) / batch;
      });
      return exponentials.map((e, j) => ((e / sum) * total - t[j]) / batch);
    }
    if (kind === "gaussian") {
      const half = out / 2;
      const share = 1 / (batch * half);
      const slopes = new Array<number>(out);
      for (let j = 0; j < half; j++) {
        const square = (z[j] - t[j]) ** 2 * Math.exp(-z[half + j]);
        value += ((z[half + j] + square) / 2) * share;
        slopes[j] = (z[j] - t[j]) * Math.exp(-z[half + j]) * share;
        slopes[half + j] = ((1 - square) / 2) * share;
      }
      return slopes;
    }
    const share = 1 / (batch * out);
    return z.map((logit, j) => {
      if (kind === "mse") {
        value += (f(logit) - t[j]) ** 2 * share;
        return 2 * (f(logit) - t[j]) * slope(logit) * share;
      }
      value += (Math.max(logit, 0) - logit * t[j] + Math.log1p(Math.exp(-Math.abs(logit)))) * share;
      return (sigmoid(logit) - t[j]) * share;
    });
  });
  return { value, gradient };
}

/** One sample's targets as a row; those of a label are a one-hot row. */
function targetsOf(given: number | number[], out: number): number[] {
  if (typeof given !== "number") return given;
  return Array.from({ length: out }, (_, j) => (j === given ? 1 : 0));
}

/** What logits are answered as. */
export function answers(output: Output, logits: Matrix): Matrix {
  if (output === "softmax") return logits.map(softmax);
  if (output === "gaussian") return logits.map((z) => z.map((v, j) => (j < z.length / 2 ? v : Math.exp(v / 2))));
  return logits.map((z) => z.map(activationOf(output).f));
}

export class ReferenceNetwork {
  /** Momentum; or Adam's m, then v. */
  state: Weights[];
  step = 0;

  constructor(
    readonly kind: Kind,
    /** The probability of dropping, per unit layer. */
    readonly rates: number[],
    readonly weights: Weights,
  ) {
    this.state = [0, 1].map(() => mapWeights(weights, () => 0));
  }

  /** Units after activation, mask and scale, and the sums before: u[0] is the input, the last z the logits. */
  #forward(x: Matrix, factor: (layer: number, sample: number, unit: number) => number): { u: Matrix[]; z: Matrix[] } {
    const { W, b } = this.weights;
    // A dropped unit is 0, whatever it was.
    const dropped = (value: number, by: number) => (by === 0 ? 0 : value * by);
    const { shift, scale } = this.kind.inputs ?? {};
    const scaled = (value: number, i: number) => (value - (shift?.[i] ?? 0)) * (scale?.[i] ?? 1);
    const u = [x.map((row, s) => row.map((value, i) => dropped(scaled(value, i), factor(0, s, i))))];
    const z: Matrix[] = [];
    for (let l = 0; l < W.length; l++) {
      z[l] = u[l].map((row) => W[l].map((w, j) => w.reduce((sum, weight, i) => sum + weight * row[i], 0) + b[l][j]));
      if (l === W.length - 1) break;
      const { f } = activationOf(this.kind.activation[l]);
      u[l + 1] = z[l].map((row, s) => row.map((sum, j) => dropped(f(sum), factor(l + 1, s, j))));
    }
    return { u, z };
  }

  #factor(keep: Keep): (layer: number, sample: number, unit: number) => number {
    return (l, s, i) => {
      const mask = keep[l];
      return mask === null ? 1 : mask[s][i] * scales(this.kind.scaling, this.rates[l]).training;
    };
  }

  /** `train_step`, forward: logits. */
  train(x: Matrix, keep: Keep): Matrix {
    return last(this.#forward(x, this.#factor(keep)).z);
  }

  /** `test_step`: logits. */
  test(x: Matrix): Matrix {
    return last(this.#forward(x, (l) => scales(this.kind.scaling, this.rates[l]).testing).z);
  }

  /** Loss and gradients under given masks. */
  gradients(x: Matrix, targets: TargetValues, keep: Keep): { loss: number; gradients: Weights } {
    const factor = this.#factor(keep);
    const { u, z } = this.#forward(x, factor);
    const { value, gradient } = lossOf(this.kind.loss, last(z), targets, this.kind.output);
    const { W } = this.weights;
    const gradients = mapWeights(this.weights, () => 0);
    let dz = gradient;
    for (let l = W.length - 1; l >= 0; l--) {
      dz.forEach((row, s) => {
        row.forEach((d, j) => {
          gradients.b[l][j] += d;
          for (let i = 0; i < u[l][s].length; i++) gradients.W[l][j][i] += d * u[l][s][i];
        });
      });
      if (l === 0) break;
      const { slope } = activationOf(this.kind.activation[l - 1]);
      dz = dz.map((row, s) =>
        z[l - 1][s].map((sum, i) => {
          const by = factor(l, s, i);
          return by === 0 ? 0 : row.reduce((du, d, j) => du + d * W[l][j][i], 0) * slope(sum) * by;
        }),
      );
    }
    return { loss: value, gradients };
  }

  /** One step of training; returns the loss before it. */
  learn(x: Matrix, targets: TargetValues, keep: Keep): number {
    const { loss, gradients } = this.gradients(x, targets, keep);
    this.update(gradients);
    return loss;
  }

  /** Clip by global norm, decay, update, max-norm. */
  update(gradients: Weights): void {
    const { optimizer } = this.kind;
    const { clipNorm = 0, maxNorm = 0 } = optimizer;
    this.step++;
    const norm = Math.sqrt(allNumbers(gradients).reduce((sum, g) => sum + g * g, 0));
    const clip = clipNorm > 0 && norm > clipNorm ? clipNorm / norm : 1;
    const { W, b } = this.weights;
    const [first, second] = this.state;
    for (let l = 0; l < W.length; l++) {
      for (let j = 0; j < b[l].length; j++) {
        // Biases are not decayed.
        b[l][j] = this.#updated(b[l], first.b[l], second.b[l], j, clip * gradients.b[l][j], false);
        for (let i = 0; i < W[l][j].length; i++) {
          const g = clip * gradients.W[l][j][i];
          W[l][j][i] = this.#updated(W[l][j], first.W[l][j], second.W[l][j], i, g, true);
        }
        const incoming = Math.sqrt(W[l][j].reduce((sum, w) => sum + w * w, 0));
        const hidden = l < W.length - 1;
        if (hidden && maxNorm > 0 && incoming > maxNorm) W[l][j] = W[l][j].map((w) => (w * maxNorm) / incoming);
      }
    }
  }

  /** The new value of w[i], whose state is first[i] and second[i]. */
  #updated(w: number[], first: number[], second: number[], i: number, gradient: number, decays: boolean): number {
    const o = this.kind.optimizer;
    if (o.type === "sgd") {
      const { nesterov = false, weightDecay = 0 } = o;
      const [learningRate, momentum] = [Number(o.learningRate ?? 0.1), Number(o.momentum ?? 0)];
      const g = gradient + (decays ? weightDecay * w[i] : 0);
      first[i] = momentum * first[i] + g;
      return w[i] - learningRate * (nesterov ? g + momentum * first[i] : first[i]);
    }
    if (o.type === "rmsprop") throw new Error("no twin of rmsprop is needed here");
    const learningRate = Number(o.learningRate ?? 0.001);
    const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = o;
    const { weightDecay = o.type === "adamw" ? 0.01 : 0 } = o;
    const decay = decays ? weightDecay : 0;
    const g = gradient + (o.type === "adam" ? decay * w[i] : 0);
    first[i] = beta1 * first[i] + (1 - beta1) * g;
    second[i] = beta2 * second[i] + (1 - beta2) * g * g;
    const m = first[i] / (1 - beta1 ** this.step);
    const v = second[i] / (1 - beta2 ** this.step);
    const decayed = o.type === "adamw" ? w[i] - learningRate * decay * w[i] : w[i];
    return decayed - (learningRate * m) / (Math.sqrt(v) + epsilon);
  }
}

/** Every weight and bias replaced. */
function mapWeights({ W, b }: Weights, replace: (value: number) => number): Weights {
  return { W: W.map((layer) => layer.map((row) => row.map(replace))), b: b.map((layer) => layer.map(replace)) };
}

function allNumbers({ W, b }: Weights): number[] {
  return [...W.flat(2), ...b.flat()];
}

function last<T>(items: T[]): T {
  return items[items.length - 1];
}
