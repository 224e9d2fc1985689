// Tests run from the sources, and Node starts no thread from TypeScript: does what a bundler does with `new
// URL("./crew-worker.js", import.meta.url)`.
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, type Plugin } from "vite";

const root = fileURLToPath(new URL("../..", import.meta.url));

export function workerBundle(): Plugin {
  let bundled: Promise<string> | undefined;
  return {
    name: "thinned-worker",
    async transform(code, id) {
      if (!id.endsWith("/src/threads/start.ts")) return undefined;
      bundled ??= bundle();
      return code.replaceAll('new URL("./crew-worker.js", import.meta.url)', `new URL("${await bundled}")`);
    },
  };
}

async function bundle(): Promise<string> {
  const outDir = `${root}/node_modules/.cache/thinned`;
  await build({
    root,
    configFile: false,
    logLevel: "error",
    build: {
      outDir,
      emptyOutDir: false,
      minify: false,
      target: "node20",
      lib: { entry: `${root}/src/threads/crew-worker.ts`, formats: ["es"], fileName: () => "crew-worker.mjs" },
    },
  });
  return pathToFileURL(`${outDir}/crew-worker.mjs`).href;
}
