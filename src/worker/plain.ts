// What can be sent to a worker.

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
