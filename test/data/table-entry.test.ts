// thinned/table as one bundle where nothing is but the language: no Node, no page.
import { fileURLToPath } from "node:url";
import { runInNewContext } from "node:vm";
import { build } from "esbuild";
import { expect, test } from "vitest";

test("text becomes inputs, and answers words, with the language alone", async () => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("../../src/table.ts", import.meta.url))],
    bundle: true,
    write: false,
    platform: "neutral",
    format: "iife",
    globalName: "thinned",
  });
  const program = `${outputFiles[0].text}
    const text = "age\\tjob\\tbought\\n41\\tclerk\\tno\\n\\tnurse\\tyes\\n23\\tclerk\\tyes\\n35\\t\\tno\\n";
    const { readTable, fromRecords, fitEncoding, encode, decode } = thinned;
    const table = readTable(text);
    const { encoding } = fitEncoding(table);
    const { x, y } = encode(table, encoding);
    const one = encode(fromRecords([{ age: 30, job: "nurse" }]), encoding);
    JSON.stringify({ features: encoding.features, x: [...x], y: [...y], one: [...one.x], answers: decode([0.25, 0.75], encoding) });`;
  const { features, x, y, one, answers } = JSON.parse(runInNewContext(program));
  expect(features).toBe(5);
  expect(x.filter((_: number, at: number) => at % 5 > 0)).toEqual([0, 1, 0, 0, 1, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1]);
  expect(y).toEqual([0, 1, 1, 0]);
  expect(one).toEqual([expect.closeTo((30 - 33) / Math.sqrt(56), 5), 0, 0, 1, 0]);
  expect(answers).toEqual([{ class: "yes", probability: 0.75 }]);
});
