// Writes ONNX models for tests, field by field as onnx.proto numbers them, knowing nothing of src.

const utf8 = new TextEncoder();

export function varint(value: number | bigint): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
}

/** A field: a whole number as it is; texts, bytes and messages with their length in front. */
export function field(number: number, value: number | bigint | string | Uint8Array | number[]): number[] {
  if (typeof value === "number" || typeof value === "bigint") return [...varint(8 * number), ...varint(value)];
  const bytes = typeof value === "string" ? utf8.encode(value) : value;
  return [...varint(8 * number + 2), ...varint(bytes.length), ...bytes];
}

export const float = (number: number, value: number): number[] => [
  ...varint(8 * number + 5),
  ...new Uint8Array(Float32Array.of(value).buffer),
];

export interface TensorOptions {
  name?: string;
  dims: number[];
  /** Of onnx.proto: 1 float, 7 int64, 8 string, 10 float16, 11 double, 16 bfloat16. */
  type?: number;
  /** The fields that hold the numbers, in place of raw floats. */
  data?: number[];
}

/** A tensor of raw floats unless said otherwise. */
export function tensor({ name = "", dims, type = 1, data }: TensorOptions, values: readonly number[] = []): number[] {
  const raw = data ?? field(9, new Uint8Array(Float32Array.from(values).buffer));
  return [...dims.flatMap((size) => field(1, size)), ...field(2, type), ...(name ? field(8, name) : []), ...raw];
}

export const floats = (name: string, dims: number[], values: readonly number[]): number[] =>
  tensor({ name, dims }, values);
export const ints = (name: string, values: readonly (number | bigint)[], dims = [values.length]): number[] =>
  tensor({ name, dims, type: 7, data: field(9, new Uint8Array(BigInt64Array.from(values.map(BigInt)).buffer)) });
export const words = (name: string, values: readonly string[]): number[] =>
  tensor({ name, dims: [values.length], type: 8, data: values.flatMap((value) => field(6, value)) });

export type Value =
  | number
  | string
  | number[]
  | string[]
  | { float: number }
  | { floats: number[] }
  | { tensor: number[] };

function attribute(name: string, value: Value): number[] {
  if (typeof value === "number") return [...field(1, name), ...field(3, value), ...field(20, 2)];
  if (typeof value === "string") return [...field(1, name), ...field(4, value), ...field(20, 3)];
  if (Array.isArray(value)) {
    const [kind, type] = typeof value[0] === "string" ? [9, 8] : [8, 7];
    return [...field(1, name), ...value.flatMap((one) => field(kind, one)), ...field(20, type)];
  }
  if ("tensor" in value) return [...field(1, name), ...field(5, value.tensor), ...field(20, 4)];
  if ("float" in value) return [...field(1, name), ...float(2, value.float), ...field(20, 1)];
  return [...field(1, name), ...value.floats.flatMap((one) => float(7, one)), ...field(20, 6)];
}

/** "Gemm" or "ai.onnx.ml.Scaler". */
export function node(
  op: string,
  inputs: string[],
  outputs: string[],
  attributes: Record<string, Value> = {},
): number[] {
  const at = op.lastIndexOf(".");
  return [
    ...inputs.flatMap((input) => field(1, input)),
    ...outputs.flatMap((output) => field(2, output)),
    ...field(4, op.slice(at + 1)),
    ...Object.entries(attributes).flatMap(([name, value]) => field(5, attribute(name, value))),
    ...(at < 0 ? [] : field(7, op.slice(0, at))),
  ];
}

/** An input or output: floats of this shape, a text for a dimension that is open, null for none at all. */
export function value(name: string, dims: (number | string)[] | null): number[] {
  const shape = (dims ?? []).flatMap((size) => field(1, typeof size === "number" ? field(1, size) : field(2, size)));
  return [...field(1, name), ...field(2, field(1, [...field(1, 1), ...(dims ? field(2, shape) : [])]))];
}

export interface ModelOptions {
  nodes: number[][];
  tensors?: number[][];
  inputs?: number[][];
  outputs?: number[][];
  opset?: number;
  ir?: number;
  metadata?: Record<string, string>;
}

export function model({
  nodes,
  tensors = [],
  inputs = [value("x", ["N", 3])],
  outputs = [value("y", ["N", 2])],
  opset = 17,
  ir = 8,
  metadata = {},
}: ModelOptions): Uint8Array {
  const graph = [
    ...nodes.flatMap((bytes) => field(1, bytes)),
    ...field(2, "graph"),
    ...tensors.flatMap((bytes) => field(5, bytes)),
    ...inputs.flatMap((bytes) => field(11, bytes)),
    ...outputs.flatMap((bytes) => field(12, bytes)),
  ];
  return Uint8Array.from([
    ...field(1, ir),
    ...field(2, "a test"),
    ...field(7, graph),
    ...field(8, [...field(1, ""), ...field(2, opset)]),
    ...field(8, [...field(1, "ai.onnx.ml"), ...field(2, 3)]),
    ...Object.entries(metadata).flatMap(([key, text]) => field(14, [...field(1, key), ...field(2, text)])),
  ]);
}
