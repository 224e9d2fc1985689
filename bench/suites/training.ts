// Whole training steps: by strategy and rate, by size and batch, by build and threads.

import { availableParallelism } from "node:os";
import { SCALINGS } from "#thinned/dropout/scaling.js";
import type { Network } from "#thinned/network.js";
import type { BuildName } from "#thinned/runtime/core.js";
import { batchFor, nameSizes, openNetwork, optionsOf, type Settings, stepOf, trainingFlops } from "../networks.js";
import { countFlops } from "../profile.js";
import type { NetworkShape } from "../shapes.js";
import type { Case, OpenSuite, Suite } from "../suite.js";

/** Opens networks one by one and closes them together. */
class Steps implements OpenSuite {
  readonly cases: Case[] = [];
  readonly #open: Network[] = [];

  async add(
    name: string,
    build: BuildName,
    shape: NetworkShape,
    options: Settings,
    baseline: Case | null,
  ): Promise<Case> {
    const settings = { build, ...options };
    const net = await openNetwork(shape, settings);
    this.#open.push(net);
    const { x, y } = batchFor(shape);
    const executed = await countFlops(optionsOf(shape, settings), stepOf(shape));
    const added: Case = {
      name,
      build,
      threads: net.runtime.threads,
      run: () => net.train_step(x, y),
      amount: shape.batch,
      samples: shape.batch,
      flops: { executed, dense: trainingFlops(shape) },
      baseline,
    };
    added.baseline ??= added;
    this.cases.push(added);
    return added;
  }

  close(): void {
    for (const net of this.#open) net.dispose();
  }
}

export const strategies: Suite = {
  name: "strategies",
  title: "Training steps by strategy",
  about:
    "A training step on one thread without dropout, then by scaling and probability of dropping of the hidden layers. Plain SGD, dense random " +
    "inputs. The ratio is to the step without dropout, which steps over relu's zeros; below it the same step with every zero multiplied, as " +
    "dense frameworks do.",
  ratio: "speed",
  chart: "time",
  weight: 1.25,
  async open({ shapes, best }) {
    const steps = new Steps();
    const baseline = await steps.add("none", best, shapes.network, { dropout: 0 }, null);
    await steps.add("none, zeros multiplied", best, shapes.network, { dropout: 0, sparse: false }, baseline);
    for (const p of shapes.rates) {
      for (const scaling of SCALINGS) {
        await steps.add(`${scaling}, p = ${p}`, best, shapes.network, { dropout: p, scaling }, baseline);
      }
    }
    return steps;
  },
};

export const sizes: Suite = {
  name: "sizes",
  title: "Training steps by size and batch",
  about:
    "Inverted dropout at p = 0.5 on hidden layers beside the same network without dropout, which is what the ratio is to.",
  ratio: "speed",
  chart: "ratio",
  weight: 1.5,
  async open({ shapes, best }) {
    const steps = new Steps();
    for (const shape of shapes.networks) {
      const name = `${nameSizes(shape.sizes)}, batch ${shape.batch}`;
      const baseline = await steps.add(`${name}, no dropout`, best, shape, { dropout: 0 }, null);
      await steps.add(`${name}, p = 0.5`, best, shape, { dropout: 0.5 }, baseline);
    }
    return steps;
  },
};

export const builds: Suite = {
  name: "builds",
  title: "Training steps by build and threads",
  about:
    "Inverted dropout at p = 0.5 in every build that the engine has, on one thread and on all. The ratio is to the first row.",
  ratio: "speed",
  chart: "time",
  weight: 0.5,
  async open({ shapes, builds }) {
    const steps = new Steps();
    let baseline: Case | null = null;
    for (const build of builds) {
      for (const threads of new Set([1, availableParallelism()])) {
        const name = threads === 1 ? "one thread" : `${threads} threads`;
        const added: Case = await steps.add(name, build, shapes.network, { dropout: 0.5, threads }, baseline);
        baseline ??= added;
        // Where there is no shared memory, all threads are one: that row would say the same again.
        if (threads > 1 && added.threads === 1) steps.cases.pop();
      }
    }
    return steps;
  },
};
