// A network's settings as a caller may keep and change them, its schedules where the options have them.

import type { NetworkSettings } from "../types.js";
import { type Config, copySettings } from "./network.js";
import { scheduleOf } from "./schedules/rates.js";

export function settingsOf({ schedules, ...config }: Config): NetworkSettings {
  const { optimizer, ...settings } = copySettings(config);
  return {
    ...settings,
    dropout: config.rates.map((rate) => structuredClone(scheduleOf(rate)) ?? rate),
    optimizer: { ...optimizer, ...structuredClone(schedules) },
  };
}
