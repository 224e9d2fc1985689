// A multilayer perceptron as an ONNX model: the part of onnx.proto that it takes, written through protobufjs.

import protobuf from "protobufjs";

const { root } = protobuf.parse(
  `
  syntax = "proto2";
  message Attribute { optional string name = 1; optional int64 i = 3; optional int32 type = 20; }
  message Node {
    repeated string input = 1; repeated string output = 2; optional string name = 3; optional string op_type = 4;
    repeated Attribute attribute = 5;
  }
  message Tensor { repeated int64 dims = 1 [packed = true]; optional int32 data_type = 2; optional string name = 8; optional bytes raw_data = 9; }
  message Dimension { optional int64 dim_value = 1; optional string dim_param = 2; }
  message Shape { repeated Dimension dim = 1; }
  message TensorType { optional int32 elem_type = 1; optional Shape shape = 2; }
  message Type { optional TensorType tensor_type = 1; }
  message Value { optional string name = 1; optional Type type = 2; }
  message Graph {
    repeated Node node = 1; optional string name = 2; repeated Tensor initializer = 5; repeated Value input = 11; repeated Value output = 12;
  }
  message OperatorSet { optional string domain = 1; optional int64 version = 2; }
  message Model { optional int64 ir_version = 1; repeated OperatorSet opset_import = 8; optional string producer_name = 2; optional Graph graph = 7; }
`,
  { keepCase: true },
);
const FLOAT = 1;
const INTEGER_ATTRIBUTE = 2;

/**
 * The bytes of a model from `x` `[batch, in]` to `out` `[batch, classes]`: Gemm with a transposed weight, and Relu
 * between layers.
 */
export function writeOnnx(sizes, batch, parameters) {
  const node = [];
  const initializer = [];
  let input = "x";
  for (let l = 1; l < sizes.length; l++) {
    initializer.push(tensor(`W${l}`, [sizes[l], sizes[l - 1]], parameters[`W${l}`]));
    initializer.push(tensor(`b${l}`, [sizes[l]], parameters[`b${l}`]));
    const last = l === sizes.length - 1;
    const z = last ? "out" : `z${l}`;
    const attribute = [{ name: "transB", i: 1, type: INTEGER_ATTRIBUTE }];
    node.push({ input: [input, `W${l}`, `b${l}`], output: [z], name: `gemm${l}`, op_type: "Gemm", attribute });
    if (!last) node.push({ input: [z], output: [`u${l}`], name: `relu${l}`, op_type: "Relu" });
    input = `u${l}`;
  }
  const graph = {
    name: "perceptron",
    node,
    initializer,
    input: [value("x", [batch, sizes[0]])],
    output: [value("out", [batch, sizes[sizes.length - 1]])],
  };
  const Model = root.lookupType("Model");
  const model = { ir_version: 8, producer_name: "thinned", opset_import: [{ domain: "", version: 13 }], graph };
  return Model.encode(Model.fromObject(model)).finish();
}

function tensor(name, dims, { buffer, byteOffset, byteLength }) {
  return { name, dims, data_type: FLOAT, raw_data: new Uint8Array(buffer, byteOffset, byteLength) };
}

function value(name, dims) {
  return {
    name,
    type: { tensor_type: { elem_type: FLOAT, shape: { dim: dims.map((dim_value) => ({ dim_value })) } } },
  };
}
