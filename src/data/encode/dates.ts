// Columns of dates and times.
import { type DateCode, type Part, phaseOf } from "../../cells/date.js";
import type { DateColumn } from "../columns.js";
import { moments, present, quantile } from "./statistics.js";

/** A part of a date counts where the training rows lie in different ones of so many pieces of it. */
const PIECES: Record<Part, number> = { year: 12, week: 7, day: 86_400 };

export function fitDate({ name, values }: DateColumn, rows: Uint32Array | null, where: string): DateCode {
  const known = present(values, rows);
  const { mean, scale } = moments(known, where);
  const parts = (Object.keys(PIECES) as Part[]).filter((part) => {
    const piece = (time: number) => Math.floor(PIECES[part] * phaseOf(time, part) + 1e-6);
    const first = piece(known[0]);
    return known.some((time) => piece(time) !== first);
  });
  const missing = known.length < (rows ?? values).length;
  const fill = quantile(known.slice().sort(), 0.5);
  return { name, kind: "date", fill, missing, shift: mean, scale, parts };
}
