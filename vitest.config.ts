import { defaultServerConditions } from "vite";
import { defineConfig } from "vitest/config";
import { workerBundle } from "./test/support/worker-bundle.js";

// `unit` is what `npm test` runs; `package` installs the packed package elsewhere; `mnist` needs ../shared/data.
const project = (name: string, include: string[], exclude: string[] = [], globalSetup: string[] = []) => ({
  extends: true as const,
  test: { name, include, exclude, globalSetup },
});

export default defineConfig({
  // bench/ imports src/ by the package's own name for it, which means dist/ elsewhere.
  ssr: { resolve: { conditions: ["thinned-source", ...defaultServerConditions] } },
  plugins: [workerBundle()],
  test: {
    projects: [
      project(
        "unit",
        ["test/**/*.test.ts"],
        ["test/package.test.ts", "test/reference.test.ts", "test/mnist/**", "test/runtimes/**"],
      ),
      project("package", ["test/package.test.ts", "test/reference.test.ts"]),
      project("runtimes", ["test/runtimes/*.test.ts"], [], ["test/runtimes/install.ts"]),
      project("mnist", ["test/mnist/**/*.test.ts"]),
    ],
    // Relaxed SIMD sits behind a flag in Node 20 and is on by default since 22; with the flag both test every build.
    execArgv: process.versions.node.startsWith("20.") ? ["--experimental-wasm-relaxed-simd"] : [],
    // For machines that do something else as well; what hangs is found out all the same.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 30_000 } },
    reporters: process.env.THINNED_TALLY ? ["default", "./test/support/tally.ts"] : ["default"],
  },
});
