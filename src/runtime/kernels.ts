// The kernels' signatures as JavaScript sees them: the only file that knows the ABI. Pointers and sizes are numbers.
// Each block is declared beside the name of the assembly file that exports it.

/** A byte offset into the network's memory. */
export type Pointer = number;

export interface Kernels {
  // assembly/index.ts
  heap_base(): Pointer;

  // assembly/philox.ts
  // biome-ignore format: the output, then the counter's and the key's words
  philox_words(out: Pointer, blocks: number, c0: number, c1: number, c2: number, c3: number, k0: number, k1: number): void;

  // assembly/mask.ts
  // biome-ignore format: the output, its sizes, then where in the sequence of all masks it lies
  draw_mask(mask: Pointer, batch: number, n: number, sample0: number, p: number, stream: number, layer: number, stepLo: number, stepHi: number, seedLo: number, seedHi: number): void;
  pack_mask(mask: Pointer, bytes: Pointer, batch: number, n: number): void;
  unpack_mask(bytes: Pointer, mask: Pointer, batch: number, n: number): void;

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
