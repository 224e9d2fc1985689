// A model on its way out of the page.

export const MODEL_NAME = "thinned.safetensors";

/** Hands the bytes to the browser's downloads. */
export function download(bytes: Uint8Array): void {
  const url = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>], { type: "application/octet-stream" }));
  const link = Object.assign(document.createElement("a"), { href: url, download: MODEL_NAME });
  link.click();
  // The download has begun by then, in every browser.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
