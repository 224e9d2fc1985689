// Who waits for a next pass. A network that was forgotten keeps its workers until it is collected as garbage. Threads
// are no part of the heap, so they do not hasten that. So only some of them wait. Those that have waited longest go
// home, and come back when called.

/** Threads that may wait at a time. A larger crew waits alone. */
const MOST = 16;

export interface Waiting {
  /** Threads. */
  readonly hands: number;
  /** Ends them. */
  relieve(): void;
}

/** Those that were called longest ago first. */
const waiting = new Set<Waiting>();

/** Adds one, and relieves as many as have to make room for it. */
export function enter(crew: Waiting): void {
  let hands = crew.hands;
  for (const other of waiting) hands += other.hands;
  for (const other of waiting) {
    if (hands <= MOST) break;
    hands -= other.hands;
    waiting.delete(other);
    other.relieve();
  }
  waiting.add(crew);
}

/** Notes that one is called; nothing where it was never entered. */
export function call(crew: Waiting): void {
  if (waiting.delete(crew)) waiting.add(crew);
}

export function leave(crew: Waiting): void {
  waiting.delete(crew);
}
