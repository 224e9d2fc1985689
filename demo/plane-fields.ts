// The settings of the points in a plane, as they begin: with them anybody sees what dropout does
// (scripts/page-seeds.mjs).
import { type Fields, oneOf, stepped } from "./address.js";
import type { PlaneSettings } from "./lab/plane-lab.js";

export const PLANE_FIELDS: Fields<PlaneSettings> = {
  p: stepped("p", 0.5, 0, 0.95, 0.05),
  width: oneOf("width", 32, [8, 16, 32, 64, 128]),
  points: oneOf("points", 100, [50, 100, 200, 400]),
  wrong: oneOf("wrong", 0.15, [0, 0.05, 0.1, 0.15, 0.2, 0.3]),
  runs: oneOf("runs", 8, [1, 4, 8, 12]),
  seed: stepped("seed", 1, 1, 999_999, 1),
};
