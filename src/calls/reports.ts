// The reports of a fit: to be iterated, as they come, or awaited, all of them.

import type { EpochReport, EpochReports } from "../types.js";

const UNUSED =
  "thinned: the reports of a fit() were neither iterated nor awaited, so it trained nothing: await net.run(data, options)";
let unused: FinalizationRegistry<{ begun: boolean }> | undefined;

/** Here, and not where it is handed over: it would keep what is in scope there, the first fit's network, for ever. */
function tellOfUnused({ begun }: { begun: boolean }): void {
  if (!begun) console.warn(UNUSED);
}

/**
 * Lets a fit be awaited. Other libraries' are, and a generator that is awaited and not iterated would have trained
 * nothing, without a word. One that nobody asks for anything is told about when it is garbage.
 * @param make gives the reports; they call `begin` when they are asked for, and nothing runs before
 */
export function awaitable(make: (begin: () => void) => AsyncGenerator<EpochReport, void, void>): EpochReports {
  const state = { begun: false };
  const reports = make(() => {
    state.begun = true;
  });
  let all: Promise<EpochReport[]> | undefined;
  const runToEnd = async (): Promise<EpochReport[]> => {
    const made: EpochReport[] = [];
    for await (const report of reports) made.push(report);
    return made;
  };
  const then: EpochReports["then"] = (done, failed) => {
    all ??= runToEnd();
    return all.then(done, failed);
  };
  unused ??= new FinalizationRegistry(tellOfUnused);
  unused.register(reports, state);
  return Object.assign(reports, { then });
}
