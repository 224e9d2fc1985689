import { instantiateSync } from "@assemblyscript/loader";
import type { Instantiate } from "./core.js";
import type { Kernels } from "./kernels.js";

/** Through AssemblyScript's loader. */
export const instantiate: Instantiate = (module, memory) =>
  instantiateSync(module, { env: { memory } }).instance.exports as unknown as Kernels;
