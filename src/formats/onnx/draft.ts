// A graph in the making: nodes and numbers by the names that they get.

import { BOOL, FLOAT } from "./tensor.js";

type AttributeValue = number | string | Float32Array;

export class Draft {
  readonly opset: number;
  readonly #nodes: { op_type: string; input: string[]; output: string[]; attribute: object[] }[] = [];
  readonly #initializers = new Map<string, object>();

  constructor(opset: number) {
    this.opset = opset;
  }

  /** A node that reads these tensors: the name of what it makes. A float among its attributes comes in an array, a whole number as it is. */
  node(op: string, input: string[], attributes: Record<string, AttributeValue> = {}): string {
    const name = `${op}.${this.#nodes.length}`;
    const attribute = Object.entries(attributes).map(([key, value]) =>
      typeof value === "number"
        ? { name: key, i: value, type: 2 }
        : typeof value === "string"
          ? { name: key, s: new TextEncoder().encode(value), type: 3 }
          : { name: key, f: value[0], type: 1 },
    );
    this.#nodes.push({ op_type: op, input, output: [name], attribute });
    return name;
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

  #tensor(name: string, data_type: number, dims: number[], raw_data: Uint8Array): string {
    this.#initializers.set(name, { name, data_type, dims, raw_data });
    return name;
  }

  /** The graph from `input` to the tensor `last`, which is called `output` from now on. */
  graph(widths: { input: number; output: number }, last: string): object {
    for (const node of this.#nodes) if (node.output[0] === last) node.output[0] = "output";
    const [input, output] = Object.entries(widths).map(([name, width]) => {
      const shape = { dim: [{ dim_param: "batch" }, { dim_value: width }] };
      return [{ name, type: { tensor_type: { elem_type: FLOAT, shape } } }];
    });
    return { name: "network", node: this.#nodes, initializer: [...this.#initializers.values()], input, output };
  }
}
