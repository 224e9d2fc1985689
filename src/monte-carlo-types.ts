// What Monte-Carlo dropout takes and gives. It imports nothing, as types.ts.

type Floats = ReturnType<typeof Float32Array.of>;

export interface MonteCarloOptions {
  /**
   * Thinned networks to average; with a `standardError` above 0, at most. Default 50; 1000 if `standardError` is given.
   */
  samples?: number;
  /** Stop (after 10 draws or more) when no mean's standard error is above this. Default 0: take all samples. */
  standardError?: number;
  /** Default: the network's. */
  seed?: number;
  /**
   * Number of the first draw. Default: continues after earlier calls, an `mc_step_async` that is under way included. A
   * number given repeats or chooses draws and moves no counter.
   */
  draw?: number;
  /** Also give every draw's answers. Default false. */
  outputs?: boolean;
  /** Give these quantiles of the draws, each in [0, 1]: [0.05, 0.5, 0.95] for instance. Default: none. */
  quantiles?: readonly number[];
  /**
   * `shared`: a draw has one mask for all rows, so it is one function of x, and faster for many rows. Default
   * `independent`: every row has a mask of its own.
   */
  masks?: "independent" | "shared";
}

export interface MonteCarloResult {
  /**
   * `[batch, out]`: the mean of what `predict` would answer; of the output gaussian `[batch, targets]`, the mean of the
   * means.
   */
  mean: Floats;
  /**
   * Shaped as `mean`: divided by samples − 1; 0 for one sample. Of the output gaussian `epistemic` + `aleatoric`: how
   * far a new target may lie off.
   */
  variance: Floats;
  /**
   * Of the output gaussian: the variance of the draws' means, what the network does not know. More data makes it less.
   */
  epistemic?: Floats;
  /** Of the output gaussian: the mean of the draws' own variances, the noise of the targets. More data leaves it. */
  aleatoric?: Floats;
  /**
   * `[batch]`, in nats: entropy of the mean, all doubt there is; for sigmoid summed over the outputs. null for other
   * outputs than softmax and sigmoid.
   */
  entropy: Floats | null;
  /** `[batch]`, in nats: the part of that doubt that is the thinned networks' disagreement. null as above. */
  mutualInformation: Floats | null;
  /** Thinned networks that were averaged. */
  draws: number;
  /** The largest standard error of a mean; Infinity for one sample. */
  standardError: number;
  /** `[draws, batch, out]`: what each draw answers, where the option `outputs` asked for it. */
  outputs?: Floats;
  /** `[quantiles, batch, out]`, linear between two draws, as NumPy's, where the option `quantiles` asked for some. */
  quantiles?: Floats;
}

export interface MonteCarloAsyncOptions extends MonteCarloOptions {
  /** Aborting rejects with `signal.reason`. The call's draws are then given back, unless a later call has begun. */
  signal?: AbortSignal;
  /**
   * Called after each draw, for progress. Where it returns a promise, the next draw waits for it, and a rejection ends
   * the call.
   */
  onDraw?: (progress: { draws: number; samples: number; standardError: number }) => unknown;
}

export interface MomentResult {
  /** The mean of what `predict` would answer of thinned networks, nearly; shaped as `mc_step`'s. */
  mean: Floats;
  /** Its variance, nearly. */
  variance: Floats;
  /** Of the output gaussian the parts of `variance`, as `mc_step`'s. */
  epistemic?: Floats;
  aleatoric?: Floats;
}
