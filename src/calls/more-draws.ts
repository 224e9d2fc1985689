// What mc_step can do beyond mean and variance: keep the draws, give quantiles, share masks. thinned/infer leaves it
// out.

import { checkBoolean, checkNumber, checkOneOf, wrongType, wrongValue } from "../checks.js";
import { KeptDraws } from "./kept-draws.js";
import type { More } from "./mc-step.js";
import type { answersOfRepeatedMasks } from "./repeated-masks.js";

/** @param sharedAnswers what answers where masks are shared */
export const moreDraws = (sharedAnswers: typeof answersOfRepeatedMasks): More => ({
  options: ["outputs", "quantiles", "masks"],
  open(model, rows, sampling, { outputs = false, quantiles, masks = "independent" }) {
    checkBoolean("outputs", outputs);
    const shared = checkOneOf("masks", masks, ["independent", "shared"]) === "shared";
    const wanted = { outputs, quantiles: quantiles === undefined ? null : checkQuantiles(quantiles) };
    const kept = new KeptDraws(wanted, sampling.samples, rows.batch * model.config.sizes.at(-1)!);
    return { kept, ...(shared && { answers: sharedAnswers }) };
  },
});

function checkQuantiles(quantiles: unknown): readonly number[] {
  const expected = "an array of one or more numbers from 0 to 1, such as [0.05, 0.5, 0.95]";
  if (!Array.isArray(quantiles)) wrongType("quantiles", expected, quantiles);
  if (quantiles.length === 0) wrongValue("quantiles", expected, quantiles);
  return Array.from(quantiles, (level, i) => checkNumber(`quantiles[${i}]`, level, 0, 1));
}
