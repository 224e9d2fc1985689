// Which answers to trust: leave out the most doubtful, or tell strange inputs from known ones, by one number for each
// row.

import { checkNumbers, descending, type Numbers } from "./arguments.js";

/**
 * Risk–coverage curve (El-Yaniv & Wiener 2010): `risk[i]` is the mean loss of the i + 1 answers that are doubted least.
 * @param doubt `[n]`, larger is more doubtful: an entropy, a variance
 * @param losses `[n]`: 1 for a wrong answer and 0 for a right one, or any loss
 */
export function riskCoverage(doubt: Numbers, losses: Numbers): { coverage: Float64Array; risk: Float64Array } {
  checkNumbers("doubt", doubt);
  checkNumbers("losses", losses, doubt.length);
  const order = descending(doubt).reverse();
  const coverage = new Float64Array(order.length);
  const risk = new Float64Array(order.length);
  let sum = 0;
  order.forEach((row, i) => {
    sum += losses[row];
    coverage[i] = (i + 1) / order.length;
    risk[i] = sum / (i + 1);
  });
  return { coverage, risk };
}

/** Area under the risk–coverage curve: the mean of its risks. 0 at best. */
export function aurc(doubt: Numbers, losses: Numbers): number {
  const { risk } = riskCoverage(doubt, losses);
  return risk.reduce((sum, value) => sum + value, 0) / risk.length;
}

/**
 * Area under the ROC curve: how likely a strange row scores above a known one, equals counting half. ½ for guessing, 1
 * at best.
 * @param known scores of rows of the known kind
 * @param strange scores of others
 */
export function auroc(known: Numbers, strange: Numbers): number {
  const { ranks } = rankAll(known, strange);
  let sum = 0;
  for (let i = 0; i < strange.length; i++) sum += ranks[known.length + i];
  return (sum - (strange.length * (strange.length + 1)) / 2) / (known.length * strange.length);
}

/**
 * The share of known rows that is taken for strange where 95 % of the strange ones are found. 0 at best.
 * @param known scores of rows of the known kind
 * @param strange scores of others
 */
export function fpr95(known: Numbers, strange: Numbers): number {
  checkNumbers("known", known);
  checkNumbers("strange", strange);
  const sorted = Array.from(strange).sort((a, b) => b - a);
  const threshold = sorted[Math.ceil(0.95 * sorted.length) - 1];
  return Array.from(known).filter((score) => score >= threshold).length / known.length;
}

/** The rank of every score among all, from 1; equals have their mean rank. */
function rankAll(known: Numbers, strange: Numbers): { ranks: Float64Array } {
  checkNumbers("known", known);
  checkNumbers("strange", strange);
  const all = Float64Array.from([...Array.from(known), ...Array.from(strange)]);
  const order = descending(all).reverse();
  const ranks = new Float64Array(all.length);
  for (let begin = 0, end = 0; begin < order.length; begin = end) {
    while (end < order.length && all[order[end]] === all[order[begin]]) end++;
    for (let i = begin; i < end; i++) ranks[order[i]] = (begin + 1 + end) / 2;
  }
  return { ranks };
}
