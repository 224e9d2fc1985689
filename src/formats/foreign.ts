// What people hand over by mistake, by its first bytes (Latin-1).

const FOREIGN: [start: string, what: string][] = [
  ["\x89PNG", "a PNG image"],
  ["\xff\xd8\xff", "a JPEG image"],
  ["PK\x03\x04", "a zip archive (PyTorch's .pt files are some, NumPy's .npz files, too)"],
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

/** What a file is, by its beginning; undefined where that is nothing known. */
export function foreignKind(file: Uint8Array): string | undefined {
  const start = String.fromCharCode(...file.subarray(0, 32));
  return FOREIGN.find(([signature]) => start.startsWith(signature))?.[1];
}
