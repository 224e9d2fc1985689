// The kernels' signatures as JavaScript sees them: the only file that knows the ABI. Pointers and sizes are numbers.
// Each block is declared beside the name of the assembly file that exports it.

/** A byte offset into the network's memory. */
export type Pointer = number;

export interface Kernels {
  // assembly/index.ts
  heap_base(): Pointer;
}
