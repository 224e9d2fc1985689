// thinned/worker over a worker that does not run its program.
import { afterEach, expect, test, vi } from "vitest";
import { Network } from "../../src/worker/index.js";

afterEach(() => {
  vi.useRealTimers();
});

test("a worker that never answers is an error after half a minute, for create and for load, and is ended", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const ended: string[] = [];
  const silent = (name: string) =>
    ({
      addEventListener() {},
      removeEventListener() {},
      postMessage() {},
      terminate: () => ended.push(name),
    }) as unknown as Worker;
  const opening = [
    Network.create({ sizes: [2, 2], worker: silent("create") }),
    Network.load(new Uint8Array(8), { worker: silent("load") }),
  ];
  const refused = opening.map((each) =>
    expect(each).rejects.toThrow(
      /^the network's worker gives no answer; .* run thinned\/worker-thread.js, if it was given/,
    ),
  );
  await vi.advanceTimersByTimeAsync(29_000);
  expect(ended).toEqual([]);
  await vi.advanceTimersByTimeAsync(2000);
  await Promise.all(refused);
  expect(ended.sort()).toEqual(["create", "load"]);
});
