// Every operator of a chain but the activations, which are recognised by what they compute.

import type { Operators } from "../link.js";
import { AFFINE } from "./affine.js";
import { ANSWER } from "./answer.js";
import { DENSE } from "./dense.js";
import { DROPOUT } from "./dropout.js";
import { NEUTRAL } from "./neutral.js";
import { SELECT } from "./select.js";

export const OPERATORS: Operators = { ...DENSE, ...AFFINE, ...NEUTRAL, ...SELECT, ...DROPOUT, ...ANSWER };
