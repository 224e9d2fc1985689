// What can be sent to a worker.

import { wrongType } from "../checks.js";

/** @throws TypeError naming the function that is in there */
export function refuseFunctions(name: string, values: object, seen = new Set([values])): void {
  for (const [key, value] of Object.entries(values)) {
    if (typeof value === "function") {
      throw new TypeError(
        `${name}.${key} must be plain data; got a function, which no worker can be sent: set rates as they change`,
      );
    }
    if (typeof value === "object" && value !== null && !ArrayBuffer.isView(value) && !seen.has(value)) {
      refuseFunctions(`${name}.${key}`, value, seen.add(value));
    }
  }
}

/** @throws TypeError where data is an iterable: its blocks come from here, one after the other */
export function sendable<T>(data: T): T {
  const other = Array.isArray(data) || ArrayBuffer.isView(data) ? {} : Object(data);
  if (Symbol.asyncIterator in other || Symbol.iterator in other)
    wrongType("data", "arrays: no worker can be sent what reads blocks", data);
  return data;
}
