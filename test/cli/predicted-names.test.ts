// Names of classes and columns come from files of strangers, and go into files that spreadsheets and terminals open.
import { afterAll, expect, test } from "vitest";
import { jsonLines, succeed, temporaryFolder } from "../support/cli.js";

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());
const run = (...args: string[]) => succeed(folder.path, ...args);

test("names in predicted CSV are no formulas and move no cursor; JSON has them as they are", async () => {
  const names = ["=1+1", "+x", "-y", "@z", "\u001b[31mred", "-1", "plain"];
  const rows = Array.from({ length: 70 }, (_, i) => `${i % 7},${(i * 3) % 5},${names[i % 7]}`);
  const data = folder.write("formulas.csv", `a,b,kind\n${rows.join("\n")}\n`);
  await run("train", data, "--epochs", "90", "--patience", "none", "--hidden", "32", "--out", "formulas", "--quiet");
  const [head, ...lines] = (await run("predict", "formulas", data)).trim().split("\n");
  const cells = new Set(lines.map((line) => line.split(",")[0]));
  const objects = jsonLines(await run("predict", "formulas", data, "--json"));
  const written: Record<string, string> = { "=1+1": "'=1+1", "+x": "'+x", "-y": "'-y", "@z": "'@z" };
  written["\u001b[31mred"] = "\\u001b[31mred";
  expect(cells).toEqual(new Set(objects.map((row) => written[row.class] ?? row.class)));
  expect(cells.size).toBeGreaterThan(4);
  expect(head).not.toContain("\u001b");
  const target = folder.write(
    "target.csv",
    `a,"=cmd|' /C calc'!A0"\n${rows.map((row) => row.split(",").slice(0, 2)).join("\n")}\n`,
  );
  await run("train", target, "--task", "regress", "--epochs", "1", "--hidden", "4", "--out", "target", "--quiet");
  expect((await run("predict", "target", target)).split("\n")[0]).toBe("'=cmd|' /C calc'!A0");
});
