// Threads of whatever runtime this is: node:worker_threads, or Web Workers.

import { nodeModule } from "#runtime/node";
import { startInNode, startInPage } from "#threads/start";

/**
 * Milliseconds after which an ended worker of a page is taken to write no more. It stops at once, but nothing says
 * when.
 */
const STOPPING = 100;

/** What threads are called, and know themselves by. */
export const CREW = "thinned crew";
let program: string | undefined;

/**
 * Threads of a page run this program, which joins a crew where its name is `CREW`, in place of the module beside this
 * one: a blob has none.
 */
export function setProgram(url: string): void {
  program = url;
}

/** A thread that runs crew-worker.ts. */
export interface Thread {
  post(message: unknown): void;
  /** Ends it, whatever it is doing. */
  end(): void;
  /**
   * Somebody ended it, and it stops at once. `onEnd` comes when the event loop has a turn. Not every runtime can tell.
   */
  isEnding(): boolean;
  /** From now on it keeps no process from exiting. */
  unref(): void;
}

export interface Listeners {
  onMessage(message: unknown): void;
  /** It has ended or could not start, and runs no more. */
  onEnd(why: string): void;
}

type NodeThreads = typeof import("node:worker_threads");

/** Why this runtime has no threads for us; nothing where it has. */
export function whyNoThreads(): string | undefined {
  if (typeof SharedArrayBuffer !== "function" || globalThis.crossOriginIsolated === false) {
    return "there is no shared memory here: a page must be cross-origin isolated";
  }
  if (!nodeModule("node:worker_threads") && typeof Worker !== "function") return "this runtime has no workers";
  return undefined;
}

/** Processors that this process may use. */
export function processors(): number {
  const os = nodeModule<typeof import("node:os")>("node:os");
  return os?.availableParallelism?.() ?? globalThis.navigator?.hardwareConcurrency ?? 1;
}

/** Starts a thread. */
export function spawn(listeners: Listeners): Thread {
  const node = nodeModule<NodeThreads>("node:worker_threads");
  // Deno has Node's threads in a Web Worker as well, and no file beside the blob that this is.
  return node && !program ? spawnInNode(node, listeners) : spawnInPage(listeners);
}

function spawnInNode(node: NodeThreads, { onMessage, onEnd }: Listeners): Thread {
  const worker = startInNode(node);
  let why = "";
  // Node gives −1 for how long a stopped worker's event loop was idle. Nothing else tells without a turn of this
  // thread's event loop.
  const isEnding = () => worker.performance?.eventLoopUtilization?.().idle === -1;
  worker.on("message", (message) => {
    // Ask once while it runs: Node then remembers when the loop began, and cannot find out afterwards.
    isEnding();
    onMessage(message);
  });
  worker.on("error", (error: Error) => {
    why = `: ${error.message}`;
  });
  worker.on("exit", (status) => onEnd(`it ended with status ${status}${why}`));
  return {
    post: (message) => worker.postMessage(message),
    end: () => void worker.terminate(),
    isEnding,
    unref: () => worker.unref(),
  };
}

function spawnInPage({ onMessage, onEnd }: Listeners): Thread {
  const worker = program ? new Worker(program, { type: "module", name: CREW }) : startInPage(CREW);
  worker.onmessage = ({ data }) => onMessage(data);
  worker.onmessageerror = () => onEnd("it could not be sent its module and memory");
  worker.onerror = (event) => {
    event.preventDefault();
    worker.terminate();
    onEnd(event.message ?? "its script could not be loaded");
  };
  let ending = false;
  const end = () => {
    ending = true;
    worker.terminate();
    setTimeout(() => onEnd("it was ended"), STOPPING);
  };
  return { post: (message) => worker.postMessage(message), end, isEnding: () => ending, unref: () => {} };
}
