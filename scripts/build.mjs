// Everything in dist/, in the order in which each part needs the earlier ones. The WebAssembly is there already:
// scripts/build-wasm.mjs.
import { rmSync } from "node:fs";
import { describeEntries } from "./entries.mjs";
import { forgetThirdParty, writeThirdParty } from "./third-party.mjs";

// What an earlier build left behind would be packed.
rmSync(new URL("../dist", import.meta.url), { recursive: true, force: true });
describeEntries();
forgetThirdParty();
for (const part of ["programs", "modules", "commonjs", "types", "bundles", "demo"]) await import(`./build-${part}.mjs`);
writeThirdParty();
await import("./sizes.mjs");
