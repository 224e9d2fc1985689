// A build without threads as the same build over a memory that threads share. The two differ only in the type of the
// memory that they import, so the package ships one of them.

/** What wasm32 can address, in pages of 64 KB: the maximum that a shared memory has to declare. */
export const MOST_PAGES = 65536;

const IMPORT_SECTION = 2;
/** One import: "env", "memory", a memory with no maximum. Its smallest size follows. */
const PRIVATE_MEMORY = [1, 3, ...text("env"), 6, ...text("memory"), 2, 0];
/** The same; shared, with a maximum. */
const SHARED_MEMORY = [...PRIVATE_MEMORY.slice(0, -1), 3];

/**
 * The module that `asc --sharedMemory --maximumMemory 65536` would have compiled.
 * @throws TypeError where the bytes are not a build of ours
 */
export function shareMemory(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  // A section is its number, its size and its content; ours before the code are small enough for sizes of one or two
  // bytes.
  for (let at = 8; at < bytes.length; ) {
    const [size, content] = readNumber(bytes, at + 1);
    if (bytes[at] === IMPORT_SECTION && PRIVATE_MEMORY.every((byte, i) => bytes[content + i] === byte)) {
      const smallest = bytes.subarray(content + PRIVATE_MEMORY.length, content + size);
      const imports = [...SHARED_MEMORY, ...smallest, ...number(MOST_PAGES)];
      const section = [IMPORT_SECTION, ...number(imports.length), ...imports];
      return Uint8Array.from([...bytes.subarray(0, at), ...section, ...bytes.subarray(content + size)]);
    }
    at = content + size;
  }
  throw new TypeError("wasm must be a core of thinned, which imports its memory; got another module");
}

/** An unsigned LEB128 number, and where it ends. */
function readNumber(bytes: Uint8Array, at: number): [number, number] {
  let value = 0;
  for (let shift = 0; at < bytes.length; shift += 7) {
    const byte = bytes[at++];
    value |= (byte & 127) << shift;
    if (byte < 128) break;
  }
  return [value, at];
}

function number(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...number(value >>> 7)];
}

function text(word: string): number[] {
  return Array.from(word, (letter) => letter.charCodeAt(0));
}
