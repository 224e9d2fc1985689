// What a schedule says: one place computes it, for learning rates, momentum and dropout rates alike.

import type { Schedule } from "../../types.js";
import { halfWave } from "./half-wave.js";
import { power } from "./power.js";

/** From `a` (at part 0) to `b` (at part 1). Down to 0 it is a·(1 − part), to the bit. */
function line(a: number, b: number, part: number): number {
  return a * (1 - part) + b * part;
}

/**
 * The value of a checked schedule.
 * @param step updates made so far: what the next one is to learn by
 * @param plateau the value that a schedule that waits for plateaus has come to; where it has not moved, it begins
 */
export function scheduledValue(schedule: Schedule, step: number, plateau?: number): number {
  if (schedule.type === "plateau") return plateau ?? schedule.from;
  const taken = Math.max(0, step - (schedule.begin ?? 0));
  switch (schedule.type) {
    case "constant":
      return schedule.value;
    case "early":
      return taken < schedule.steps ? schedule.value : 0;
    case "late":
      return taken < schedule.steps ? 0 : schedule.value;
    case "step":
      return schedule.from * power(schedule.factor ?? 0.1, Math.floor(taken / schedule.every));
    case "exponential":
      return schedule.from * power(schedule.factor, taken);
    case "one-cycle":
      return oneCycle(schedule, taken);
    case "warm-up": {
      const { from = 0, steps, to } = schedule;
      const after = (at: number) => (typeof to === "number" ? to : scheduledValue(to, at, plateau));
      return taken < steps ? line(from, after(0), taken / steps) : after(taken - steps);
    }
    default: {
      const { from, to = 0, steps } = schedule;
      if (taken >= steps) return to;
      return (schedule.type === "linear" ? line : halfWave)(from, to, taken / steps);
    }
  }
}

/** Its last update has the lowest value, its highest one stands on a whole update: as PyTorch counts. */
function oneCycle(schedule: Schedule & { type: "one-cycle" }, taken: number): number {
  const { peak, steps, warmUp = 0.3, from = peak / 25, to = from / 1e4 } = schedule;
  const [top, end] = [warmUp * steps - 1, steps - 1];
  if (taken >= end) return to;
  return taken <= top
    ? top > 0
      ? halfWave(from, peak, taken / top)
      : peak
    : halfWave(peak, to, (taken - top) / (end - top));
}
