// The option `frozen`: which layers steps leave as they are.

import { checkInteger, wrongType, wrongValue } from "../checks.js";

/** Numbers of layers as in `W1`, each once, in ascending order. @throws TypeError, RangeError naming the wrong one */
export function resolveFrozen(given: unknown, layers: number): number[] {
  if (!Array.isArray(given)) wrongType("frozen", "an array of layers' numbers, such as [1] for W1 and b1", given);
  const numbers = Array.from(given, (layer, i) => checkInteger(`frozen[${i}]`, layer, 1, layers));
  if (new Set(numbers).size < numbers.length) wrongValue("frozen", "of different layers", given);
  return numbers.sort((a, b) => a - b);
}
