/**
 * Bytes that are no ONNX file, a damaged one, or a graph that is not a chain of dense layers. The message is one line:
 * where, what was expected, what came.
 */
export class OnnxError extends Error {
  override readonly name = "OnnxError";
}

export function damaged(what: string): never {
  throw new OnnxError(`damaged ONNX file: ${what}`);
}
