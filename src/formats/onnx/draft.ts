// A graph in the making: nodes and numbers by the names that they get. Fields are numbered as in onnx.proto.

import { write } from "./proto.js";
import { BOOL, FLOAT } from "./tensor.js";

/** Types of attributes. */
const FLOAT_ATTRIBUTE = 1;
const INT_ATTRIBUTE = 2;

export class Draft {
  readonly #nodes: { op: string; inputs: string[]; output: string; attributes: Uint8Array[] }[] = [];
  readonly #initializers = new Map<string, Uint8Array>();

  /**
   * A node that reads these tensors: the name of what it makes. A float among its attributes comes in an array, a whole
   * number as it is.
   */
  node(op: string, inputs: string[], attributes: Record<string, number | Float32Array> = {}): string {
    const output = `${op}.${this.#nodes.length}`;
    const written = Object.entries(attributes).map(([name, value]) =>
      typeof value === "number"
        ? write([1, name], [3, value], [20, INT_ATTRIBUTE])
        : write([1, name], [2, value], [20, FLOAT_ATTRIBUTE]),
    );
    this.#nodes.push({ op, inputs, output, attributes: written });
    return output;
  }

  floats(name: string, values: Float32Array, dims = [values.length]): string {
    return this.#tensor(name, FLOAT, dims, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }

  number(value: number): string {
    return this.floats(String(value), Float32Array.of(value), []);
  }

  yes(): string {
    return this.#tensor("true", BOOL, [], Uint8Array.of(1));
  }

  #tensor(name: string, type: number, dims: number[], raw: Uint8Array): string {
    const shape = dims.map((size): [number, number] => [1, size]);
    this.#initializers.set(name, write(...shape, [2, type], [8, name], [9, raw]));
    return name;
  }

  /** The graph from `input` to the tensor `last`, which is called `output` from now on. */
  graph(inputs: number, outputs: number, last: string): Uint8Array {
    const nodes = this.#nodes.map(({ op, inputs: read, output, attributes }) => {
      const made = output === last ? "output" : output;
      const fields = attributes.map((attribute): [number, Uint8Array] => [5, attribute]);
      return write(...read.map((name): [number, string] => [1, name]), [2, made], [3, output], [4, op], ...fields);
    });
    return write(
      ...nodes.map((node): [number, Uint8Array] => [1, node]),
      [2, "network"],
      ...[...this.#initializers.values()].map((tensor): [number, Uint8Array] => [5, tensor]),
      [11, rows("input", inputs)],
      [12, rows("output", outputs)],
    );
  }
}

/** A ValueInfoProto: floats of the shape [batch, width]. */
function rows(name: string, width: number): Uint8Array {
  const shape = write([1, write([2, "batch"])], [1, write([1, width])]);
  return write([1, name], [2, write([1, write([1, FLOAT], [2, shape])])]);
}
