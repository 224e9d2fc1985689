// A network in a few lines, for whoever prints it.

import type { Model } from "../model/model.js";
import { followSchedules } from "../model/scheduled.js";
import { runtimeInfo } from "../threads/open.js";

/** See `Network.summary`. */
export function summarise(model: Model): string {
  followSchedules(model);
  const { sizes, activation, output, temperature, rates, scaling, loss, optimizer, seed } = model.config;
  const { step, epoch } = model.counters;
  const { build, threads, memory } = runtimeInfo(model);
  const parameters = model.shapes.reduce((sum, shape) => sum + (shape.in + 1) * shape.out, 0);
  const hidden = [...new Set(activation.map((one) => (typeof one === "string" ? one : one.type)))].join(", ");
  const dropped = rates.map((rate) => (typeof rate === "function" ? "by step" : rate)).join(", ");
  const learning = `${optimizer.type}, learning rate ${optimizer.learningRate}, seed ${seed}`;
  return [
    `Network ${sizes.join("-")}: ${grouped(parameters)} parameters`,
    `${hidden ? `activation ${hidden}, ` : ""}output ${output}${temperature === 1 ? "" : ` at temperature ${Number(temperature.toPrecision(4))}`}, loss ${loss}`,
    `dropout ${dropped} (${scaling})`,
    `${learning}; ${grouped(step)} updates, ${epoch} epochs so far`,
    `${build} build, ${threads === 1 ? "1 thread" : `${threads} threads`}, ${grouped(memory)} bytes of memory`,
  ].join("\n  ");
}

/** 1863690 → 1,863,690. */
function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}
