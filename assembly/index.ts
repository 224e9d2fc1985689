// The exports of the numeric core, in the order the data flows.

/** First byte that is free for the caller: everything below belongs to constants of the kernels. */
export function heap_base(): usize {
  return __heap_base;
}

export { philox_words } from "./philox";
export { draw_mask, pack_mask, unpack_mask } from "./mask";
export { scale_floats } from "./copy";
export { dense_nn, dense_nt, dense_scratch, dense_tn } from "./gemm";
export { tile_4x8, tile_6x8 } from "./tile";
