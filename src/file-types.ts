// What callers say of model files: where one comes from, and how it is written. It imports nothing, as types.ts.

/**
 * A model file: its bytes, or where they come from. A text is an address, as a URL is; in Node also a path or a `file:`
 * URL.
 */
export type ModelSource = Bytes | PromiseLike<Bytes>;
type Bytes = Uint8Array | ArrayBuffer | Blob | Response | ReadableStream<Uint8Array> | URL | string;

export interface ReadOptions {
  /** Aborting rejects with `signal.reason`, and stops what is being fetched. */
  signal?: AbortSignal;
  /**
   * Called after each piece that arrives; `total` as the file says, null until its header is there. Bytes that are
   * there already make no calls.
   */
  onProgress?: (progress: { loaded: number; total: number | null }) => void;
}

/**
 * How weights are saved: as they are; in half precision (IEEE's, or a float's upper half); or in bytes, with a scale
 * for each output.
 */
export type SavedType = "F32" | "F16" | "BF16" | "I8";

export interface SaveOptions {
  /** Keep what resuming needs: the optimizer's state. Default true; false saves weights alone. */
  optimizer?: boolean;
  /**
   * Half or a quarter of the bytes for weights that are rounded; biases and the optimizer's state stay F32. Default
   * "F32".
   */
  dtype?: SavedType;
}

/** `WebAssembly.Module`, in words that stand where a project's library has no WebAssembly. */
type WasmModule = typeof globalThis extends { WebAssembly: { Module: new (...args: never[]) => infer M } } ? M : never;

/** A compiled module, its bytes, or where to fetch them. */
export type WasmSource = WasmModule | ArrayBuffer | ArrayBufferView | URL | string | Response | PromiseLike<Response>;
