// What is wrong with calls of thinned/uncertainty, and what their messages tell to write.
import type { Remedy } from "./run.js";

const NET = `const net = await Network.create({ sizes: [2, 3, 2], loss: "cross-entropy" });
  const x = new Float32Array(80), y = Array.from({ length: 40 }, (_, i) => i % 2)`;
const file = "const file = Ensemble.of([net, await Network.create({ sizes: [2, 3, 2], seed: 1 })]).save()";
const ANEW = /or (calibrate\(.*\))/;

export const UNCERTAINTY: Remedy[] = [
  {
    says: "await Network.load(…) gives one",
    given: `${NET}; const saved = net.save()`,
    wrong: "calibrate(Network.load(saved), { x, y })",
    take: /; (await Network\.load)/,
    right: "return calibrate(REMEDY(saved), { x, y })",
  },
  {
    says: "an object { x, y }",
    given: NET,
    wrong: "calibrate(net, [x, y])",
    take: /an object (\{.*?\})/,
    right: "return calibrate(net, REMEDY)",
  },
  ...["create", "load"].map((call) => ({
    says: "await Network.create(…) or Network.load(…) gives one",
    given: NET,
    wrong: "Ensemble.of([net, Network.load(net.save())])",
    take: new RegExp(`(Network\\.${call})`),
    right: `return Ensemble.of([net, await REMEDY(${call === "load" ? "net.save()" : "{ sizes: [2, 3, 2] }"})]).predict(x)`,
  })),
  ...[/"(thinned)" or/, /or "(thinned\/infer)"/].map((take) => ({
    says: 'import { Network } from "thinned" or "thinned/infer"',
    given: `${NET}; ${file}`,
    wrong: "await Ensemble.load(file)",
    take,
    right: 'return (await Ensemble.load(file, entries["REMEDY"].Network)).predict(x)',
  })),
  {
    says: "; a single network is for Network.load",
    given: NET,
    wrong: "await Ensemble.load(net.save(), Network)",
    take: /for (Network\.load)/,
    right: "return (await REMEDY(net.save())).predict(x)",
  },
  {
    says: "the network was not calibrated; run `…`, or calibrate(net, { x, y })",
    given: NET,
    wrong: "sets(net, x)",
    take: ANEW,
    right: "REMEDY; return sets(net, x)",
  },
  {
    says: "its promise is void: run `…` again, or calibrate(net, { x, y })",
    given: `${NET}; calibrate(net, { x, y }); net.setParameters({ b2: Float32Array.of(3, 0) })`,
    wrong: "sets(net, x)",
    take: ANEW,
    right: "REMEDY; return sets(net, x)",
  },
];
