// --lr-schedule and --warm-up: what they say, and the schedule of a network that they mean.
import { NUMBER } from "../../data/sources/text/numbers.js";
import type { Schedule } from "../../types.js";

/** What of a run's settings says how its learning rate goes. */
interface Course {
  lr: number;
  lrSchedule: string;
  warmUp: number;
  epochs: number;
}

/** What stands behind the colon: what a schedule cannot do without. */
interface Parameter {
  what: string;
  example: string;
  isRight(value: number): boolean;
}

const epochs: Parameter = { what: "epochs", example: "10", isRight: (value) => Number.isInteger(value) && value > 0 };
const factor: Parameter = {
  what: "its factor per epoch",
  example: "0.95",
  isRight: (value) => value > 0 && value <= 1,
};

const PARAMETERS = {
  linear: null,
  constant: null,
  cosine: null,
  "one-cycle": null,
  step: epochs,
  exponential: factor,
  plateau: epochs,
} as const satisfies Record<string, Parameter | null>;

export const LR_SCHEDULES = Object.entries(PARAMETERS).map(([name, parameter]) =>
  parameter ? `${name}:${parameter === factor ? "FACTOR" : "EPOCHS"}` : name,
);

/** Why this is no schedule; undefined where it is one. */
export function whyNoSchedule(text: string): string | undefined {
  const [name, value, ...more] = text.split(":");
  if (!Object.hasOwn(PARAMETERS, name)) return `one of ${LR_SCHEDULES.join(", ")}`;
  const parameter: Parameter | null = PARAMETERS[name as keyof typeof PARAMETERS];
  if (!parameter) return value === undefined ? undefined : `${name} alone: it lasts for --epochs`;
  const right = value !== undefined && NUMBER.test(value) && parameter.isRight(Number(value)) && more.length === 0;
  return right ? undefined : `${name} with ${parameter.what}, as in ${name}:${parameter.example}`;
}

/** Does the run have to tell its network of validation losses? */
export const waitsForPlateaus = ({ lrSchedule }: Pick<Course, "lrSchedule">): boolean =>
  lrSchedule.startsWith("plateau");

/** The schedule that a network follows from update to update; null where the rate is set epoch by epoch. */
export function scheduleFor(settings: Course, stepsPerEpoch: number): Schedule | null {
  const { lr, lrSchedule, warmUp } = settings;
  const [name, value] = lrSchedule.split(":");
  const warm = warmUp * stepsPerEpoch;
  if (warm === 0 && (name === "linear" || name === "constant")) return null;
  const steps = Math.max(1, (settings.epochs - warmUp) * stepsPerEpoch);
  const own = (): Schedule => {
    switch (name) {
      case "constant":
        return { type: name, value: lr };
      case "one-cycle":
        return { type: name, peak: lr, steps };
      case "step":
        return { type: name, from: lr, every: Number(value) * stepsPerEpoch };
      case "exponential":
        return { type: "step", from: lr, every: stepsPerEpoch, factor: Number(value) };
      case "plateau":
        return { type: name, from: lr, patience: Number(value) };
      default:
        return { type: name as "linear" | "cosine", from: lr, steps };
    }
  };
  return warm > 0 ? { type: "warm-up", steps: warm, to: own() } : own();
}
