// The race's own worker: whoever starts it sends the options, and gets a message per round until it ends the worker.
import { Race, type RaceOptions } from "./race.js";

export type RaceMessage = { build: string } | { times: number[] } | { error: string };

const send = (message: RaceMessage) => postMessage(message);

export function takePart(): void {
  addEventListener("message", async ({ data }: MessageEvent<RaceOptions>) => {
    try {
      const race = await Race.open(data);
      race.warmUp();
      send({ build: race.build });
      for (;;) send({ times: race.round() });
    } catch (error) {
      send({ error: (error as Error).message });
    }
  });
}
