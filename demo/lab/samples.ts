// What networks learn from and are tested on.

/** Rows and their labels. */
export interface Samples {
  x: Float32Array;
  y: Int32Array;
}

/** One pair of networks' data. */
export interface TrainingData {
  train: Samples;
  /** Training samples that the training error is measured on: all, or as many as are quickly gone through. */
  seen: Samples;
  /** Samples that no network is trained on. */
  test: Samples;
}
