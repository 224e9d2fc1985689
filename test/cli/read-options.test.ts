// How a table is written, said on the command line: training, resuming, predicting, and a pipe.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { MAIN, succeed, temporaryFolder, thinned } from "../support/cli.js";
import { runHere } from "../support/in-process.js";

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

test("every command that reads data is told in the same words", async () => {
  const path = (name: string) => `${folder.path}/${name}`;
  const here = async (...args: string[]) => {
    const { status, stdout, stderr } = await runHere(args);
    expect(status, stderr).toBe(0);
    return stdout;
  };
  const lines = Array.from(
    { length: 200 },
    (_, i) => `${i}^${i % 7},5^${(i * 3) % 5 || "x9"}^${["rot", "grün"][i % 2]}`,
  );
  const data = folder.write("all.txt", Buffer.from(lines.join("\n"), "latin1"));
  const said = ["--no-header", "--encoding", "latin1", "--missing", "x9", "--delimiter", "^", "--decimal", ","];
  const columns = ["--target", "4", "--ignore", "2", "--include", "1"];
  const small = ["--hidden", "4", "--epochs", "1", "--batch", "20", "--dropout", "0.5"];
  await here("train", data, ...said, ...columns, ...small, "--quiet", "--out", path("all"));
  const other = folder.write("held-out.txt", Buffer.from(lines.slice(3).reverse().join("\n"), "latin1"));
  expect(await here("evaluate", path("all"), other, ...said)).toContain("grün");
  expect(await here("predict", path("all"), other, ...said)).toMatch(/^class,p:grün,p:rot\n/);
  expect(await here("expect", path("all"), other, ...said, "--draws", "10")).toMatch(/^16 thinned networks/);
  expect(await here("calibrate", path("all"), other, ...said)).toContain(": 197 held-out rows");
  await here("uncertainty", path("all"), other, ...said, "--draws", "5", "--out", path("doubt.html"), "--json");
  const few = ["--quick", "--steps", "2", "--hidden", "4", "--samples", "100", "--test-rows", "20"];
  const study = ["study", data, ...said, ...columns, ...few, "--out"];
  expect(await here(...study, path("study.html"))).toMatch(/^.*all\.txt: \d+ trainings of 2 updates each\n/);
  const { settings } = JSON.parse(readFileSync(path("study.json"), "utf8"));
  expect(settings).toMatchObject({ target: "4", ignore: ["2"], include: ["1"], delimiter: "^", header: false });
  const { status, stderr } = await runHere(["expect", "--no-header"]);
  expect([status, stderr]).toEqual([2, expect.stringContaining("--no-header is for a MODEL; give one, and DATA")]);
});
