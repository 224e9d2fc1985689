// The messages of ONNX that are read and written, after onnx.proto: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.
// Graphs inside attributes (If, Loop, Scan) are not looked into: a chain of layers has none.

import { decode, encode, type Fields } from "./wire.js";

export interface TensorProto {
  name?: string;
  dims: number[];
  data_type?: number;
  float_data: number[];
  int32_data: number[];
  int64_data: number[];
  uint64_data: number[];
  double_data: number[];
  string_data: Uint8Array[];
  raw_data?: Uint8Array;
  external_data: Entry[];
  data_location?: number;
}

export interface Attribute {
  name?: string;
  type?: number;
  f?: number;
  i?: number;
  s?: Uint8Array;
  t?: TensorProto;
  floats: number[];
  ints: number[];
  strings: Uint8Array[];
  /** In a function: the name of the caller's attribute that stands here. */
  ref_attr_name?: string;
}

export interface Node {
  name?: string;
  op_type?: string;
  domain?: string;
  input: string[];
  output: string[];
  attribute: Attribute[];
}

export interface Entry {
  key?: string;
  value?: string;
}

export interface ValueInfo {
  name?: string;
  type?: { tensor_type?: { elem_type?: number; shape?: { dim: { dim_value?: number; dim_param?: string }[] } } };
}

export interface OpsetId {
  domain?: string;
  version?: number;
}

export interface Graph {
  name?: string;
  node: Node[];
  initializer: TensorProto[];
  input: ValueInfo[];
  output: ValueInfo[];
}

export interface FunctionProto {
  name?: string;
  domain?: string;
  input: string[];
  output: string[];
  node: Node[];
  attribute_proto: Attribute[];
  opset_import: OpsetId[];
}

export interface Model {
  ir_version?: number;
  producer_name?: string;
  producer_version?: string;
  graph?: Graph;
  opset_import: OpsetId[];
  metadata_props: Entry[];
  functions: FunctionProto[];
}

const ENTRY: Fields = { 1: ["key", "text"], 2: ["value", "text"] };
const OPSET: Fields = { 1: ["domain", "text"], 2: ["version", "int"] };
const TENSOR: Fields = {
  1: ["dims", "int", "many"],
  2: ["data_type", "int"],
  4: ["float_data", "float", "many"],
  5: ["int32_data", "int", "many"],
  6: ["string_data", "bytes", "many"],
  7: ["int64_data", "int", "many"],
  8: ["name", "text"],
  9: ["raw_data", "bytes"],
  10: ["double_data", "double", "many"],
  11: ["uint64_data", "int", "many"],
  13: ["external_data", ENTRY, "many"],
  14: ["data_location", "int"],
};
const ATTRIBUTE: Fields = {
  1: ["name", "text"],
  2: ["f", "float"],
  3: ["i", "int"],
  4: ["s", "bytes"],
  5: ["t", TENSOR],
  7: ["floats", "float", "many"],
  8: ["ints", "int", "many"],
  9: ["strings", "bytes", "many"],
  20: ["type", "int"],
  21: ["ref_attr_name", "text"],
};
const NODE: Fields = {
  1: ["input", "text", "many"],
  2: ["output", "text", "many"],
  3: ["name", "text"],
  4: ["op_type", "text"],
  5: ["attribute", ATTRIBUTE, "many"],
  7: ["domain", "text"],
};
const DIMENSION: Fields = { 1: ["dim_value", "int"], 2: ["dim_param", "text"] };
const SHAPE: Fields = { 1: ["dim", DIMENSION, "many"] };
const TYPE: Fields = { 1: ["tensor_type", { 1: ["elem_type", "int"], 2: ["shape", SHAPE] }] };
const VALUE: Fields = { 1: ["name", "text"], 2: ["type", TYPE] };
const GRAPH: Fields = {
  1: ["node", NODE, "many"],
  2: ["name", "text"],
  5: ["initializer", TENSOR, "many"],
  11: ["input", VALUE, "many"],
  12: ["output", VALUE, "many"],
};
const FUNCTION: Fields = {
  1: ["name", "text"],
  4: ["input", "text", "many"],
  5: ["output", "text", "many"],
  7: ["node", NODE, "many"],
  9: ["opset_import", OPSET, "many"],
  10: ["domain", "text"],
  11: ["attribute_proto", ATTRIBUTE, "many"],
};
const MODEL: Fields = {
  1: ["ir_version", "int"],
  2: ["producer_name", "text"],
  3: ["producer_version", "text"],
  7: ["graph", GRAPH],
  8: ["opset_import", OPSET, "many"],
  14: ["metadata_props", ENTRY, "many"],
  25: ["functions", FUNCTION, "many"],
};

export const decodeModel = (bytes: Uint8Array): Model => decode(bytes, MODEL) as unknown as Model;
export const encodeModel = (model: object): Uint8Array => encode(model as Record<string, unknown>, MODEL);
