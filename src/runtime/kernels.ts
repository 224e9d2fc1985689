// The kernels' signatures as JavaScript sees them: the only file that knows the ABI. Pointers and sizes are numbers.
// Each block is declared beside the name of the assembly file that exports it.

/** A byte offset into the network's memory. */
export type Pointer = number;

export interface Kernels {
  // assembly/index.ts
  heap_base(): Pointer;

  // assembly/copy.ts
  scale_floats(out: Pointer, x: Pointer, n: number, factor: number): void;

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
}
