// What is left of a run that does not come to its end: killed, diverged, or one of two that want the same file.
// KILLS=100 npx vitest run test/cli/checkpoints.test.ts kills many more than the suite has time for.
import { existsSync, lstatSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { readModel } from "../../src/cli/run/model-file.js";
import { openModelWriter } from "../../src/cli/run/model-writer.js";
import { createWhole, temporaryOf, writeWhole } from "../../src/node/files.js";
import { jsonLines, start, succeed, thinned } from "../support/cli.js";
import { folderOfTest, writeFile } from "../support/files.js";
import { generator } from "../support/tensors.js";

const KILLS = Number(process.env.KILLS ?? 5);
const RUN = ["train", "digits", "--samples", "600", "--hidden", "128,128", "--batch", "18", "--seed", "7", "--json"];

test("a run that is killed again and again is the run that nobody stopped", {
  timeout: 60_000 + 20_000 * KILLS,
}, async () => {
  const folder = folderOfTest();
  const run = [...RUN, "--epochs", String(10 + 6 * KILLS), "--patience", "1000"];
  await succeed(folder, ...run, "--out", "whole");
  const random = generator(KILLS);
  const args = [...run, "--checkpoint-every", "0.02", "--out", "killed"];
  let kills = 0;
  let resumed = 0;
  while (kills < KILLS) {
    const began = existsSync(join(folder, "killed"));
    const running = start(folder, ...args, ...(began ? ["--resume", "killed"] : []));
    resumed += began ? 1 : 0;
    const ended = running.finished.then(({ status }) => status);
    // Past the start of the program, then anywhere: in a step, between epochs, while a file is written.
    await Promise.race([running.printed('"epoch"'), ended]).catch(() => {});
    await Promise.race([setTimeout(random(150)), ended]);
    running.kill("SIGKILL");
    if ((await ended) === 0) break;
    kills++;
  }
  await succeed(folder, ...args, "--resume", "killed");
  expect(resumed).toBeGreaterThan(KILLS / 2);
  expect(readFileSync(join(folder, "killed")).equals(readFileSync(join(folder, "whole"))), "the same file").toBe(true);
  expect(readdirSync(folder).sort(), "and no other").toEqual(["killed", "whole"]);
});

test("a kill loses what came after the last checkpoint: with one due at every step, no more than a step", async () => {
  const folder = folderOfTest();
  const running = start(folder, ...RUN, "--epochs", "1000", "--checkpoint-every", "0.000001", "--out", "killed");
  await running.printed('"epoch":3,');
  running.kill("SIGKILL");
  const { stdout } = await running.finished;
  // The last line may be cut off.
  const told = Math.max(...[...stdout.matchAll(/"epoch":(\d+),/g)].map(([, epoch]) => Number(epoch)));
  const { net } = await readModel(join(folder, "killed"), {}, true);
  const { epoch, position } = net.progress;
  expect(told).toBeGreaterThanOrEqual(3);
  // An epoch of 540 samples is told just before its checkpoint is written; that of its last step but one is there.
  expect(540 * epoch + position).toBeGreaterThanOrEqual(540 * told - 2 * 18);
  net.dispose();
});

test("a checkpoint is due when its time has come, and none where there are to be none", async () => {
  const path = join(folderOfTest(), "model");
  const never = openModelWriter(path, false, 0);
  const often = openModelWriter(path, false, 0.001);
  await setTimeout(20);
  expect([never.due, often.due]).toEqual([false, true]);
  often.checkpoint(Uint8Array.of(1));
  expect(readFileSync(path)).toEqual(Buffer.of(1));
});

test("a run that diverges keeps its best weights, fails, and says where they are", async () => {
  const folder = folderOfTest();
  const rows = Array.from({ length: 200 }, (_, i) => `${i % 13},${(i * 7) % 11},${(i % 13) - 0.5 * ((i * 7) % 11)}`);
  const data = writeFile(folder, "r.csv", `a,b,c\n${rows.join("\n")}\n`);
  // Just beyond the rate that linear regression bears: what is wrong grows by the same factor with every step.
  const beyond = "--hidden none --optimizer sgd --momentum 0 --lr-schedule constant --lr 1.1".split(" ");
  const args = ["train", data, ...beyond, "--epochs", "400", "--json"];
  const { status, stdout, stderr } = await thinned(folder, ...args, "--patience", "400", "--out", "best");
  expect(status).toBe(1);
  const losses = jsonLines(stdout).map(({ validationLoss }) => validationLoss ?? Infinity);
  expect(losses.length).toBeGreaterThan(20);
  const best = 1 + losses.indexOf(Math.min(...losses));
  expect(stderr).toMatch(new RegExp(`^thinned: .*; best has the weights of epoch ${best}, which were the best\n$`));
  const { net, run } = await readModel(join(folder, "best"), {});
  expect(run).toMatchObject({ best: { epoch: best }, stopped: true });
  net.dispose();
  const evaluated = jsonLines(await succeed(folder, "evaluate", "best", data, "--json"));
  expect(Number.isFinite(evaluated[0].scalings[0].loss)).toBe(true);
  const without = await thinned(folder, ...args, "--patience", "none", "--out", "none");
  expect(without.stderr).toMatch(/; nothing new was saved; lower --lr, or add --patience 10, which keeps the best\n$/);
});

test("a terminal that is closed leaves a checkpoint, as Ctrl-C does", async () => {
  const folder = folderOfTest();
  const running = start(folder, ...RUN, "--epochs", "100000", "--out", "left");
  await running.printed('"epoch":2');
  running.kill("SIGHUP");
  expect(await running.finished).toMatchObject({ status: 129, stderr: "" });
  expect(readdirSync(folder)).toEqual(["left"]);
});

test("two runs that begin in one empty folder leave two models", async () => {
  const folder = folderOfTest();
  const args = [...RUN, "--epochs", "3"];
  const both = await Promise.all([thinned(folder, ...args), thinned(folder, ...args, "--hidden", "8")]);
  expect(both.map(({ status }) => status)).toEqual([0, 0]);
  const outs = both.map(({ stdout }) => jsonLines(stdout).at(-1).out);
  expect(outs).toContain("model.safetensors");
  expect(readdirSync(folder).sort()).toEqual([...new Set(outs)].sort());
  expect(readdirSync(folder)).toHaveLength(2);
  const [late] = both.filter(({ stderr }) => stderr !== "");
  expect(late.stderr).toMatch(
    /^thinned: model.safetensors was made by somebody else meanwhile; this run's model goes to model-[0-9a-f]{6}.safetensors\n$/,
  );
});

test("names that no model file can hold are refused before the training", { timeout: 120_000 }, async () => {
  const folder = folderOfTest();
  const rows = Array.from({ length: 40 }, (_, i) => `${i},${i % 2}`).join("\n");
  // In JSON inside of JSON this character takes seven.
  const data = writeFile(folder, "data.csv", `${"\u0001".repeat(15e6)},kind\n${rows}\n`);
  const { status, stdout, stderr } = await thinned(folder, "train", data, "--hidden", "4", "--epochs", "2", "--json");
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(stderr).toMatch(
    /its model could not be saved: the header must be at most 100000000 bytes; .*; shorten the names/,
  );
  expect(readdirSync(folder)).toEqual(["data.csv"]);
});

test("a link whose file is yet to be made stays a link", () => {
  const folder = folderOfTest();
  const [link, target] = [join(folder, "link"), join(folder, "target")];
  for (const [write, name] of [
    [writeWhole, "a"],
    [createWhole, "b"],
  ] as const) {
    symlinkSync(`target${name}`, link + name);
    write(link + name, "content");
    expect(lstatSync(link + name).isSymbolicLink()).toBe(true);
    expect(readFileSync(target + name, "utf8")).toBe("content");
  }
  symlinkSync("circle", join(folder, "circle"));
  expect(() => writeWhole(join(folder, "circle"), "content")).not.toThrow();
});

test("a write removes what killed ones left, and nothing that belongs to somebody else", () => {
  const folder = folderOfTest();
  const path = join(folder, "model");
  const own = basename(temporaryOf(path));
  const named = (pattern: RegExp, by: string) => own.replace(pattern, by);
  const others = [named(/-\d+-/, "-1-"), named(/^\.model/, ".model2"), named(/[0-9a-f]{4}-/, "zzzz-")];
  for (const name of [named(/-\d+-/, "-2147483646-"), ...others]) writeFileSync(join(folder, name), "");
  writeWhole(path, "content");
  expect(readdirSync(folder).sort()).toEqual([...others, "model"].sort());
});
