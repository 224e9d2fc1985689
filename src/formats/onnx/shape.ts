// Shapes, and the places of elements in them, row-major.

export const range = (length: number): number[] => Array.from({ length }, (_, i) => i);

export const elements = (dims: readonly number[]): number => dims.reduce((product, size) => product * size, 1);

/** How far apart neighbours along each axis are. */
export const strides = (dims: readonly number[]): number[] => dims.map((_, axis) => elements(dims.slice(axis + 1)));

/** An axis, or a place along one, from the front; −1 where there is none. */
export function fromFront(at: number, length: number): number {
  const front = at < 0 ? at + length : at;
  return Number.isInteger(front) && front >= 0 && front < length ? front : -1;
}

/** The sums of one offset for each axis, the last axis going fastest. */
export const combine = (offsets: readonly number[][]): number[] =>
  offsets.reduce((places, axis) => places.flatMap((place) => axis.map((offset) => place + offset)), [0]);

/** The shape that two broadcast to, or undefined. */
export function broadcast(a: readonly number[], b: readonly number[]): number[] | undefined {
  const rank = Math.max(a.length, b.length);
  const [left, right] = [a, b].map((dims) => [...Array(rank - dims.length).fill(1), ...dims]);
  const fits = left.every((size, axis) => size === 1 || right[axis] === 1 || size === right[axis]);
  return fits ? left.map((size, axis) => (size === 1 ? right[axis] : size)) : undefined;
}

/** For each element of the shape `to`, the one that broadcasting from the shape `dims` puts there. */
export function broadcastPlaces(dims: readonly number[], to: readonly number[]): number[] {
  const steps = strides(dims).map((stride, axis) => (dims[axis] === 1 ? 0 : stride));
  return combine(to.map((size, axis) => range(size).map((i) => i * (steps[axis - to.length + dims.length] ?? 0))));
}
