// Where results go: whole or not at all, over nothing that was not meant, and never lost.
import { type ChildProcess, spawn } from "node:child_process";
import {
  chmodSync,
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { checkWritable, writeWhole } from "../../src/node/files.js";
import { start, succeed, temporaryFolder, thinned } from "../support/cli.js";

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());
const at = (name: string) => join(folder.path, name);

describe("a file that is replaced", () => {
  test("keeps who may read it", () => {
    chmodSync(folder.write("private", "old"), 0o600);
    writeWhole(at("private"), "new");
    expect(readFileSync(at("private"), "utf8")).toBe("new");
    expect(statSync(at("private")).mode & 0o777).toBe(0o600);
  });

  test("is the one behind a link, and the link stays", () => {
    mkdirSync(at("far"));
    folder.write("far/target", "old");
    symlinkSync(join("far", "target"), at("link"));
    checkWritable("--out", at("link"));
    writeWhole(at("link"), "new");
    expect(lstatSync(at("link")).isSymbolicLink()).toBe(true);
    expect(readFileSync(at("far/target"), "utf8")).toBe("new");
    expect(readdirSync(at("far"))).toEqual(["target"]);
  });

  test("is not one that was made read-only", () => {
    chmodSync(folder.write("kept", "old"), 0o444);
    expect(() => checkWritable("--out", at("kept"))).toThrow(
      /--out must be .*kept: it is read-only; choose another name/,
    );
  });

  test("has a name", () => {
    expect(() => checkWritable("--out", "")).toThrow(/^--out must be a file that can be written; got an empty name$/);
  });
});

describe("standard output that goes nowhere", () => {
  const main = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
  const ended = (child: ChildProcess) =>
    new Promise<{ status: number | null; stderr: string }>((resolve) => {
      let stderr = "";
      child.stderr!.on("data", (chunk) => {
        stderr += chunk;
      });
      child.on("close", (status) => resolve({ status, stderr }));
    });
  const unread = (...args: string[]) => {
    const child = spawn(process.execPath, [main, ...args], { cwd: folder.path, stdio: ["ignore", "pipe", "pipe"] });
    child.stdout!.destroy();
    return ended(child);
  };

  test("ends what only prints, and no training: its model is saved", async () => {
    folder.write("unread.csv", "a,kind\n1,red\n3,blue\n5,red\n2,blue\n");
    const train = ["train", "unread.csv", "--epochs", "3", "--hidden", "4"];
    expect(await unread(...train, "--out", "unread")).toEqual({
      status: 0,
      stderr: "thinned: nobody reads standard output any more; the work goes on, to write its file\n",
    });
    expect(await succeed(folder.path, "predict", "unread", "unread.csv")).toMatch(/^class,p:/);
    expect(await unread("predict", "unread", "unread.csv")).toEqual({ status: 0, stderr: "" });
  });

  test("as onto a full disk: the model is saved, and the status says that something failed", async () => {
    folder.write("full.csv", "a,kind\n1,red\n3,blue\n5,red\n2,blue\n");
    const full = openSync("/dev/full", "w");
    const args = [main, "train", "full.csv", "--epochs", "3", "--hidden", "4", "--out", "full"];
    const child = spawn(process.execPath, args, { cwd: folder.path, stdio: ["ignore", full, "pipe"] });
    closeSync(full);
    const { status, stderr } = await ended(child);
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^thinned: standard output cannot be written: ENOSPC.*; the work goes on, to write its file\n$/,
    );
    expect(existsSync(at("full"))).toBe(true);
  });
});

describe("predictions", () => {
  const data = "a,b,kind\n1,2,red\n3,4,blue\n5,7,red\n2,2,blue\n";

  test("are not written over the model or the data that they are made of", async () => {
    folder.write("points.csv", data);
    symlinkSync("points.csv", at("same.csv"));
    await succeed(folder.path, "train", "points.csv", "--epochs", "1", "--hidden", "4", "--out", "model");
    const before = readFileSync(at("model"));
    for (const [out, input] of [
      ["model", "model"],
      ["points.csv", "points.csv"],
      ["./far/../points.csv", "points.csv"],
      ["same.csv", "points.csv"],
    ]) {
      const { status, stderr } = await thinned(folder.path, "predict", "model", "points.csv", "--out", out);
      expect({ out, status }).toEqual({ out, status: 2 });
      expect(stderr).toMatch(`--out would overwrite ${input}, which is read; choose another name`);
    }
    expect(readFileSync(at("model")).equals(before)).toBe(true);
    expect(readFileSync(at("points.csv"), "utf8")).toBe(data);
  });
});

test("a model whose place is gone at the end is not lost", async () => {
  folder.write("points.csv", "a,b,kind\n1,2,red\n3,4,blue\n5,7,red\n2,2,blue\n");
  mkdirSync(at("soon"));
  const out = join("soon", "model");
  const running = start(
    folder.path,
    "train",
    "points.csv",
    "--epochs",
    "1000000",
    "--val",
    "0",
    "--json",
    "--out",
    out,
  );
  await running.printed('"epoch":1');
  rmSync(at("soon"), { recursive: true });
  running.kill("SIGINT");
  const { status, stderr } = await running.finished;
  expect(status).toBe(1);
  const [, refuge] = /^thinned: soon.model cannot be written: .*; it was written to (.*) instead\n$/.exec(stderr) ?? [];
  expect(refuge, stderr).toBeTruthy();
  await succeed(folder.path, "evaluate", refuge, "points.csv");
  rmSync(refuge);
});
