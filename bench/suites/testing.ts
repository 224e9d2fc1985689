// Answers: what each strategy costs once the network is trained.

import { monteCarlo } from "#thinned/calls/mc-step.js";
import { momentStep } from "#thinned/calls/moment-step.js";
import { moreDraws } from "#thinned/calls/more-draws.js";
import { readUnits } from "#thinned/calls/rows.js";
import { answersOfSharedDraws } from "#thinned/calls/shared-draws.js";
import { answer } from "#thinned/calls/test-step.js";
import type { Model } from "#thinned/model/model.js";
import type { Network } from "#thinned/network.js";
import type { Scaling } from "#thinned/types.js";
import { batchFor, forwardFlops, openNetwork, optionsOf } from "../networks.js";
import { countFlops } from "../profile.js";
import type { Case, Suite } from "../suite.js";

export const testing: Suite = {
  name: "testing",
  title: "Answers by strategy",
  about:
    "test_step under each scaling (p = 0.5), Monte-Carlo dropout, which averages many thinned networks and tells how much they differ, with a mask for each row or one for all, " +
    "and moment_step, which estimates both without drawing. " +
    "The ratio is to the network without dropout.",
  ratio: "speed",
  chart: "samples",
  weight: 1.5,
  async open({ shapes, best }) {
    const { network, draws } = shapes;
    const nets: Network[] = [];
    const cases: Case[] = [];
    const { x } = batchFor(network);
    const add = async (
      name: string,
      scaling: Scaling,
      p: number,
      run: (net: Network) => unknown = (net) => net.test_step(x),
      count: (model: Model) => unknown = (model) => answer(model, x, readUnits),
      passes = 1,
    ) => {
      const settings = { dropout: p, scaling, build: best };
      const net = await openNetwork(network, settings);
      nets.push(net);
      const executed = await countFlops(optionsOf(network, settings), count);
      cases.push({
        name,
        build: best,
        run: () => run(net),
        amount: network.batch,
        samples: network.batch,
        flops: { executed, dense: forwardFlops(network) * passes },
        baseline: cases[0] ?? null,
      });
      cases[0].baseline = cases[0];
    };
    await add("none", "inverted", 0);
    for (const scaling of ["standard", "inverted", "folded"] as const) await add(scaling, scaling, 0.5);
    const more = moreDraws(answersOfSharedDraws);
    for (const samples of draws) {
      for (const masks of ["independent", "shared"] as const) {
        const options = { samples, draw: 0, masks };
        const name = `Monte-Carlo, k = ${samples}${masks === "shared" ? ", one mask" : ""}`;
        const count = (model: Model) => monteCarlo(model, x, options, more);
        await add(name, "inverted", 0.5, (net) => net.mc_step(x, options), count, samples);
      }
    }
    const moments = (model: Model) => momentStep(model, x);
    await add("moments", "inverted", 0.5, (net) => net.moment_step(x), moments);
    const close = () => {
      for (const net of nets) net.dispose();
    };
    return { cases, close };
  },
};
