// A folder of examples/ as somebody has it who copied it and ran `npm install`: beside it the built package under its
// name.
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { root } from "./pages.js";

export interface Example extends Disposable {
  folder: string;
}

/** @param tools packages of the example's devDependencies, which this repository has too */
export function copyExample(name: string, tools: string[] = []): Example {
  const folder = mkdtempSync(path.join(tmpdir(), `thinned-${name}-`));
  cpSync(path.join(root, "examples", name), folder, { recursive: true });
  mkdirSync(path.join(folder, "node_modules"));
  symlinkSync(root, path.join(folder, "node_modules/thinned"), "junction");
  for (const tool of tools) {
    symlinkSync(path.join(root, "node_modules", tool), path.join(folder, "node_modules", tool), "junction");
  }
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }) };
}
