// From wherever a caller keeps a file to its bytes.

import { nodeModule } from "#runtime/node";
import { checkCallback, checkSignal, kindOf, wrongType } from "../checks.js";
import type { ReadOptions } from "../types.js";
import { attempt } from "./attempt.js";

/** What is still to come, or has to be asked for. */
type Answering = Response | Blob | ReadableStream<Uint8Array> | URL | string;
const ANSWERING = ["Response", "Blob", "File", "ReadableStream", "URL", "String"];

/** Bytes that are there already, as a view of them; otherwise null. */
export function presentBytes(source: unknown): Uint8Array<ArrayBuffer> | null {
  if (kindOf(source) === "ArrayBuffer") return new Uint8Array(source as ArrayBuffer);
  return ArrayBuffer.isView(source) ? (source as Uint8Array<ArrayBuffer>) : null;
}

/**
 * @param name what is read, and `expected`, what it should have been
 * @param lengthOf how long a file is that begins so; null while that is open, 0 where the rest is not wanted
 * @throws TypeError where it is no source; Error with the address where it cannot be read; `signal.reason` where it was
 * aborted
 */
export async function readBytes(
  name: string,
  expected: string,
  source: unknown,
  { signal, onProgress }: ReadOptions = {},
  lengthOf: (bytes: Uint8Array) => number | null = () => null,
): Promise<Uint8Array<ArrayBuffer>> {
  checkSignal(signal);
  checkCallback("onProgress", onProgress);
  signal?.throwIfAborted();
  const given = (await source) as Answering;
  const present = presentBytes(given);
  if (present) return present;
  const kind = kindOf(given);
  if (!ANSWERING.includes(kind)) wrongType(name, expected, given);
  const address = (given as Response).url || (/String|URL/.test(kind) ? given : `the ${kind}`);
  const failure = `${name} could not be read from ${address}`;
  let stop = () => {};
  try {
    const { body } = await attempt(failure, respond(given, kind, signal));
    if (!body) return new Uint8Array(0);
    const reader = body.getReader();
    stop = () => void reader.cancel().catch(() => {});
    signal?.addEventListener("abort", stop);
    let bytes = new Uint8Array(0);
    let loaded = 0;
    let total: number | null = null;
    // More than there should be is enough to be refused.
    while (total === null || loaded <= total) {
      const { done, value } = await attempt(failure, reader.read());
      signal?.throwIfAborted();
      if (done) break;
      const end = loaded + value.length;
      if (end > bytes.length) {
        const larger = new Uint8Array(Math.max(end, total ?? 2 * loaded));
        larger.set(bytes);
        bytes = larger;
      }
      bytes.set(value, loaded);
      loaded = end;
      total ??= lengthOf(bytes.subarray(0, loaded));
      onProgress?.({ loaded, total: total || null });
    }
    return bytes.subarray(0, loaded);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", stop);
    stop();
  }
}

async function respond(source: Answering, kind: string, signal?: AbortSignal): Promise<Response> {
  let response = source as Response;
  if (kind === "String" || kind === "URL") {
    const url = String(source);
    // Node's fetch knows no files, and there is no page that an address could be relative to.
    const files =
      /^(?!(https?|data|blob):)/.test(url) && nodeModule<typeof import("node:fs/promises")>("node:fs/promises");
    response = files
      ? new Response(await files.readFile(url.startsWith("file:") ? new URL(url) : url))
      : await fetch(url, { signal });
  } else if (kind !== "Response") response = new Response(source as BodyInit);
  if (!response.ok) throw new Error(`it answered ${response.status}`);
  return response;
}
