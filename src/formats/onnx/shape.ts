// Shapes, and the places of elements in them: what constants are folded with, and what says which units a node lets through.

/** How many elements; NaN where a dimension is not known. */
export const elements = (dims: readonly number[]): number => dims.reduce((product, size) => product * size, 1);

/** An axis from the front, or −1 where there is no such axis. */
export function frontAxis(axis: number, rank: number): number {
  const front = axis < 0 ? axis + rank : axis;
  return Number.isInteger(front) && front >= 0 && front < rank ? front : -1;
}

/** For each element of the result, where it was: places `picks` along one axis, everything along the others. */
export function placesAlong(dims: readonly number[], axis: number, picks: readonly number[]): number[] {
  const inner = elements(dims.slice(axis + 1));
  const places: number[] = [];
  for (let outer = 0; outer < elements(dims.slice(0, axis)); outer++) {
    for (const pick of picks) {
      const start = (outer * dims[axis] + pick) * inner;
      for (let i = 0; i < inner; i++) places.push(start + i);
    }
  }
  return places;
}

/** For each element of the transposed tensor, where it was. */
export function placesTransposed(dims: readonly number[], order: readonly number[]): number[] {
  const strides = dims.map((_, axis) => elements(dims.slice(axis + 1)));
  return placesOf(
    order.map((axis) => dims[axis]),
    order.map((axis) => strides[axis]),
  );
}

/** For each element of the shape `dims`, the one of `from` that broadcasting puts there; undefined where that does not fit. */
export function placesBroadcast(from: readonly number[], dims: readonly number[]): number[] | undefined {
  const aligned = [...Array(Math.max(0, dims.length - from.length)).fill(1), ...from];
  if (aligned.length > dims.length || aligned.some((size, axis) => size !== 1 && size !== dims[axis])) return undefined;
  return placesOf(
    dims,
    aligned.map((size, axis) => (size === 1 ? 0 : elements(aligned.slice(axis + 1)))),
  );
}

/** The shape that two broadcast to, or undefined. */
export function broadcastDims(a: readonly number[], b: readonly number[]): number[] | undefined {
  const rank = Math.max(a.length, b.length);
  const at = (dims: readonly number[], axis: number) => dims[axis - rank + dims.length] ?? 1;
  const dims = Array.from({ length: rank }, (_, axis) => (at(a, axis) === 1 ? at(b, axis) : at(a, axis)));
  return dims.every((size, axis) => [1, size].includes(at(b, axis))) ? dims : undefined;
}

function placesOf(dims: readonly number[], strides: readonly number[]): number[] {
  let places = [0];
  dims.forEach((size, axis) => {
    const longer: number[] = [];
    for (const place of places) for (let i = 0; i < size; i++) longer.push(place + i * strides[axis]);
    places = longer;
  });
  return places;
}

/** Places start, start + step, … before `end`, as NumPy slices. */
export function slicePlaces(size: number, start: number, end: number, step: number): number[] {
  const clamp = (at: number, low: number, high: number) => Math.min(high, Math.max(low, at < 0 ? at + size : at));
  const places: number[] = [];
  if (step > 0) for (let i = clamp(start, 0, size), to = clamp(end, 0, size); i < to; i += step) places.push(i);
  if (step < 0)
    for (let i = clamp(start, 0, size - 1), to = clamp(end, -1, size - 1); i > to; i += step) places.push(i);
  return places;
}
