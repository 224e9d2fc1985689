// Which of a row's values is the largest: the class that a classifier means.

/** The place of the first largest of `width` values from `start` on; −1 where one is NaN. */
export function argmax(values: ArrayLike<number>, start: number, width: number): number {
  let at = 0;
  for (let j = 0; j < width; j++) {
    if (Number.isNaN(values[start + j])) return -1;
    if (values[start + j] > values[start + at]) at = j;
  }
  return at;
}
