// Adds one line of counts per test run to the file that THINNED_TALLY names; .ci/run sums them.
import { appendFileSync } from "node:fs";
import type { Reporter, TestModule } from "vitest/node";

export default class Tally implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      let failedTests = 0;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === "passed") counts.passed++;
        else if (state === "failed") failedTests++;
        else counts.skipped++;
      }
      // A file that cannot be loaded, or whose hooks throw, fails without a failing test.
      counts.failed += module.ok() ? failedTests : Math.max(1, failedTests);
    }
    appendFileSync(process.env.THINNED_TALLY!, `${counts.passed} ${counts.failed} ${counts.skipped}\n`);
  }
}
