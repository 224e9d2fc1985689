// What a worker can be sent to learn from.
import { expect, test } from "vitest";
import { sendable } from "../../src/worker/plain.js";

test("data that only its own thread can read is refused, arrays of blocks are not", () => {
  const block = { x: Float32Array.of(1), y: [1] };
  for (const data of [block, [block], block.x, null, undefined, 3]) expect(sendable(data)).toBe(data);
  const read = async function* () {
    yield block;
  };
  for (const data of [read(), { [Symbol.asyncIterator]: read }, [block].values(), "blocks", new Set([block])])
    expect(() => sendable(data)).toThrow(/^data must be arrays: no worker can be sent what reads blocks/);
});
