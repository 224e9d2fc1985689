// What page and worker agree on about the points in a plane.

/** The part of the plane that is drawn, and into how many cells it is cut. */
export const PLANE = { left: -1.9, right: 1.9, bottom: -1.3, top: 1.3, columns: 57, rows: 39 } as const;

/** Steps that one press trains for; every step looks at all points. */
export const STEPS = 1000;
/** Steps between two measurements. */
export const EVERY = 25;
/** Seeds of the pairs of neighbouring seeds never meet. */
export const SEEDS_APART = 1000;
