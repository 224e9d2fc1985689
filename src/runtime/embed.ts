// How compiled builds travel inside the package. They are deflated together, because they repeat each other, and in
// base64, which a script can hold.

import { nodeModule } from "#runtime/node";
import { compile } from "./compile.js";

/**
 * Builds in slices that take turns: their names and lengths in bytes, in order, and all of them as one zlib stream in
 * base64. Deflate finds what repeats in the last 32 KB, so a build's slice has to follow closely on the other's.
 */
export interface Packed {
  lengths: Record<string, number>;
  deflated: string;
}

/**
 * What a package has embedded: packed bytes, or modules for runtimes that compile no bytes and had them compiled
 * beforehand.
 */
export type Embedded = Packed | { modules: Record<string, WebAssembly.Module> };

/** Bytes. */
const SLICE = 2 ** 14;

/** Each build's bytes. */
export async function unpack({ lengths, deflated }: Packed): Promise<Record<string, Uint8Array<ArrayBuffer>>> {
  const total = Object.values(lengths).reduce((sum, length) => sum + length);
  const bytes = await inflate(
    Uint8Array.from(atob(deflated), (byte) => byte.charCodeAt(0)),
    total,
  );
  const builds: Record<string, Uint8Array<ArrayBuffer>> = {};
  for (const name in lengths) builds[name] = new Uint8Array(lengths[name]);
  for (let from = 0, at = 0; at < total; from += SLICE) {
    for (const name in lengths) {
      const slice = bytes.subarray(at, at + Math.max(0, Math.min(SLICE, lengths[name] - from)));
      builds[name].set(slice, Math.min(from, lengths[name]));
      at += slice.length;
    }
  }
  return builds;
}

async function inflate(bytes: Uint8Array<ArrayBuffer>, length: number): Promise<Uint8Array<ArrayBuffer>> {
  // Node's zlib unpacks at once. Bun had it years before it had streams for that.
  const zlib = nodeModule<typeof import("node:zlib")>("node:zlib");
  if (zlib) return new Uint8Array(zlib.inflateSync(bytes));
  // The stream is written and read by hand. A Blob or a Response would send the bytes through another process of the
  // browser, and take a quarter of the time to a first answer.
  const { readable, writable } = new DecompressionStream("deflate");
  writable.getWriter().write(bytes);
  const reader = readable.getReader();
  const inflated = new Uint8Array(length);
  for (let end = 0; end < length; ) {
    const piece: Uint8Array = (await reader.read()).value!;
    inflated.set(piece, end);
    end += piece.length;
  }
  return inflated;
}

/** Compiles embedded bytes. `needs` says what the engine must have for that. */
export function compileBuild(bytes: BufferSource, name: string, needs: string): Promise<WebAssembly.Module> {
  return compile(bytes, `cannot compile the "${name}" build, which needs ${needs}`);
}
