// Dense against sparse: from which fraction of zeros on is it worth stepping over them?

import { blockRows, pad, panelCount } from "#thinned/memory/layout.js";
import type { LayerShape } from "../shapes.js";
import type { Case, Suite } from "../suite.js";
import { matrixFloats, noise, openWorkspace, type Workspace } from "../workspace.js";
import { nameLayer, tileCase } from "./products.js";

export const density: Suite = {
  name: "density",
  title: "Dense against sparse",
  about:
    "One layer, by the fraction of its activations that are not zero (spmm forward, row update for the gradient) or of its outputs that are " +
    "wanted (sddmm). Lists are made beforehand. The ratio is to the dense product that gives the same: nn, tn and nt. At a density of 1 it tells what " +
    "the lists cost; relu alone gives a half, with dropout at p = 0.5 a quarter.",
  ratio: "speed",
  chart: "ratio",
  weight: 1.25,
  async open({ builds, shapes }) {
    const { layer, densities } = shapes.density;
    const { batch, out, in: inputs } = layer;
    const cases: Case[] = [];
    for (const build of builds) {
      const lists = densities.length * 5 * matrixFloats(Math.ceil(batch / 4) * 4, Math.max(inputs, out));
      const matrices = 2 * matrixFloats(inputs, out) + 4 * matrixFloats(batch, Math.max(inputs, out));
      const space = await openWorkspace(build, lists + matrices);
      const layerOf = openLayer(space, layer);
      const tile = tileCase(space, space.core.mr === 6 ? 6 : 4);
      cases.push(tile, ...Object.values(layerOf.dense));
      const made = densities.map(layerOf.sparse);
      for (let product = 0; product < 3; product++) cases.push(...made.map((products) => products[product]));
    }
    return { cases };
  },
};

function openLayer(space: Workspace, layer: LayerShape) {
  const { batch, out, in: inputs } = layer;
  const { scratch, build, chains } = space;
  const { kernels: k, mr } = space.core;
  const u = space.matrix(batch, inputs, noise);
  const z = space.matrix(batch, out, () => 0);
  const dz = space.matrix(batch, out, noise);
  const du = space.matrix(batch, inputs, () => 0);
  const { at: w, shape } = space.weight(out, inputs);
  const gradient = space.weight(out, inputs).at;
  const panels = panelCount(shape);
  const whole = 2 * batch * out * inputs;

  const product = (name: string, run: () => void, executed: number, baseline: Case | null): Case => ({
    name,
    build,
    run,
    amount: whole,
    samples: batch,
    flops: { executed, dense: whole },
    baseline,
  });
  const dense = {
    nn: product(
      `dense nn ${nameLayer(layer)}`,
      () => k.dense_nn(z.at, z.stride, u.at, u.stride, w, scratch, batch, inputs, out, 0, panels, mr),
      whole,
      null,
    ),
    tn: product(
      `dense tn ${nameLayer(layer)}`,
      () => k.dense_tn(gradient, u.at, u.stride, dz.at, dz.stride, scratch, batch, inputs, out, 0, inputs, mr),
      whole,
      null,
    ),
    nt: product(
      `dense nt ${nameLayer(layer)}`,
      () => k.dense_nt(du.at, du.stride, dz.at, dz.stride, w, scratch, batch, inputs, out, 0, inputs, mr),
      whole,
      null,
    ),
  };

  const slots = Math.ceil(batch / 4) * 4;
  const sums = space.bytes(4 * slots * pad(inputs));

  const sparse = (fraction: number): Case[] => {
    // Which elements are zero follows from another irrational step than their values, or small ones would be missing.
    const s = space.matrix(batch, inputs, (i) => (((i + 1) * 0.7548776662466927) % 1 < fraction ? noise(i) || 0.5 : 0));
    const block = blockRows(fraction);
    const blocks = Math.ceil(inputs / block);
    const byBlock = space.bytes(8 * batch * pad(inputs));
    const blockSpans = space.bytes(8 * batch * blocks);
    const byUnit = space.bytes(8 * slots * s.stride);
    const unitSpans = space.bytes(8 * pad(inputs));
    k.list_by_block(byBlock, blockSpans, s.at, batch, inputs, s.stride, block, 0, blocks);
    k.list_by_unit(byUnit, unitSpans, slots, s.at, batch, s.stride, 0, inputs);
    const samples = space.bytes(2 * slots * pad(inputs));
    const counts = space.bytes(4 * pad(inputs));
    k.list_active(samples, counts, s.at, batch, 4 * s.stride, scratch, 0, inputs);
    const executed = 2 * k.count_nonzero(s.at, batch, inputs, s.stride) * out;
    const spmm = () => k.spmm(z.at, z.stride, byBlock, blockSpans, w, scratch, batch, inputs, out, block, 0, panels);
    // biome-ignore format: a product, one line
    const rowUpdate = () => k.row_update(gradient, byUnit, unitSpans, dz.at, dz.stride, scratch, batch, inputs, out, 0, inputs, 0, 0, 0);
    const sddmm = () => {
      // biome-ignore format: a product, one line
      k.sddmm(sums, samples, counts, dz.at, dz.stride, w, scratch, batch, inputs, out, 0, inputs, chains);
      k.scatter_sums(du.at, du.stride, sums, samples, counts, 0, inputs);
    };
    return [
      product(`spmm, density ${fraction}`, spmm, executed, dense.nn),
      product(`row update, density ${fraction}`, rowUpdate, executed, dense.tn),
      product(`sddmm, density ${fraction}`, sddmm, executed, dense.nt),
    ];
  };
  return { dense, sparse };
}
