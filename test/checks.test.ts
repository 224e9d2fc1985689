// The words of refusals that other tests do not see.
import { describe, expect, it } from "vitest";
import { checkInteger, checkKeys, describe as describeValue, didYouMean } from "../src/checks.js";

describe("a refusal", () => {
  it("tells a big integer from the number it looks like", () => {
    expect(describeValue(4n)).toBe("4n");
    expect(describeValue([1, 2n])).toBe("[1, 2n]");
    expect(() => checkInteger("seed", 1n, 0)).toThrow(/^seed must be a whole number of at least 0; got 1n$/);
  });

  it("suggests a word only where most of it would stay, two letters that changed places counting once", () => {
    const activations = ["linear", "relu", "tanh", "sigmoid", "gelu", "selu"];
    for (const word of ["swish", "lstm", "sin", "mish", "elish", "W"])
      expect(didYouMean(word, activations), word).toBe("");
    for (const [word, meant] of [
      ["tahn", "tanh"],
      ["rleu", "relu"],
      ["sigmod", "sigmoid"],
      ["relu6", "relu"],
    ]) {
      expect(didYouMean(word, activations)).toBe(`did you mean "${meant}"?`);
    }
    expect(didYouMean("W3", ["W1", "b1"])).toBe("");
    expect(didYouMean("sgd", ["adam", "adamw"])).toBe("");
    expect(didYouMean("zz", ["a", "b", "c"])).toBe("");
    expect(didYouMean("Y", ["x", "y"])).toBe('did you mean "y"?');
    expect(didYouMean("b", ["B"])).toBe('did you mean "B"?');
    expect(didYouMean("lr", ["p"])).toBe("");
    expect(() => checkKeys("data", { z: 1 }, ["x", "y"])).toThrow(/^data has no option "z"; known options: x, y$/);
  });
});
