// Columns that go through predict as they are written.
import { afterAll, expect, test } from "vitest";
import { jsonLines, succeed, temporaryFolder, thinned } from "../support/cli.js";

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());

test("--keep writes columns of the data before the answers; those that are none are named", async () => {
  const rows = Array.from({ length: 40 }, (_, i) => `=n${i},${i % 7}.50,"red, ${i % 3}",${i % 2 ? "a" : "b"}`);
  const data = folder.write("data.csv", `"id, own",size,colour,class\n${rows.join("\n")}\n`);
  await succeed(folder.path, "train", data, "--hidden", "4", "--epochs", "1", "--out", "model", "--quiet");
  const args = ["predict", "model", data, "--keep", "id, own", "--keep", "size,class"];
  const [head, first] = (await succeed(folder.path, ...args)).split("\n");
  expect(head).toBe('"id, own",size,data:class,class,p:a,p:b');
  expect(first).toMatch(/^'=n0,0\.50,b,[ab],0\.\d+,0\.\d+$/);
  const [object] = jsonLines(await succeed(folder.path, ...args, "--json"));
  expect(object).toMatchObject({ "id, own": "=n0", size: "0.50", "data:class": "b" });
  const { status, stderr } = await thinned(folder.path, "predict", "model", data, "--keep", "sise,colour,who");
  expect(status).toBe(1);
  expect(stderr).toMatch(/2 mistakes: .*a column "sise", got none.*a column "who".*did you mean "size"\?/);
});
