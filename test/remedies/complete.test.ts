// No message tells its reader what to write unless a test does that. Whoever words a new one adds a case to a table of
// this folder; whoever drops one, drops its case.
import { expect, test } from "vitest";
import { CALLS } from "./calls.js";
import { WITH_DATA, WITH_MODELS } from "./commands.js";
import { ELSEWHERE } from "./elsewhere.js";
import { FORMATS } from "./formats.js";
import { messagesWithRemedy } from "./messages.js";
import { OPTIONS } from "./options.js";
import { RUNS, SERVERS, STUDIES } from "./runs.js";
import { UNCERTAINTY } from "./uncertainty.js";

test("every message with code in it has a case that runs it, and every case has a message", async () => {
  const messages = await messagesWithRemedy();
  const run = new Set(
    [
      ...CALLS,
      ...OPTIONS,
      ...FORMATS,
      ...UNCERTAINTY,
      ...WITH_DATA,
      ...WITH_MODELS,
      ...RUNS,
      ...STUDIES,
      ...SERVERS,
    ].map(({ says }) => says),
  );
  const known = (text: string) => run.has(text) || Object.hasOwn(ELSEWHERE, text);
  const without = [...messages].filter(([text]) => !known(text)).map(([text, file]) => `src/${file}: ${text}`);
  expect(without, "messages that tell what to write, and no case of test/remedies/ runs it").toEqual([]);
  const gone = [...run, ...Object.keys(ELSEWHERE)].filter((text) => !messages.has(text));
  expect(gone, "cases whose message src/ has no more").toEqual([]);
});
