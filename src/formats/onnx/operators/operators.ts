// Every operator of a chain but the activations, which are recognised by what they compute, and those that only move
// units.

import type { Operator } from "../link.js";
import { type Table, table } from "../table.js";
import { AFFINE } from "./affine.js";
import { DENSE } from "./dense.js";
import { OTHERS } from "./others.js";

export const OPERATORS: Table<Operator> = table({ ...DENSE, ...AFFINE, ...OTHERS });
