// The kernels' signatures as JavaScript sees them: the only file that knows the ABI. Pointers and sizes are numbers.
// Each block is declared beside the name of the assembly file that exports it.

/** A byte offset into the network's memory. */
export type Pointer = number;

/**
 * Activations are numbered from 0 in the order of their names (src/config/activation.ts); behind them comes the
 * approximate gelu.
 */
export const GELU_TANH = 10;

export interface Kernels {
  // assembly/index.ts
  heap_base(): Pointer;
  has_relaxed_simd(): number;

  // assembly/philox.ts
  // biome-ignore format: the output, then the counter's and the key's words
  philox_words(out: Pointer, blocks: number, c0: number, c1: number, c2: number, c3: number, k0: number, k1: number): void;

  // assembly/mask.ts
  // biome-ignore format: the output, its sizes, then where in the sequence of all masks it lies
  draw_mask(mask: Pointer, batch: number, n: number, sample0: number, p: number, stream: number, layer: number, stepLo: number, stepHi: number, seedLo: number, seedHi: number): void;

  // assembly/floats.ts
  scale_floats(out: Pointer, x: Pointer, n: number, factor: number): void;
  add_scaled(out: Pointer, x: Pointer, n: number, factor: number): void;
  blend_floats(out: Pointer, x: Pointer, n: number, rate: number): void;
  sum_of_squares(g: Pointer, n: number): number;
  find_nonfinite(x: Pointer, n: number): number;

  // assembly/tile.ts
  tile_4x8(c: Pointer, cs: number, a: Pointer, b: Pointer, bs: number, k: number, first: number): void;
  tile_6x8(c: Pointer, cs: number, a: Pointer, b: Pointer, bs: number, k: number, first: number): void;

  // assembly/gemm.ts
  dense_scratch(): number;
  // biome-ignore format: a product's arguments read as one line: output, operands, scratch, sizes, share, tile
  dense_nn(y: Pointer, ldy: number, s: Pointer, lds: number, w: Pointer, scratch: Pointer, m: number, rows: number, cols: number, fromPanel: number, toPanel: number, mr: number): void;
  // biome-ignore format: as above
  dense_nt(y: Pointer, ldy: number, d: Pointer, ldd: number, w: Pointer, scratch: Pointer, m: number, rows: number, cols: number, fromRow: number, toRow: number, mr: number): void;
  // biome-ignore format: as above
  dense_tn(g: Pointer, s: Pointer, lds: number, d: Pointer, ldd: number, scratch: Pointer, m: number, rows: number, cols: number, fromRow: number, toRow: number, mr: number): void;

  // assembly/gather.ts
  // biome-ignore format: output, operand, its sizes, what is kept of it, scratch
  gather_weight(out: Pointer, w: Pointer, rows: number, cols: number, keptRows: Pointer, m: number, keptCols: Pointer, n: number, scratch: Pointer): void;
  // biome-ignore format: as above
  gather_columns(out: Pointer, ldo: number, x: Pointer, ldx: number, batch: number, kept: Pointer, n: number, scratch: Pointer): void;

  // assembly/math.ts
  map_exp(y: Pointer, x: Pointer, n: number): void;
  map_log(y: Pointer, x: Pointer, n: number): void;
  map_tanh(y: Pointer, x: Pointer, n: number): void;
  map_erf(y: Pointer, x: Pointer, n: number): void;
  map_sigmoid(y: Pointer, x: Pointer, n: number): void;

  // assembly/inputs.ts
  scale_inputs(u: Pointer, high: Pointer, low: Pointer, scale: Pointer, batch: number, n: number, ld: number): void;

  // assembly/activation.ts; `activation` is a number as above, `parameter` leaky_relu's slope or elu's α
  // biome-ignore format: as above
  activate(u: Pointer, ldu: number, slope: Pointer, z: Pointer, ldz: number, bias: Pointer, mask: Pointer, batch: number, n: number, activation: number, parameter: number, scale: number): void;
  backward_slope(dz: Pointer, du: Pointer, slope: Pointer, batch: number, n: number, ld: number): void;
  backward_relu(dz: Pointer, du: Pointer, u: Pointer, batch: number, n: number, ld: number, scale: number): void;
  bias_gradient(db: Pointer, dz: Pointer, batch: number, n: number, ld: number): void;

