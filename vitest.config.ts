import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Relaxed SIMD sits behind a flag in Node 20 and is on by default since 22; with the flag both test every build.
    execArgv: process.versions.node.startsWith("20.") ? ["--experimental-wasm-relaxed-simd"] : [],
    testTimeout: 60_000,
  },
});
