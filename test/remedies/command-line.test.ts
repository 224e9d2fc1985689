// Every remedy that a message of the command line gives runs.
import { type AddressInfo, createServer } from "node:net";
import { expect, test } from "vitest";
import { start, thinned } from "../support/cli.js";
import { folderOfTest } from "../support/files.js";
import { testCommands } from "./command.js";
import { WITH_DATA, WITH_MODELS } from "./commands.js";
import { prepare } from "./prepare.js";
import { RUNS, SERVERS, STUDIES } from "./runs.js";

testCommands([...WITH_MODELS, ...WITH_DATA, ...RUNS, ...STUDIES], prepare);

// These serve until they are stopped.
test.each(SERVERS)("$says", async ({ wrong, take, right }) => {
  const folder = folderOfTest();
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const taken = String((other.address() as AddressInfo).port);
  const { status, stderr } = await thinned(folder, ...wrong.replace("TAKEN", taken).split(" "));
  expect(status, stderr).not.toBe(0);
  const pasted = take.exec(stderr)?.[1];
  expect(pasted, stderr).toBeDefined();
  const server = start(folder, ...right!.replace("REMEDY", pasted!).split(" "));
  await server.printed("The demo is at");
  server.kill("SIGINT");
  expect(await server.finished).toMatchObject({ status: 0, stderr: "" });
  other.close();
});
