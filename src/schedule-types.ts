// What callers say of numbers that change while a network learns. It imports nothing, as types.ts.

/** What every schedule may have. */
interface Begun {
  /**
   * The update that is the schedule's first, counted as `net.step` counts. Default 0. Before it, the first value holds.
   */
  begin?: number;
}

/** Always the same. */
export type ConstantSchedule = Begun & { type: "constant"; value: number };

/**
 * Along a line, or half a wave of a cosine (Loshchilov & Hutter 2017): `from` at the first update, `to` (default 0)
 * after `steps` of them.
 */
export type RampSchedule = Begun & { type: "linear" | "cosine"; from: number; to?: number; steps: number };

/** Times `factor` (default 0.1) after each `every` updates. */
export type StepSchedule = Begun & { type: "step"; from: number; every: number; factor?: number };

/** Times `factor` after each update. */
export type ExponentialSchedule = Begun & { type: "exponential"; from: number; factor: number };

/**
 * Along a line from `from` (default 0) to where `to` begins, for `steps` updates; from then on `to`, a value or a
 * schedule.
 */
export type WarmUpSchedule = Begun & { type: "warm-up"; from?: number; steps: number; to: number | Schedule };

/**
 * Up to `peak` in the first part (`warmUp`, default 0.3) of `steps` updates, and down, both along cosines (Smith &
 * Topin 2019, as PyTorch has it). Default `from`: peak / 25; `to`: from / 10⁴.
 */
export type OneCycleSchedule = Begun & {
  type: "one-cycle";
  peak: number;
  steps: number;
  warmUp?: number;
  from?: number;
  to?: number;
};

/**
 * Of a learning rate: times `factor` (default 0.1) where `fit` has seen more than `patience` (default 10) epochs in a
 * row without a validation loss below (1 − `threshold`) of the best, `threshold` being 10⁻⁴ unless given; then
 * `cooldown` (default 0) epochs are not counted. Never below `to` (default 0).
 */
export interface PlateauSchedule {
  type: "plateau";
  from: number;
  factor?: number;
  patience?: number;
  threshold?: number;
  cooldown?: number;
  to?: number;
}

/**
 * `early`: `value` for the first `steps` updates, 0 after them; `late`: the other way round. As a rate: early dropout,
 * which fits where underfitting is the problem, and late dropout (Liu et al. 2023). Their early dropout that fades is
 * `linear`.
 */
export type PhaseSchedule = Begun & { type: "early" | "late"; value: number; steps: number };

/**
 * A number that is a function of the updates made so far. Plain data: it is saved with the network, and crosses to a
 * worker.
 */
export type Schedule =
  | ConstantSchedule
  | RampSchedule
  | StepSchedule
  | ExponentialSchedule
  | WarmUpSchedule
  | OneCycleSchedule
  | PlateauSchedule
  | PhaseSchedule;
