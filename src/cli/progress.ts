// A progress bar on a terminal, and nothing where nobody watches.
import { SingleBar } from "cli-progress";

export interface Progress {
  /** `done` of `total`, and a few words about how it is going. */
  update(label: string, done: number, total: number, note?: string): void;
  /** Makes room for a line of output; the next update draws the bar again. */
  clear(): void;
}

const silent: Progress = { update() {}, clear() {} };

export function createProgress(wanted: boolean): Progress {
  if (!wanted || !process.stderr.isTTY) return silent;
  let bar: SingleBar | null = null;
  return {
    update(label, done, total, note = "") {
      if (!bar) {
        bar = new SingleBar({
          format: "{label} [{bar}] {percentage} %  {note}",
          barCompleteChar: "=",
          barIncompleteChar: " ",
          barsize: 30,
          stream: process.stderr,
          clearOnComplete: true,
          hideCursor: false,
          fps: 10,
          gracefulExit: false, // Ctrl-C is handled in interrupt.ts, where the checkpoint is written
        });
        bar.start(total, done, { label, note });
      }
      bar.setTotal(total);
      bar.update(done, { label, note });
    },
    clear() {
      bar?.stop();
      bar = null;
    },
  };
}
