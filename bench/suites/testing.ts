// Answers: what each strategy costs once the network is trained.

import { monteCarlo } from "#thinned/calls/mc-step.js";
import { readUnits } from "#thinned/calls/rows.js";
import { answer } from "#thinned/calls/test-step.js";
import type { Network } from "#thinned/network.js";
import type { Scaling } from "#thinned/types.js";
import { batchFor, forwardFlops, openNetwork, optionsOf } from "../networks.js";
import { countFlops } from "../profile.js";
import type { Case, Suite } from "../suite.js";

export const testing: Suite = {
  name: "testing",
  title: "Answers by strategy",
  about:
    "test_step under each scaling (p = 0.5), and Monte-Carlo dropout, which averages many thinned networks and tells how much they differ. " +
    "The ratio is to the network without dropout.",
  ratio: "speed",
  chart: "samples",
  weight: 1.5,
  async open({ shapes, best }) {
    const { network, draws } = shapes;
    const nets: Network[] = [];
    const cases: Case[] = [];
    const add = async (name: string, scaling: Scaling, p: number, samples = 0) => {
      const settings = { dropout: p, scaling, build: best };
      const net = await openNetwork(network, settings);
      nets.push(net);
      const { x } = batchFor(network);
      const executed = await countFlops(optionsOf(network, settings), (model) => {
        if (samples > 0) monteCarlo(model, x, { samples, draw: 0 });
        else answer(model, x, readUnits);
      });
      cases.push({
        name,
        build: best,
        run: samples > 0 ? () => net.mc_step(x, { samples, draw: 0 }) : () => net.test_step(x),
        amount: network.batch,
        samples: network.batch,
        flops: { executed, dense: forwardFlops(network) * Math.max(1, samples) },
        baseline: cases[0] ?? null,
      });
      cases[0].baseline = cases[0];
    };
    await add("none", "inverted", 0);
    for (const scaling of ["standard", "inverted", "folded"] as const) await add(scaling, scaling, 0.5);
    for (const samples of draws) await add(`Monte-Carlo, k = ${samples}`, "inverted", 0.5, samples);
    const close = () => {
      for (const net of nets) net.dispose();
    };
    return { cases, close };
  },
};