  // assembly/loss.ts
  cross_entropy(dz: Pointer, z: Pointer, labels: Pointer, batch: number, n: number, ld: number): number;
  cross_entropy_rows(dz: Pointer, z: Pointer, targets: Pointer, batch: number, n: number, ld: number): number;
  mse(dz: Pointer, z: Pointer, targets: Pointer, batch: number, n: number, ld: number): number;
  bce(dz: Pointer, z: Pointer, targets: Pointer, batch: number, n: number, ld: number): number;
  softmax(y: Pointer, z: Pointer, batch: number, n: number, ld: number): void;
  sigmoid_rows(y: Pointer, z: Pointer, batch: number, n: number, ld: number): void;

  // assembly/optimizer.ts
  sgd(w: Pointer, g: Pointer, n: number, lr: number, wd: number, gscale: number): void;
  // biome-ignore format: as above
  sgd_momentum(w: Pointer, v: Pointer, g: Pointer, n: number, lr: number, momentum: number, nesterov: number, wd: number, gscale: number): void;
  // biome-ignore format: as above
  adam(w: Pointer, m: Pointer, v: Pointer, g: Pointer, n: number, lr: number, beta1: number, beta2: number, epsilon: number, wd: number, decoupled: number, correction1: number, correction2: number, gscale: number): void;
  // biome-ignore format: as above
  rmsprop(w: Pointer, v: Pointer, b: Pointer, g: Pointer, n: number, lr: number, alpha: number, epsilon: number, momentum: number, wd: number, gscale: number): void;
  max_norm_columns(w: Pointer, rows: number, cols: number, c: number): void;
  max_norm_rows(w: Pointer, rows: number, cols: number, c: number): void;

  // assembly/lists.ts
  count_nonzero(u: Pointer, batch: number, n: number, ld: number): number;
  // biome-ignore format: outputs, input, sizes, share
  list_by_block(entries: Pointer, spans: Pointer, u: Pointer, batch: number, n: number, ld: number, block: number, fromBlock: number, toBlock: number): void;
  // biome-ignore format: outputs, input, sizes, share
  list_by_unit(entries: Pointer, spans: Pointer, slots: number, u: Pointer, batch: number, ld: number, from: number, to: number): void;

  // assembly/wanted.ts
  // biome-ignore format: outputs, input, sizes, scratch, share
  list_active(lists: Pointer, counts: Pointer, u: Pointer, m: number, stride: number, scratch: Pointer, from: number, to: number): void;
  // biome-ignore format: outputs, input, sizes, scratch, share
  list_kept(lists: Pointer, counts: Pointer, mask: Pointer, m: number, stride: number, scratch: Pointer, from: number, to: number): void;

  // assembly/spmm.ts
  // biome-ignore format: output, lists, operand, scratch, sizes, share
  spmm(y: Pointer, ldy: number, entries: Pointer, spans: Pointer, w: Pointer, scratch: Pointer, m: number, rows: number, cols: number, block: number, fromPanel: number, toPanel: number): void;
  // biome-ignore format: output, lists, operand, scratch, sizes, share, step
  row_update(c: Pointer, entries: Pointer, spans: Pointer, d: Pointer, ldd: number, scratch: Pointer, m: number, rows: number, cols: number, fromRow: number, toRow: number, descends: number, shrink: number, rate: number): void;

  // assembly/sddmm.ts
  // biome-ignore format: output, lists, operands, scratch, sizes, share, chains
  sddmm(sums: Pointer, lists: Pointer, counts: Pointer, d: Pointer, ldd: number, w: Pointer, scratch: Pointer, m: number, rows: number, cols: number, fromRow: number, toRow: number, chains: number): void;
  // biome-ignore format: output, lists, operands, scratch, sizes, share
  sddmm_paired(sums: Pointer, lists: Pointer, counts: Pointer, d: Pointer, ldd: number, w: Pointer, scratch: Pointer, m: number, rows: number, cols: number, fromRow: number, toRow: number): void;
  // biome-ignore format: output, lists, share
  scatter_sums(y: Pointer, ldy: number, sums: Pointer, lists: Pointer, counts: Pointer, fromRow: number, toRow: number): void;
}
