// The package's bundles in a real page: `thinned`, `infer`, `worker` and some data as its globals.
import { useServedPage } from "./served-page.js";

const page = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>thinned</title>
<script type="module">
  import * as thinned from "./thinned.js";
  import * as infer from "./infer.js";
  import * as worker from "./worker.js";
  const n = 400;
  const x = Float32Array.from({ length: 2 * n }, (_, i) => (((i >> 1) * (i % 2 ? 0.569840296 : 0.754877666)) % 1) - 0.5);
  const y = Array.from({ length: n }, (_, i) => (x[2 * i] ** 2 + x[2 * i + 1] ** 2 < 0.16 ? 1 : 0));
  const options = { sizes: [2, 32, 32, 2], dropout: 0.1, optimizer: { type: "adam", learningRate: 0.01 }, seed: 1, build: "simd" };
  Object.assign(globalThis, { thinned, infer, worker, x, y, options, ready: true });
</script>`;

declare global {
  // biome-ignore-start lint/suspicious/noExplicitAny: what the page's own script put there
  var thinned: any;
  var infer: any;
  var worker: any;
  var x: Float32Array;
  var y: number[];
  var options: any;
  var ready: boolean;
  // biome-ignore-end lint/suspicious/noExplicitAny: as above
}

/** A new page for every test of the file that calls it. */
export const useBundlePage = () =>
  useServedPage({
    folder: "dist/bundle",
    page: "/",
    pages: { "/": page },
    ready: (opened) => opened.waitForFunction(() => globalThis.ready),
  });
