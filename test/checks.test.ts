// The words of refusals that other tests do not see.
import { execFileSync } from "node:child_process";
import { runInNewContext } from "node:vm";
import { describe, expect, it, test } from "vitest";
import { checkInteger, checkKeys, describe as describeValue, didYouMean, kindOf, shellWord } from "../src/checks.js";

describe("a refusal", () => {
  it("tells a big integer from the number it looks like", () => {
    expect(describeValue(4n)).toBe("4n");
    expect(describeValue([1, 2n])).toBe("[1, 2n]");
    expect(() => checkInteger("seed", 1n, 0)).toThrow(/^seed must be a whole number of at least 0; got 1n$/);
  });

  it("names what is built in by its class", () => {
    const values = [
      new Map(),
      Promise.resolve(),
      new ArrayBuffer(2),
      new Blob([]),
      new Response(),
      new Date(),
      /a/,
      new Error(),
    ];
    const names = ["a Map", "a Promise", "an ArrayBuffer", "a Blob", "a Response", "a Date", "a RegExp", "an Error"];
    expect(values.map(describeValue)).toEqual(names);
    expect([{ a: 1 }, {}, null].map(describeValue)).toEqual(["an object with a", "an object with no keys", "null"]);
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

test("what only says that it is a typed array is an object like any other", () => {
  for (const name of ["Float32Array", "Uint8Array", "Int32Array"])
    expect(kindOf({ [Symbol.toStringTag]: name })).toBe("Object");
  expect([new Float32Array(1), Buffer.alloc(1), [], new Map(), null].map(kindOf)).toEqual([
    "Float32Array",
    "Uint8Array",
    "Array",
    "Map",
    "Null",
  ]);
  const own = runInNewContext("new Float32Array(2)");
  expect(kindOf(own), "of another realm").toBe("Float32Array");
  const disguised = Object.defineProperty(new Float32Array(1), Symbol.toStringTag, { value: "Uint8Array" });
  expect(kindOf(disguised), "in disguise").toBe("Float32Array");
});

test("words are read back by a shell as they were, and plain ones stay bare", () => {
  const words = ["", "a b", "it's $5", "`x`", "a\\b", 'say "no"', "*.csv", "~", "#1", "a;b", "é", "!", "a=1,b=2"];
  const line = words.map(shellWord).join(" ");
  expect(execFileSync("sh", ["-c", `printf '%s\\0' ${line}`], { encoding: "utf8" }).split("\0")).toEqual([
    ...words,
    "",
  ]);
  expect(["model.safetensors", "../a/b-1.csv", "0.5"].map(shellWord)).toEqual([
    "model.safetensors",
    "../a/b-1.csv",
    "0.5",
  ]);
});
