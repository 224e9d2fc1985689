// What a worker's thread runs: its share of every pass that it is called to, until it is ended.

import { instantiate } from "#runtime/instantiate";
import { nodeModule } from "#runtime/node";
import { runPass } from "../compute/step.js";
import type { Config } from "../config/network.js";
import { createModel } from "../model/model.js";
import type { Build } from "../runtime/core.js";
import { CrewFailure, type Mailbox, Member } from "./mailbox.js";
import { readPass } from "./pass-codec.js";

/** What the thread that owns the network sends first, and only once. */
export interface Orders {
  config: Config;
  build: Omit<Build, "instantiate">;
  memory: WebAssembly.Memory;
  mailbox: Mailbox;
  index: number;
  size: number;
  crowded: boolean;
}

/** Node's `parentPort`, or a page's worker itself: what both have of each other. */
interface Port {
  onmessage: ((event: { data: Orders }) => void) | null;
  postMessage(message: unknown): void;
  close(): void;
}

const node = nodeModule<typeof import("node:worker_threads")>("node:worker_threads");
const port = (node?.parentPort ?? globalThis) as unknown as Port;

/** Waits for orders and follows them. */
export function joinCrew(): void {
  port.onmessage = ({ data }) => {
    port.onmessage = null;
    work(data);
    port.close();
  };
}

function work({ config, build, memory, mailbox, index, size, crowded }: Orders): void {
  const team = new Member(mailbox, index, size, crowded);
  // If something ends this thread from within, the others must not wait for it.
  globalThis.process?.on?.("exit", (status) => {
    team.noteStopped(index);
    team.fail(index, `it ended with status ${status}`);
  });
  try {
    const model = createModel(config, { ...build, instantiate }, size, "", { memory, team });
    port.postMessage("ready");
    for (let pass = team.awaitPass(0); ; pass = team.awaitPass(pass)) runPass(...readPass(mailbox.pass, model));
  } catch (error) {
    if (!(error instanceof CrewFailure)) team.fail(index, String(error));
  } finally {
    team.noteStopped(index);
  }
}
