// State dicts that PyTorch 1.13 wrote, and what its networks answer.
import { describe, expect, test } from "vitest";
import { fromStateDict, PyTorchError } from "../../../src/pytorch.js";
import { logitsOf } from "../../reference/model-file.js";
import { expected, fixture } from "../../support/pytorch.js";

describe("files of torch.save", () => {
  test.each(Object.entries(expected.files))("%s answers as PyTorch", (name, { options, y }) => {
    const logits = logitsOf(fromStateDict(fixture(name), options), expected.x);
    // Weights that are folded or double are rounded to float32 once; others are PyTorch's own.
    const tolerance = /norm|double/.test(name) ? 3e-7 * Math.max(...y.map(Math.abs)) * 8 : 1e-12;
    logits.forEach((value, i) => {
      expect(Math.abs(value - y[i]), `${name}, answer ${i}: ${value} for ${y[i]}`).toBeLessThan(tolerance);
    });
  });
});

describe("files that are refused, and why", () => {
  test.each([
    ["refuse-convolution", /must be one of dense layers.*"0" looks like a convolution \("weight" \[2, 1, 3, 3\]/],
    ["refuse-layer-norm", /"1" looks like a LayerNorm or GroupNorm .*\{ layers: \["0", "3"\] \}$/],
    ["refuse-module", /holds a whole module.* it names "torch.nn.modules.container.Sequential".*state_dict\(\)/],
    ["refuse-legacy", /is a pickle, as torch.save of PyTorch 1.5 and before wrote it/],
    ["refuse-script", /the file is TorchScript/],
    ["refuse-command", /the file names "posix.system", which no state dict needs/],
    ["refuse-expanded", /a tensor of the shape \[40, 40\] .*its elements; save a clone\(\)/],
    ["ensemble", /several state dicts: "first", "second"; say which: \{ part: "first" \}$/],
    ["two-orders", /several orders: "encode" 5→6, "left" 6→6, "right" 6→6, "decode" 6→3; .*layers: \["encode", "left"/],
  ])("%s", (name, message) => {
    expect(() => fromStateDict(fixture(name), { activation: "relu" })).toThrow(PyTorchError);
    expect(() => fromStateDict(fixture(name), { activation: "relu" })).toThrow(message);
  });
});
