// The suites, in the order in which one would want to read them.

import type { Suite } from "../suite.js";
import { density } from "./density.js";
import { masks } from "./masks.js";
import { parts } from "./parts.js";
import { products } from "./products.js";
import { testing } from "./testing.js";
import { builds, sizes, strategies } from "./training.js";

export const SUITES: readonly Suite[] = [strategies, testing, sizes, builds, parts, density, products, masks];
