// A trained network as a file: what stands in it beside the weights.

import { Network } from "thinned";
import { checkEncoding } from "#thinned/data/encode/encoding.js";
import type { Encoding } from "#thinned/data/encode/table.js";
import { parseJson } from "#thinned/formats/safetensors/json.js";
import { readSafetensors } from "#thinned/formats/safetensors/writer.js";

/** A trained network as a file, and what its inputs mean. */
export interface SavedModel {
  /** A safetensors file, as `thinned train` writes it and `Network.load` reads it. */
  bytes: Uint8Array;
  encoding: Encoding;
  /** Where it comes from, as a visitor is told: "trained above, 12 epochs". */
  origin: string;
}

/** @throws Error: what is wrong with the file */
export async function openModel(name: string, bytes: Uint8Array): Promise<{ net: Network; encoding: Encoding }> {
  const text = encodingIn(name, bytes);
  const net = await Network.load(bytes, { build: "simd", threads: 1 }).catch((error: Error) => {
    throw new Error(`${name}: ${error.message}`);
  });
  const encoding = encodingOf(name, text, net);
  const { sizes, loss } = net.config;
  if (sizes[0] !== encoding.features || sizes[sizes.length - 1] !== encoding.outputs) {
    net.dispose();
    throw new Error(`${name}: its network does not fit its encoding; the file is damaged, train again`);
  }
  if (loss !== "cross-entropy") {
    net.dispose();
    throw new Error(`${name}: expected a network that tells classes apart, got one with the loss ${loss}`);
  }
  return { net, encoding };
}

function encodingIn(name: string, bytes: Uint8Array): string {
  let text: string | undefined;
  try {
    text = readSafetensors(bytes).metadata.encoding;
  } catch (error) {
    throw new Error(`${name}: ${(error as Error).message}`);
  }
  if (text) return text;
  throw new Error(`${name}: expected the metadata entry "encoding", which thinned train and this page write; got none`);
}

function encodingOf(name: string, text: string, net: Network): Encoding {
  try {
    return checkEncoding(parseJson(text), net.config.inputs?.shift);
  } catch (error) {
    net.dispose();
    throw new Error(`${name}: ${(error as Error).message}`);
  }
}
