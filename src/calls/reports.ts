// The reports of a fit: to be iterated, as they come, or awaited, all of them.

import type { EpochReport, EpochReports } from "../types.js";

/**
 * Lets a fit be awaited. Other libraries' are, and a generator that is awaited and not iterated would have trained nothing, without a word.
 * @param reports nothing runs until they are asked for
 */
export function awaitable(reports: AsyncGenerator<EpochReport, void, void>): EpochReports {
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
  return Object.assign(reports, { then });
}
