// Adds one line of counts per test run to the file that THINNED_TALLY names; .ci/run sums them.
import { appendFileSync } from "node:fs";
import type { Reporter, TestModule } from "vitest/node";

export default class Tally implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      // A file that cannot be loaded and a hook that throws fail without a failing test: each counts as one.
      const broken = [module, ...module.children.allSuites()].filter((part) => part.errors().length > 0).length;
      let failed = broken;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === "passed") counts.passed++;
        else if (state === "failed") failed++;
        else counts.skipped++;
      }
      counts.failed += module.ok() ? failed : Math.max(1, failed);
    }
    appendFileSync(process.env.THINNED_TALLY!, `${counts.passed} ${counts.failed} ${counts.skipped}\n`);
  }
}
