// What is kept beside every parameter, in arrays of its shape.

import type { Config } from "./network.js";

/** What optimizers remember: momentum; Adam's m and v; RMSprop's v, and its momentum. */
type OptimizerCopy = "momentum" | "m" | "v";

/** And the average of the weights, and the sum of the gradients of an accumulation. */
export type CopyName = OptimizerCopy | "average" | "sum";

type Kept = Pick<Config, "optimizer" | "schedules" | "average" | "accumulate">;

/** In the order in which memory and the model file have them. */
export function copiesOf({ optimizer, schedules, average, accumulate = 1 }: Kept): CopyName[] {
  const others: CopyName[] = [...(average ? ["average" as const] : []), ...(accumulate > 1 ? ["sum" as const] : [])];
  const hasMomentum = "momentum" in optimizer && (optimizer.momentum > 0 || schedules?.momentum !== undefined);
  if (optimizer.type === "sgd") return [...(hasMomentum ? ["momentum" as const] : []), ...others];
  if (optimizer.type === "rmsprop") return ["v", ...(hasMomentum ? ["momentum" as const] : []), ...others];
  return ["m", "v", ...others];
}

/** What the copy of a weight is multiplied by where the weight is multiplied by `factor`, and its gradient divided. */
export function copyFactor(name: CopyName, type: Config["optimizer"]["type"], factor: number): number {
  if (name === "average") return factor;
  if (name === "v") return 1 / factor ** 2;
  // RMSprop's momentum is of steps whose gradient's size has been divided out.
  return name === "momentum" && type === "rmsprop" ? 1 : 1 / factor;
}

/** Is it no optimizer's? */
export const isBeside = (name: CopyName): boolean => name === "average" || name === "sum";

/** What the optimizer of these settings remembers, as one text: another one with the same goes on from it. */
export const remembers = (config: Kept): string =>
  copiesOf(config)
    .filter((name) => !isBeside(name))
    .join();
