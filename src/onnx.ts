// thinned/onnx: a network as an ONNX file, and an ONNX file as a network. Functions from bytes to bytes, for pages,
// workers and Node.

export { OnnxError } from "./formats/onnx/error.js";
export { type FromOnnxOptions, fromOnnx } from "./formats/onnx/from-onnx.js";
export { type ToOnnxOptions, toOnnx } from "./formats/onnx/to-onnx.js";
export { SafetensorsError } from "./formats/safetensors/format.js";
