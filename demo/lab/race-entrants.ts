// Who races: every call under every scaling.

export const STRATEGIES = ["none", "standard", "inverted", "folded"] as const;
export const CALLS = ["train_step", "test_step", "mc_step"] as const;
export type Strategy = (typeof STRATEGIES)[number];
export type Call = (typeof CALLS)[number];

/** Thinned networks that `mc_step` averages. */
export const DRAWS = 10;

export interface Entrant {
  call: Call;
  strategy: Strategy;
}

/** Without dropout there is nothing that Monte-Carlo dropout could average. */
export const ENTRANTS: readonly Entrant[] = CALLS.flatMap((call) =>
  STRATEGIES.filter((strategy) => call !== "mc_step" || strategy !== "none").map((strategy) => ({ call, strategy })),
);

/** Custom properties of the bars' colours: one per strategy, in their order. */
export const COLORS = ["--muted", "--without", "--with", "--folded"] as const;

/** The name of the worker that races. */
export const RACE = "race";
