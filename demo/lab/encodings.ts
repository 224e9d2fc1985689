// What a model's inputs are, without what reads models.
import type { Encoding } from "#thinned/data/encode/table.js";

/** Its inputs as square pictures: their side; null where they are something else. */
export function sideOf({ classes, imageShape }: Encoding): number | null {
  return classes && imageShape && imageShape[0] === imageShape[1] ? imageShape[0] : null;
}
