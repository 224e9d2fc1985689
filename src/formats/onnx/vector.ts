// One number for every unit: the same for all of them, or a list.

export type PerUnit = number | Float64Array;

export const at = (vector: PerUnit, unit: number): number => (typeof vector === "number" ? vector : vector[unit]);

/** Unit by unit. */
export function zip(a: PerUnit, b: PerUnit, f: (a: number, b: number) => number): PerUnit {
  if (typeof a !== "number") return a.map((value, unit) => f(value, at(b, unit)));
  return typeof b === "number" ? f(a, b) : b.map((value) => f(a, value));
}

export const plus = (a: PerUnit, b: PerUnit): PerUnit => zip(a, b, (x, y) => x + y);
export const times = (a: PerUnit, b: PerUnit): PerUnit => zip(a, b, (x, y) => x * y);
export const isAll = (vector: PerUnit, value: number): boolean =>
  typeof vector === "number" ? vector === value : vector.every((one) => one === value);

/** The units at these places. */
export const pick = (vector: PerUnit, places: readonly number[]): PerUnit =>
  typeof vector === "number" ? vector : Float64Array.from(places, (place) => vector[place]);
