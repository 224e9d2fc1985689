// How the workers of a step share it. Each runs the same code on its share of the outputs, never of a sum. So results
// are the same to the bit for any number of workers.

export interface Team {
  /** This worker's number, from 0. */
  readonly index: number;
  readonly size: number;
  /** This worker's part [from, to) of `total`, cut at multiples of `grain`. */
  share(total: number, grain: number): [number, number];
  /** Waits until every worker has come here. What others wrote before is visible afterwards. */
  sync(): void;
  /** The sum of every worker's value, the same for all, in the order of their numbers; waits as `sync` does. */
  total(value: number): number;
}

/** A team of one. */
export const SOLO: Team = {
  index: 0,
  size: 1,
  share: (total) => [0, total],
  sync: () => {},
  total: (value) => value,
};

/** Worker `index` of `size`: whole grains, as even as they can be. */
export function evenShare(index: number, size: number, total: number, grain: number): [number, number] {
  const grains = Math.ceil(total / grain);
  const at = (worker: number): number => Math.min(total, Math.floor((grains * worker) / size) * grain);
  return [at(index), at(index + 1)];
}
