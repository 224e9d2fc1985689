// The promise of conformal prediction, measured: coverage over many splits follows the beta-binomial distribution that
// theory gives.
import { describe, expect, test } from "vitest";
import { Philox } from "../../src/random/philox.js";
import * as scores from "../../src/scores/index.js";

const SPLITS = 1000;
const CALIBRATION = 200;
const TEST = 100;

/** log Γ by Stirling's series, shifted up to where it is exact to 1e-12. */
function logGamma(x: number): number {
  if (x < 20) return logGamma(x + 1) - Math.log(x);
  return (
    (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2 + 1 / (12 * x) - 1 / (360 * x ** 3) + 1 / (1260 * x ** 5)
  );
}
const logBeta = (a: number, b: number) => logGamma(a) + logGamma(b) - logGamma(a + b);

/** P(k of TEST rows are covered), where the threshold is the rank-th smallest of n scores. */
function betaBinomial(n: number, rank: number): number[] {
  return Array.from({ length: TEST + 1 }, (_, k) => {
    const choose = logGamma(TEST + 1) - logGamma(k + 1) - logGamma(TEST - k + 1);
    return Math.exp(choose + logBeta(k + rank, TEST - k + n + 1 - rank) - logBeta(rank, n + 1 - rank));
  });
}

/** The narrowest band of counts from below and above that leaves out at most 1 % of the distribution. */
function band(distribution: number[]): { low: number; high: number; inside: number } {
  let [low, high, left, right] = [0, TEST, 0, 0];
  while (left + distribution[low] <= 0.005) left += distribution[low++];
  while (right + distribution[high] <= 0.005) right += distribution[high--];
  return { low, high, inside: 1 - left - right };
}

/**
 * Rows of three kinds, none of them well behaved: intervals for heavy tails, for noise that grows, sets of a network
 * that is too sure.
 */
const KINDS: Record<string, (random: Philox, n: number, share: number) => (m: number) => number> = {
  "intervals, heavy tails": (random, n, share) => {
    const draw = () => Math.tan(Math.PI * (random.uniform() - 0.5));
    const y = Array.from({ length: n }, draw);
    const threshold = scores.conformalQuantile(
      scores.intervalScores(
        y.map(() => 0),
        y,
      ),
      share,
    );
    return (m) => {
      const fresh = Array.from({ length: m }, draw);
      const { low, high } = scores.predictIntervals(
        fresh.map(() => 0),
        threshold,
      );
      return scores.coverage(low, high, fresh);
    };
  },
  "intervals divided by a deviation": (random, n, share) => {
    const rows = (m: number) => {
      const deviations = Array.from({ length: m }, () => 0.1 + random.uniform());
      return { deviations, y: deviations.map((d) => d * (random.uniform() + random.uniform() - 1)) };
    };
    const { deviations, y } = rows(n);
    const threshold = scores.conformalQuantile(
      scores.intervalScores(
        y.map(() => 0),
        y,
        deviations,
      ),
      share,
    );
    return (m) => {
      const fresh = rows(m);
      const { low, high } = scores.predictIntervals(
        fresh.y.map(() => 0),
        threshold,
        fresh.deviations,
      );
      return scores.coverage(low, high, fresh.y);
    };
  },
  "sets of a network that is too sure": (random, n, share) => {
    const classes = 5;
    const rows = (m: number) => {
      const probabilities: number[] = [];
      const labels: number[] = [];
      for (let i = 0; i < m; i++) {
        const logits = Array.from({ length: classes }, () => 4 * random.uniform());
        const weigh = (sharpness: number) => {
          const weights = logits.map((logit) => Math.exp(sharpness * logit));
          const sum = weights.reduce((a, b) => a + b);
          return weights.map((weight) => weight / sum);
        };
        probabilities.push(...weigh(3));
        let left = random.uniform();
        const drawn = weigh(1).findIndex((p) => {
          left -= p;
          return left < 0;
        });
        labels.push(Math.max(0, drawn));
      }
      return { probabilities, labels };
    };
    const { probabilities, labels } = rows(n);
    const threshold = scores.conformalQuantile(scores.setScores(probabilities, labels, "lac"), share);
    return (m) => {
      const fresh = rows(m);
      const sets = scores.predictSets(fresh.probabilities, classes, threshold, "lac");
      return sets.filter((set, i) => set.includes(fresh.labels[i])).length / m;
    };
  },
};

describe.each(Object.entries(KINDS))("%s", (_, kind) => {
  test.each([0.8, 0.9, 0.95])("cover as promised at %d", (share) => {
    const random = new Philox(7, 15);
    const rank = Math.ceil((CALIBRATION + 1) * share);
    const { low, high, inside } = band(betaBinomial(CALIBRATION, rank));
    let sum = 0;
    let outside = 0;
    for (let split = 0; split < SPLITS; split++) {
      const covered = Math.round(TEST * kind(random, CALIBRATION, share)(TEST));
      sum += covered;
      if (covered < low || covered > high) outside++;
    }
    const expected = rank / (CALIBRATION + 1);
    // Beta-binomial variance of one split's share; six standard errors of the mean over all.
    const n = CALIBRATION + 1;
    const variance = (expected * (1 - expected) * (n + TEST)) / ((n + 1) * TEST);
    expect(Math.abs(sum / SPLITS / TEST - expected)).toBeLessThan(6 * Math.sqrt(variance / SPLITS));
    expect(sum / SPLITS / TEST).toBeGreaterThan(share - 6 * Math.sqrt(variance / SPLITS));
    // Splits outside the exact band: binomial; six standard deviations.
    const wanted = SPLITS * (1 - inside);
    expect(Math.abs(outside - wanted)).toBeLessThan(6 * Math.sqrt(wanted * inside) + 1);
  });
});

describe("the finite-sample quantile", () => {
  test("is the ⌈(n + 1)·share⌉-th smallest", () => {
    const ten = [9, 1, 8, 2, 7, 3, 6, 4, 5, 10];
    expect(scores.conformalQuantile(ten, 0.5)).toBe(6);
    expect(scores.conformalQuantile(ten, 0.9)).toBe(10);
    expect(() => scores.conformalQuantile(ten, 0.95)).toThrow(
      /^scores must be of 19 calibration rows or more for a coverage of 0.95; got an array of 10$/,
    );
  });

  test.each([
    [0.9, 9],
    [0.7, 3],
    [0.99, 99],
  ])("a coverage of %d needs %i rows", (share, needed) => {
    const rows = Array.from({ length: needed }, (_, i) => i);
    expect(scores.conformalQuantile(rows, share)).toBe(needed - 1);
    expect(() => scores.conformalQuantile(rows.slice(1), share)).toThrow(`of ${needed} calibration rows or more`);
  });

  test.each([0, 1, -0.1, 1.5, Number.NaN])("refuses a coverage of %d", (share) => {
    expect(() => scores.conformalQuantile([1, 2], share)).toThrow(
      /^share must be between 0 and 1, neither included; got/,
    );
  });
});

describe("sets", () => {
  const probabilities = [0.5, 0.3, 0.2, 0.1, 0.1, 0.8];

  test("lac takes every class in whose probability is 1 − threshold or more, most probable first", () => {
    expect(scores.predictSets(probabilities, 3, 0.75)).toEqual([[0, 1], [2]]);
    expect(scores.predictSets(probabilities, 3, 0.1), "sets may be empty").toEqual([[], []]);
  });

  test("aps takes classes in until their sum passes the threshold, and always the first", () => {
    expect(scores.predictSets(probabilities, 3, 0.85, "aps")).toEqual([[0, 1], [2]]);
    expect(scores.predictSets(probabilities, 3, 0.1, "aps")).toEqual([[0], [2]]);
    expect([...scores.setScores(probabilities, [2, 1], "aps")]).toEqual([1, expect.closeTo(1, 12)]);
  });

  test("a threshold for each class holds class by class", () => {
    const thresholds = scores.classThresholds([0.1, 0.2, 0.3, 0.9, 0.8, 0.7], [0, 0, 0, 1, 1, 1], 2, 0.7);
    expect([...thresholds]).toEqual([0.3, 0.9]);
    expect(scores.predictSets([0.75, 0.25], 2, thresholds)).toEqual([[0, 1]]);
    expect(() => scores.classThresholds([0.1, 0.2], [0, 0], 2, 0.5)).toThrow(/class 1 has none/);
  });
});

test("quantiles are widened by how far y lies outside, and narrowed where all lie inside", () => {
  expect([...scores.quantileScores([0, 0, 0], [1, 1, 1], [0.5, 2, -3])]).toEqual([-0.5, 1, 3]);
});
