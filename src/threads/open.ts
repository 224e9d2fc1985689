// A model and the workers that its settings call for.

import type { Config } from "../config/network.js";
import { type Crew, createModel, type Model } from "../model/model.js";
import type { Build } from "../runtime/core.js";
import { loadBuild } from "../runtime/load.js";
import type { RuntimeInfo, WasmSource } from "../types.js";
import { chooseThreads } from "./count.js";
import { ThreadCrew } from "./crew.js";

/**
 * Ends the workers of models that were forgotten, and not disposed of: a crew knows its mailbox and never its model.
 */
let forgotten: FinalizationRegistry<Crew> | undefined;

/** A model without weights, its workers at work. */
export async function openModel(config: Config, wasm?: WasmSource): Promise<Model> {
  const { threads, why } = chooseThreads(config);
  const model = staff(
    config,
    await loadBuild(config.build, wasm, { shared: threads > 1, revectorized: config.revectorize }),
    threads,
    why,
  );
  await model.crew?.started;
  return model;
}

/** Another model of the same kind. Its workers join it when they have started; no result depends on when. */
export function openTwin({ build }: Model, config: Config): Model {
  const { threads, why } = chooseThreads(config);
  return staff(config, build, threads, why);
}

function staff(config: Config, build: Build, threads: number, why: string): Model {
  if (threads > 1 && !build.shared) {
    return createModel(config, build, 1, "one thread: the module at hand has no memory that threads can share");
  }
  const model = createModel(config, build, threads, why);
  if (threads > 1) {
    model.crew = new ThreadCrew(model, threads);
    forgotten ??= new FinalizationRegistry((crew) => crew.dispose());
    forgotten.register(model, model.crew);
  }
  return model;
}

/** Ends its workers. A call that is under way stops. */
export function closeModel(model: Model): void {
  model.disposed = true;
  model.crew?.dispose();
}

/** What runs a model, and why. */
export function runtimeInfo({ build, crew, why, arena }: Model): RuntimeInfo {
  const threads = crew?.working ? crew.size : 1;
  const staffing = crew && !crew.working ? `one thread: ${crew.excuse}` : why;
  const { name, revectorized } = build;
  return {
    build: name,
    threads,
    revectorized,
    reason: `${build.reason}; ${staffing}`,
    memory: arena.memory.buffer.byteLength,
  };
}
