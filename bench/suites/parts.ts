// Where a training step's time goes.

import { nameSizes, optionsOf, stepOf, trainingFlops } from "../networks.js";
import { type KernelUse, openProfile } from "../profile.js";
import type { Case, Suite } from "../suite.js";

/** Srivastava's rates for MNIST: 0.2 of the input, 0.5 of the hidden units. */
const DROPOUT = { input: 0.2, hidden: 0.5 };

/** What the kernels do in a step; `OTHERS` what is not named here. */
const GROUPS = [
  { name: "draw the masks", kernels: ["draw_mask"] },
  { name: "bias, activation, mask and scale", kernels: ["activate", "backward_relu", "backward_slope"] },
  {
    name: "list what is not zero",
    kernels: ["count_nonzero", "list_by_block", "list_by_unit", "list_active", "list_kept"],
  },
  { name: "spmm", kernels: ["spmm"] },
  { name: "sddmm", kernels: ["sddmm", "scatter_sums"] },
  { name: "row updates", kernels: ["row_update"] },
  { name: "dense products", kernels: ["dense_nn", "dense_nt", "dense_tn"] },
] as const;
const OTHERS = "loss, bias gradients, checks, updates";
const NAMED: readonly string[] = GROUPS.flatMap(({ kernels }) => kernels as readonly string[]);

export const parts: Suite = {
  name: "parts",
  title: "Where a training step's time goes",
  about:
    `Every kernel call within the steps is timed: inverted dropout, p = ${DROPOUT.input} on the input and ${DROPOUT.hidden} on hidden layers, relu, ` +
    "plain SGD, one thread. The ratio is the fraction of the step; what is missing to 100 % is JavaScript.",
  ratio: "share",
  chart: "ratio",
  weight: 0.5,
  async open({ shapes, best }) {
    const shape = shapes.network;
    const { model, take } = await openProfile(optionsOf(shape, { dropout: DROPOUT, build: best }));
    const step = stepOf(shape);
    const taken: Map<string, KernelUse>[] = [];
    step(model);
    const flops = [...take().values()].reduce((sum, use) => sum + use.flops, 0);
    const whole: Case = {
      name: `train_step ${nameSizes(shape.sizes)}, batch ${shape.batch}`,
      build: best,
      run() {
        step(model);
        taken.push(take());
      },
      amount: shape.batch,
      samples: shape.batch,
      flops: { executed: flops, dense: trainingFlops(shape) },
      baseline: null,
    };
    return { cases: [whole], parts: () => partsOf(taken, whole) };
  },
};

/** A row per group that had anything to do, with a timing for each step. */
function partsOf(steps: readonly Map<string, KernelUse>[], whole: Case): { part: Case; timings: number[] }[] {
  const groups = [...GROUPS, { name: OTHERS, kernels: [...steps[0].keys()].filter((name) => !NAMED.includes(name)) }];
  return groups.flatMap(({ name, kernels }) => {
    const uses = steps.map((step) =>
      kernels.map((kernel) => step.get(kernel)).filter((use): use is KernelUse => use !== undefined),
    );
    if (uses.some((used) => used.length === 0)) return [];
    const timings = uses.map((used) => used.reduce((sum, { seconds }) => sum + seconds, 0));
    const flops = uses[0].reduce((sum, use) => sum + use.flops, 0);
    const part: Case = { name, build: whole.build, run() {}, amount: whole.amount, baseline: whole };
    if (flops > 0) part.flops = { executed: flops, dense: flops };
    return [{ part, timings }];
  });
}
