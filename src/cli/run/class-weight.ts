// --class-weight: what it says, and what each training row counts by it.
import { InvalidArgumentError } from "commander";
import { didYouMean } from "../../checks.js";
import type { Encoding, Table } from "../../data/encode/table.js";
import { NUMBER } from "../../data/sources/text/numbers.js";
import { UsageError } from "../usage.js";

/** Weights by class name; "balanced": classes that are rarer count as much more. */
export type ClassWeight = "balanced" | Record<string, number>;

/** "balanced" or a=1,b=5. A name may hold = and commas where the rest can be told from it: the last = counts. */
export function classWeight(text: string): ClassWeight {
  if (text === "balanced") return text;
  const weights: Record<string, number> = Object.create(null);
  for (const part of text.split(/,(?=[^,]*=)/)) {
    const at = part.lastIndexOf("=");
    const value = part.slice(at + 1).trim();
    const weight = NUMBER.test(value) ? Number(value) : Number.NaN;
    if (at < 1 || !(weight >= 0 && weight < 3e38))
      throw new InvalidArgumentError('Expected "balanced", or a number of at least 0 for each class, as in a=1,b=5');
    weights[part.slice(0, at).trim()] = weight;
  }
  return weights;
}

/**
 * What each row of a table counts; undefined where all count alike. Balanced, a class of n rows counts
 * rows / (classes · n), as scikit-learn has it, by the training rows.
 * @throws UsageError where a class is named that there is none of
 */
export function rowWeights(
  asked: ClassWeight | null,
  { classes }: Encoding,
  train: Table,
  table: Table,
): Float64Array | undefined {
  if (!asked) return undefined;
  if (!classes) throw new UsageError("--class-weight is for classes, and this run predicts numbers; leave it out");
  const perClass = asked === "balanced" ? balanced(train.y, classes.length) : named(asked, classes);
  return Float64Array.from(table.y, (label) => perClass[label]);
}

function balanced(labels: ArrayLike<number>, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (let i = 0; i < labels.length; i++) counts[labels[i]]++;
  return counts.map((count) => (count === 0 ? 0 : labels.length / (classes * count)));
}

function named(weights: Record<string, number>, classes: string[]): number[] {
  const wrong = Object.keys(weights).filter((name) => !classes.includes(name));
  if (wrong.length > 0) {
    const hint = didYouMean(wrong[0], classes);
    const known = `the classes are ${classes.slice(0, 10).join(", ")}${classes.length > 10 ? ", …" : ""}`;
    throw new UsageError(`--class-weight names ${wrong.join(", ")}, which no row has; ${hint || known}`);
  }
  return classes.map((name) => (Object.hasOwn(weights, name) ? weights[name] : 1));
}
