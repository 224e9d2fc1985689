// How a table is written, said on the command line: training, resuming, predicting, and a pipe.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { MAIN, succeed, temporaryFolder, thinned } from "../support/cli.js";

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());
const run = (...args: string[]) => succeed(folder.path, ...args);
async function fail(...args: string[]): Promise<string> {
  const { status, stderr } = await thinned(folder.path, ...args);
  expect(status).toBe(2);
  return stderr;
}

const rows = Array.from({ length: 40 }, (_, i) => [`${i % 7},5`, (i * 3) % 5 || "x9", ["rot", "grün"][i % 2]]);
const common = ["--epochs", "1", "--hidden", "4", "--quiet"];

test("a table without a header, in another encoding, with words for missing numbers", async () => {
  const text = rows.map((row) => row.join("^")).join("\r\n");
  const data = folder.write("odd.txt", Buffer.from(text, "latin1"));
  const said = ["--no-header", "--encoding", "latin1", "--missing", "x9", "--delimiter", "^"];
  await run("train", data, ...said, "--decimal", ",", ...common, "--out", "odd");
  const answers = await run("predict", "odd", data, "--delimiter", "^", "--encoding", "latin1");
  expect(answers.split("\n")[0]).toBe("class,p:grün,p:rot");
  expect(answers.trim().split("\n").length).toBe(41);
  const piped = execFileSync(process.execPath, [MAIN, "predict", "odd", "-"], {
    cwd: folder.path,
    input: text.replaceAll("^", ";"),
    encoding: "utf8",
  });
  expect(piped).toBe(answers);
  await run("train", data, "--resume", "odd", "--epochs", "2", "--hidden", "4", "--quiet");
  expect(readFileSync(`${folder.path}/odd`, "latin1")).toContain('\\"delimiter\\":\\"^\\"');
  const other = await fail("train", data, "--resume", "odd", "--missing", "y");
  expect(other).toContain("--missing y conflicts with the run in odd, which uses x9");
});

test("what is said wrongly, or of images", async () => {
  const data = folder.write("plain.csv", "1,2\n3,4\n");
  const told = (...args: string[]) => fail("train", ...args);
  expect(await told(data, "--delimiter", "xx")).toContain("Expected one character, or tab or whitespace");
  expect(await told(data, "--encoding", "klingon")).toContain("Expected an encoding such as latin1");
  expect(await told(data, "--decimal", ";")).toContain("Expected one of ., ,");
  expect(await told("digits", "--no-header")).toContain('--no-header is for tables alone; got false with "digits"');
});
