// The exports of the numeric core, in the order the data flows.

/** First byte that is free for the caller: everything below belongs to constants of the kernels. */
export function heap_base(): usize {
  return __heap_base;
}
