// The register tile in L1, and the dense products built from it.

import { panelCount } from "#thinned/memory/layout.js";
import type { LayerShape } from "../shapes.js";
import type { Case, OpenSuite, Suite } from "../suite.js";
import { matrixFloats, noise, openWorkspace, type Workspace } from "../workspace.js";

/** Depth of the tile's operands, that of a block of the products: 8 KB and 4 to 6 KB of L1. */
const DEPTH = 256;
/**
 * A tile takes less than a microsecond: this many make up an operation, and the call from JavaScript costs nothing
 * worth naming.
 */
const TILES = 64;

export const products: Suite = {
  name: "products",
  title: "Dense products beside their register tile",
  about:
    "One layer at a time, batch × out × in, weights stored by input: nn is the forward pass, nt goes back to the input, tn is the weight's gradient. " +
    "The ratio is to the register tile with its operands in L1, taken in the same rounds: what a product loses to packing, edges and memory.",
  ratio: "speed",
  chart: "gflops",
  weight: 2,
  async open({ builds, shapes }) {
    const cases: Case[] = [];
    for (const build of builds) {
      const floats = shapes.products.reduce((sum, layer) => sum + layerFloats(layer), 0);
      const space = await openWorkspace(build, floats);
      const tiles = [tileCase(space, 4), tileCase(space, 6)];
      const own = tiles[space.core.mr === 6 ? 1 : 0];
      for (const tile of tiles) tile.baseline = own;
      cases.push(...tiles, ...shapes.products.flatMap((layer) => productCases(space, layer, own)));
    }
    return { cases } satisfies OpenSuite;
  },
};

function layerFloats({ batch, out, in: inputs }: LayerShape): number {
  return 2 * (matrixFloats(batch, inputs) + matrixFloats(batch, out) + matrixFloats(inputs, out));
}

export function tileCase(space: Workspace, rows: 4 | 6): Case {
  const operand = (floats: number) => {
    const at = space.bytes(4 * floats);
    space.view(at, floats).set(Float32Array.from({ length: floats }, (_, i) => noise(i)));
    return at;
  };
  const [c, a, b] = [operand(rows * 8), operand(rows * DEPTH), operand(8 * DEPTH)];
  const { kernels } = space.core;
  const tile = rows === 4 ? kernels.tile_4x8 : kernels.tile_6x8;
  const flops = TILES * 2 * rows * 8 * DEPTH;
  return {
    name: `tile ${rows}×8 in L1`,
    build: space.build,
    run() {
      for (let i = 0; i < TILES; i++) tile(c, 32, a, b, 32, DEPTH, 1);
    },
    amount: flops,
    flops: { executed: flops, dense: flops },
    baseline: null,
  };
}

function productCases(space: Workspace, layer: LayerShape, baseline: Case): Case[] {
  const { batch, out, in: inputs } = layer;
  const { scratch } = space;
  const { kernels, mr } = space.core;
  const u = space.matrix(batch, inputs, noise);
  const z = space.matrix(batch, out, () => 0);
  const dz = space.matrix(batch, out, noise);
  const du = space.matrix(batch, inputs, () => 0);
  const { at: w, shape } = space.weight(out, inputs);
  const gradient = space.weight(out, inputs).at;
  const panels = panelCount(shape);
  const runs = {
    nn: () => kernels.dense_nn(z.at, z.stride, u.at, u.stride, w, scratch, batch, inputs, out, 0, panels, mr),
    nt: () => kernels.dense_nt(du.at, du.stride, dz.at, dz.stride, w, scratch, batch, inputs, out, 0, inputs, mr),
    // biome-ignore format: a product, one line
    tn: () => kernels.dense_tn(gradient, u.at, u.stride, dz.at, dz.stride, scratch, batch, inputs, out, 0, inputs, mr),
  };
  const flops = 2 * batch * out * inputs;
  return Object.entries(runs).map(([product, run]) => ({
    name: `${product} ${nameLayer(layer)}`,
    build: space.build,
    run,
    amount: flops,
    samples: batch,
    flops: { executed: flops, dense: flops },
    baseline,
  }));
}

export function nameLayer({ batch, out, in: inputs }: LayerShape): string {
  return `${batch}×${out}×${inputs}`;
}
