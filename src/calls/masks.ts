// The masks of a pass: drawn from their counter, or handed in, or given back. docs/masks.md states the function.

import { checkBoolean, checkInteger, checkKeys, checkObject, kindOf, wrongType, wrongValue } from "../checks.js";
import { drawMasks } from "../compute/masks.js";
import { maskStride } from "../memory/layout.js";
import { type Model, ratesAt } from "../model/model.js";
import type { DrawnMasks } from "../model/pass.js";
import { LAST_STEP, Stream } from "../random/philox.js";
import type { MaskOptions, Masks } from "../types.js";

/** Checks masks that a caller hands in: per unit layer `[batch, width]` of 0 and 1, or null. */
export function checkMasks(model: Model, masks: unknown, batch: number): Masks {
  const widths = model.config.sizes.slice(0, -1);
  const expected = `an array of ${widths.length} masks (Uint8Array or null), one for each layer's input`;
  if (!Array.isArray(masks)) wrongType("masks", expected, masks);
  if (masks.length !== widths.length) wrongValue("masks", expected, masks);
  // Not `map`, which skips holes.
  return Array.from(masks, (given: unknown, l) => {
    if (given === null) return null;
    if (kindOf(given) !== "Uint8Array") wrongType(`masks[${l}]`, "a Uint8Array of 0 and 1, or null", given);
    const mask = new Uint8Array(given as Uint8Array);
    if (mask.length !== batch * widths[l]) wrongValue(`masks[${l}]`, `of length ${batch} × ${widths[l]}`, mask);
    const wrong = mask.findIndex((bit) => bit > 1);
    if (wrong >= 0) wrongValue(`masks[${l}][${wrong}]`, "0 (dropped) or 1 (kept)", mask[wrong]);
    return mask;
  });
}

/** Packs masks that were handed in. */
export function storeMasks(model: Model, masks: Masks, batch: number): void {
  masks.forEach((bytes, l) => {
    if (bytes === null) return;
    const { mask, width } = model.arena.plan.units[l];
    const stride = maskStride(width);
    const packed = new Uint8Array(model.arena.memory.buffer, mask, batch * stride);
    packed.fill(0);
    for (let s = 0; s < batch; s++) {
      for (let j = 0; j < width; j++) packed[s * stride + (j >> 3)] |= bytes[s * width + j] << (j & 7);
    }
  });
}

/** The masks of the last masked pass. */
export function readLastMasks(model: Model): Masks {
  if (!model.last) throw new Error("masks() gives the masks of the last train_step, and there was none yet");
  const { source, batch } = model.last;
  if ("supplied" in source) return source.supplied.map((mask) => mask?.slice() ?? null);
  return readDrawnMasks(model, source, batch);
}

/** The masks of any update or Monte-Carlo draw, by the rates in force. */
export function readMasks(model: Model, options: MaskOptions): Masks {
  checkKeys("options", checkObject("options", options), ["step", "draw", "batch", "seed", "shared"]);
  const { step, draw, seed = model.config.seed, shared = false } = options;
  if ((step === undefined) === (draw === undefined)) {
    wrongType("options", "of a step or of a draw: { step, batch } or { draw, batch }", options);
  }
  checkInteger(step === undefined ? "draw" : "step", step ?? draw, 0, LAST_STEP);
  const batch = checkInteger("batch", options.batch ?? (shared ? 1 : undefined), 1, 2 ** 32);
  checkInteger("seed", seed, 0);
  checkBoolean("shared", shared);
  if (shared && step !== undefined) {
    wrongValue("shared", "false for an update", shared, "every row of an update has a mask of its own");
  }
  const source =
    step === undefined
      ? { stream: Stream.monteCarlo, step: draw as number, rates: ratesAt(model, model.counters.step) }
      : { stream: Stream.update, step, rates: ratesAt(model, step) };
  if (!shared) return readDrawnMasks(model, { ...source, seed }, batch);
  return readDrawnMasks(model, { ...source, seed }, 1).map((row) => row && repeat(row, batch));
}

/** So many copies of a row. */
function repeat(row: Uint8Array, batch: number): Uint8Array {
  const mask = emptyMask(batch, row.length);
  for (let s = 0; s < batch; s++) mask.set(row, s * row.length);
  return mask;
}

/** Masks drawn again, in pieces that memory has room for. They are a function of their source alone. */
function readDrawnMasks(model: Model, source: DrawnMasks, batch: number): Masks {
  const { arena, config } = model;
  const capacity = arena.needs.batch;
  const masks = source.rates.map((p, l) => (p === 0 ? null : emptyMask(batch, config.sizes[l])));
  if (masks.every((mask) => mask === null)) return masks;
  for (let from = 0; from < batch; from += capacity) {
    const rows = Math.min(capacity, batch - from);
    drawMasks(model, source, rows, from);
    masks.forEach((bytes, l) => {
      if (bytes === null) return;
      const { mask, width } = arena.plan.units[l];
      const stride = maskStride(width);
      const packed = new Uint8Array(arena.memory.buffer, mask, rows * stride);
      for (let s = 0; s < rows; s++) {
        const row = bytes.subarray((from + s) * width, (from + s + 1) * width);
        for (let j = 0; j < width; j++) row[j] = (packed[s * stride + (j >> 3)] >> (j & 7)) & 1;
      }
    });
  }
  return masks;
}

function emptyMask(batch: number, width: number): Uint8Array {
  // Bytes that every engine can hold in one array.
  const most = 2 ** 31;
  if (batch * width > most) {
    wrongValue("batch", `at most ${Math.floor(most / width)} for a layer of ${width} units`, batch);
  }
  return new Uint8Array(batch * width);
}
