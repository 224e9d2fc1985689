// Ctrl-C, a closed terminal or a request to terminate asks a run to end in good order; a second one ends it at once.

export interface Interrupt {
  signal: AbortSignal;
  /** The exit status that shells expect after the signal that came (128 + its number); null if none came. */
  status(): number | null;
  /** Gives the signals back to Node's default behaviour. */
  release(): void;
}

const NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

export function catchInterrupt(): Interrupt {
  const controller = new AbortController();
  let status: number | null = null;
  const onSignal = (name: NodeJS.Signals) => {
    if (status !== null) process.exit(status);
    status = 128 + NUMBERS[name as keyof typeof NUMBERS];
    controller.abort();
  };
  for (const name of Object.keys(NUMBERS)) process.on(name, onSignal);
  return {
    signal: controller.signal,
    status: () => status,
    release() {
      for (const name of Object.keys(NUMBERS)) process.off(name, onSignal);
    },
  };
}
