// Data that comes in blocks, from an iterable: what can be known of it beforehand, and its blocks, checked as they
// come.

import { wrongType } from "../checks.js";
import type { Model } from "../model/model.js";
import type { Blocks, DataSet } from "../types.js";
import { type CheckedData, checkBlock } from "./evaluate.js";

/** What gives the blocks anew each time. */
export const AGAIN = "give { [Symbol.asyncIterator]: () => read() }, read being the function that makes it";

/** Not texts and typed arrays, though their letters and numbers can be iterated. */
export function isBlocks(data: unknown): data is Blocks {
  if (typeof data !== "object" || data === null || ArrayBuffer.isView(data)) return false;
  return Symbol.asyncIterator in data || Symbol.iterator in data;
}

/** @throws TypeError where they can be read once, and there are more epochs to read them for: an iterator is such */
export function checkBlocks(data: Blocks, epochs: number): Blocks {
  if (epochs > 1 && typeof (data as { next?: unknown }).next === "function")
    wrongType("data", "blocks that can be read anew in each epoch", data, AGAIN);
  return data;
}

function begin(data: Blocks): AsyncIterator<DataSet> | Iterator<DataSet | PromiseLike<DataSet>> {
  return Symbol.asyncIterator in data ? data[Symbol.asyncIterator]() : data[Symbol.iterator]();
}

/** The blocks of one pass. However it ends, their iterator is told. An abort does not wait for the block to come. */
export async function* readBlocks(live: () => Model, data: Blocks, signal?: AbortSignal): AsyncGenerator<CheckedData> {
  const iterator = begin(data);
  let over: boolean | undefined;
  try {
    for (let i = 0; ; i++) {
      const { done, value } = await unlessAborted(iterator.next(), signal);
      over = done;
      if (done) return;
      yield checkBlock(live(), `data[${i}]`, await unlessAborted(value, signal));
    }
  } finally {
    // Nobody waits for it: it may be in the middle of a block that never comes.
    if (!over) void (async () => iterator.return?.())().catch(() => {});
  }
}

async function unlessAborted<T>(waiting: T | PromiseLike<T>, signal?: AbortSignal): Promise<T> {
  if (!signal) return waiting;
  signal.throwIfAborted();
  let abort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort);
  });
  try {
    return await Promise.race([waiting, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
