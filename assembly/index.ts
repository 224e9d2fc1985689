// The exports of the numeric core, in the order the data flows.

/** First byte that is free for the caller. Everything below it belongs to constants of the kernels. */
export function heap_base(): usize {
  return __heap_base;
}

/** Is a multiply-add of this build fused? */
export function has_relaxed_simd(): bool {
  return ASC_FEATURE_RELAXED_SIMD;
}

export { philox_words } from "./philox";
export { draw_mask } from "./mask";
export { add_scaled, blend_floats, find_nonfinite, scale_floats, sum_of_squares } from "./floats";
export { count_nonzero, list_by_block, list_by_unit } from "./lists";
export { list_active, list_kept } from "./wanted";
export { scatter_sums, sddmm, sddmm_paired } from "./sddmm";
export { row_update, spmm } from "./spmm";
export { dense_nn, dense_nt, dense_scratch, dense_tn } from "./gemm";
export { gather_columns, gather_weight } from "./gather";
export { tile_4x8, tile_6x8 } from "./tile";
export { scale_inputs } from "./inputs";
export { activate, backward_relu, backward_slope, bias_gradient } from "./activation";
export { bce, cross_entropy, cross_entropy_rows, mse, sigmoid_rows, softmax } from "./loss";
export { map_erf, map_exp, map_log, map_sigmoid, map_tanh } from "./math";
export { adam, max_norm_columns, max_norm_rows, rmsprop, sgd, sgd_momentum } from "./optimizer";
