import { kindOf, wrongType } from "../../checks.js";

/** What a caller hands over as a file. */
export function asBytes(name: string, bytes: unknown): Uint8Array {
  if (ArrayBuffer.isView(bytes)) return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shared = ["ArrayBuffer", "SharedArrayBuffer"].includes(kindOf(bytes));
  return shared ? new Uint8Array(bytes as ArrayBuffer) : wrongType(name, "a Uint8Array or an ArrayBuffer", bytes);
}
