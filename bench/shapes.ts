// Every size, batch and rate that is measured, in one place. Rates are probabilities of dropping.

/** A layer's dense products: `batch` rows, `out` and `in` units. */
export interface LayerShape {
  batch: number;
  out: number;
  in: number;
}

export interface NetworkShape {
  sizes: number[];
  batch: number;
}

export interface Shapes {
  /** Dense products. */
  products: LayerShape[];
  /** Keep bits: `batch` × `width` of them at each rate; the first rate is the baseline. */
  masks: { batch: number; width: number; rates: number[] };
  /** Dense against sparse: one layer, by the fraction of its inputs that are not zero. */
  density: { layer: LayerShape; densities: number[] };
  /** What strategies, builds and the parts of a step are compared on. */
  network: NetworkShape;
  /** Rates of the strategies' comparison. */
  rates: number[];
  /** Draws of Monte-Carlo dropout. */
  draws: number[];
  /** Training steps by size and batch. */
  networks: NetworkShape[];
  /** Networks that learn tables, which `npm run bench:peers` measures: one output is a number, more are classes. */
  tables: NetworkShape[];
}

export const FULL: Shapes = {
  products: [
    { batch: 128, out: 1024, in: 784 },
    { batch: 127, out: 1000, in: 783 },
    { batch: 32, out: 128, in: 784 },
    { batch: 960, out: 1024, in: 1024 },
  ],
  masks: { batch: 128, width: 1024, rates: [0.5, 0.01, 0.1, 0.2, 0.25, 1 / 3, 0.75, 0.8] },
  density: { layer: { batch: 128, out: 1024, in: 1024 }, densities: [1, 0.75, 0.5, 0.25, 0.1, 0.05] },
  network: { sizes: [784, 1024, 1024, 10], batch: 128 },
  rates: [0.2, 0.5, 0.8],
  draws: [10, 50],
  networks: [
    { sizes: [784, 128, 10], batch: 1 },
    { sizes: [784, 128, 10], batch: 32 },
    { sizes: [784, 128, 10], batch: 128 },
    { sizes: [784, 1024, 10], batch: 32 },
    { sizes: [784, 1024, 10], batch: 128 },
    { sizes: [784, 1024, 1024, 10], batch: 32 },
    { sizes: [784, 1024, 1024, 10], batch: 128 },
    { sizes: [784, 2048, 2048, 2048, 10], batch: 128 },
  ],
  tables: [
    { sizes: [2, 16, 2], batch: 1 },
    { sizes: [8, 32, 32, 2], batch: 1 },
    { sizes: [8, 32, 32, 2], batch: 32 },
    { sizes: [13, 64, 64, 1], batch: 1 },
    { sizes: [13, 64, 64, 1], batch: 32 },
    { sizes: [13, 128, 128, 1], batch: 1 },
    { sizes: [13, 128, 128, 1], batch: 32 },
  ],
};

/** What a quick run leaves out is large or much like what it keeps. */
export const QUICK: Shapes = {
  ...FULL,
  products: FULL.products.slice(0, 3),
  masks: { ...FULL.masks, rates: [0.5, 0.1, 0.2, 1 / 3] },
  density: { ...FULL.density, densities: [1, 0.5, 0.25, 0.1] },
  rates: [0.5],
  draws: [10],
  networks: FULL.networks.filter(({ sizes }) => sizes.every((size) => size <= 1024)),
};
