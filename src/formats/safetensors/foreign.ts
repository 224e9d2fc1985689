// What people hand over by mistake in place of a safetensors file, told by its first bytes (Latin-1).

const FOREIGN: [start: string, what: string][] = [
  ["\x89PNG", "a PNG image"],
  ["\xff\xd8\xff", "a JPEG image"],
  ["PK\x03\x04", "a zip archive (PyTorch's .pt and NumPy's .npz files are such)"],
  ["\x1f\x8b", "gzip data"],
  ["\x80\x02", "a Python pickle"],
  ["\x80\x04", "a Python pickle"],
  ["\x93NUMPY", "a NumPy array"],
  ["\x89HDF", "an HDF5 file"],
  ["\x00\x00\x08", "an IDX file (data, not a model)"],
  ["\x00asm", "a WebAssembly module"],
  ["GGUF", "a GGUF model"],
  ["version https://git-lfs", "a Git LFS pointer: fetch the file it stands for"],
  ["<", "HTML or XML (a server's error page?)"],
  ["{", "JSON"],
  ["[", "JSON"],
];

/** What bytes that start so look like; undefined where that cannot be told. */
export function nameForeign(start: string): string | undefined {
  return FOREIGN.find(([signature]) => start.startsWith(signature))?.[1] ?? (isText(start) ? TEXT : undefined);
}

const TEXT = "text, as a CSV file is";

/** The first eight bytes of a safetensors file are a small number, and most of them 0. */
function isText(start: string): boolean {
  return start.length > 8 && [...start].every((c) => c >= " " || "\t\n\r".includes(c));
}
