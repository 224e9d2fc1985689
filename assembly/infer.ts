// The exports of the core that answers and never learns: what forward passes call, and nothing else. It is a build of
// its own, because pages that only predict download it.

export {
  activate, count_nonzero, dense_nn, dense_nt, dense_scratch, draw_mask, has_relaxed_simd, heap_base, list_by_block,
  list_kept, scale_floats, scale_inputs, scatter_sums, sddmm, softmax, spmm,
} from "./index";
