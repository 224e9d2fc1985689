// What calls give back: arrays that nobody else holds.

/**
 * Bytes of a result, in an `ArrayBuffer` that nobody else holds: what `Blob`, `Response` and `fetch` take. TypeScript before 5.7 knows no
 * `Uint8Array<ArrayBuffer>`; this is one in all later ones.
 */
export type Bytes = ReturnType<typeof Uint8Array.of>;
/** Numbers of a result, in an `ArrayBuffer` that nobody else holds. */
export type Floats = ReturnType<typeof Float32Array.of>;

export interface MonteCarloResult {
  /** `[batch, out]`: the mean of what `predict` would answer. */
  mean: Floats;
  /** `[batch, out]`: divided by samples − 1; 0 for one sample. */
  variance: Floats;
  /** `[batch]`, in nats: entropy of the mean, all doubt there is; for sigmoid summed over the outputs. null for other outputs than softmax and sigmoid. */
  entropy: Floats | null;
  /** `[batch]`, in nats: the part of that doubt that is the thinned networks' disagreement. null as above. */
  mutualInformation: Floats | null;
  /** Thinned networks that were averaged. */
  draws: number;
  /** The largest standard error of a mean; Infinity for one sample. */
  standardError: number;
}
