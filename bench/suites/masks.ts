// Keep bits.

import { maskStride } from "#thinned/memory/layout.js";
import { Stream } from "#thinned/random/philox.js";
import type { Case, Suite } from "../suite.js";
import { openWorkspace, type Workspace } from "../workspace.js";

export const masks: Suite = {
  name: "masks",
  title: "Drawing masks",
  about:
    "Packed keep bits from Philox4x32-10, by the probability of dropping: each further binary digit of p that has to be looked at " +
    "halves the units that are still undecided. Beside it what programs do by hand, Math.random() compared with p for each element of a " +
    "Float32Array, which no seed can repeat.",
  ratio: "speed",
  chart: "bits",
  weight: 0.75,
  async open({ builds, shapes }) {
    const { batch, width, rates } = shapes.masks;
    const byHand = byMathRandom(batch * width);
    const cases = [byHand];
    for (const build of builds) {
      const space = await openWorkspace(build, batch * width);
      cases.push(...rates.map((p) => drawn(space, batch, width, p, byHand)));
    }
    return { cases };
  },
};

function drawn(space: Workspace, batch: number, width: number, p: number, baseline: Case): Case {
  const mask = space.bytes(batch * maskStride(width));
  let step = 0;
  return {
    name: `p = ${Number(p.toFixed(3))}`,
    build: space.build,
    run: () => space.core.kernels.draw_mask(mask, batch, width, 0, p, Stream.update, 1, step++, 0, 1, 0),
    amount: batch * width,
    bits: batch * width,
    samples: batch,
    baseline,
  };
}

function byMathRandom(length: number): Case {
  const mask = new Float32Array(length);
  const byHand: Case = {
    name: "Math.random, p = 0.5",
    build: "js",
    run() {
      for (let i = 0; i < mask.length; i++) mask[i] = Math.random() > 0.5 ? 1 : 0;
    },
    amount: length,
    bits: length,
    baseline: null,
  };
  byHand.baseline = byHand;
  return byHand;
}
