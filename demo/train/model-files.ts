// The trained network as a file, out of the page and into it.
import { Network } from "thinned/worker";
import { checkEncoding } from "#thinned/data/encode/encoding.js";
import type { Encoding } from "#thinned/data/encode/table.js";
import { parseJson } from "#thinned/formats/safetensors/json.js";
import { readSafetensors } from "#thinned/formats/safetensors/writer.js";
import type { SavedModel } from "../lab.js";
import type { TrainingData } from "./data.js";
import { percent } from "./words.js";

export const MODEL_NAME = "thinned.safetensors";

/** Hands the bytes to the browser's downloads. */
export function download({ bytes }: SavedModel): void {
  const url = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>], { type: "application/octet-stream" }));
  const link = Object.assign(document.createElement("a"), { href: url, download: MODEL_NAME });
  link.click();
  // The download has begun by then, in every browser.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/**
 * Opens a model file, tries it on the page's test samples where they fit, and says what it is.
 * @throws Error: what is wrong with the file
 */
export async function open(file: File, data: TrainingData): Promise<{ model: SavedModel; report: string }> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const encoding = encodingOf(file.name, bytes);
  const net = await Network.load(bytes).catch((error: Error) => {
    throw new Error(`${file.name}: ${error.message}`);
  });
  try {
    const { sizes } = await net.config;
    if (sizes[0] !== encoding.features || sizes[sizes.length - 1] !== encoding.outputs) {
      throw new Error(`${file.name}: its network does not fit its encoding; the file is damaged, train again`);
    }
    const what = `${file.name}: ${sizes.join("-")}, ${await net.scaling} scaling, ${await net.step} steps`;
    const fits = (["features", "classes", "columns"] as const).every(
      (key) => JSON.stringify(encoding[key]) === JSON.stringify(data.encoding[key]),
    );
    const { error } = fits ? await net.evaluate(data.testFor(encoding)) : { error: null };
    const tested = data.test.y.length.toLocaleString("en-US");
    const result =
      error === null ? "made for other data than these" : `wrong on ${percent(error)} of ${tested} test samples`;
    return { model: { bytes, encoding, origin: file.name }, report: `${what}; ${result}.` };
  } finally {
    net.dispose();
  }
}

function encodingOf(name: string, bytes: Uint8Array): Encoding {
  try {
    const text = readSafetensors(bytes).metadata.encoding;
    if (text) return checkEncoding(parseJson(text));
  } catch (error) {
    throw new Error(`${name}: ${(error as Error).message}`);
  }
  throw new Error(`${name}: expected the metadata entry "encoding", which thinned train and this page write; got none`);
}
