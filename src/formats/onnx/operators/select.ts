// What takes some of the units: Split, Slice, Gather.

import type { GraphNode } from "../graph.js";
import type { Link, Operators, Shaped } from "../link.js";
import { intOf, intsOf, refuse } from "../node.js";
import { fullDims, rowAxis, shown } from "../row.js";
import { elements, frontAxis, placesAlong } from "../shape.js";
import { sliceOf } from "./slice.js";

/** Leaves these places of an axis of the row. `dims` stand in the place of the axis afterwards. */
function choose(
  { constants, layers, row }: Shaped,
  node: GraphNode,
  axis: number,
  picks: number[],
  dims = [picks.length],
): void {
  const before = row.dims;
  if (before.some(Number.isNaN)) refuse(node, "a known shape", `[${shown(row)}]`);
  if (picks.length === 0) refuse(node, "some of the units", "none of them");
  row.dims = [...before.slice(0, axis), ...dims, ...before.slice(axis + 1)];
  if (picks.length !== before[axis] || picks.some((pick, i) => pick !== i)) {
    constants.spend(elements(row.dims));
    layers.select(node, placesAlong(before, axis, picks));
  }
}

/** Into parts of the sizes that it names, or into equal ones of which the last may be smaller. */
function split(progress: Shaped, { node, to }: Link): void {
  const { constants, row } = progress;
  const axis = rowAxis(node, row, intOf(node, "axis", 0));
  const input = node.inputs[1] ?? "";
  const sizes = input === "" ? intsOf(node, "split") : Array.from(constants.get(input, node).values);
  const size = row.dims[axis];
  const parts = intOf(node, "num_outputs", node.outputs.length);
  const part = node.outputs.indexOf(to);
  const equal = Math.ceil(size / parts);
  const before = sizes ? sizes.slice(0, part).reduce((sum, one) => sum + one, 0) : part * equal;
  const length = sizes ? sizes[part] : Math.min(equal, size - before);
  const whole = sizes ? sizes.reduce((sum, one) => sum + one, 0) === size : parts === node.outputs.length;
  if (!whole || !(length > 0 && before >= 0 && before + length <= size)) {
    refuse(node, `parts of the ${size} units of its axis`, sizes ? `[${sizes}]` : `${parts} parts`);
  }
  constants.spend(length);
  choose(
    progress,
    node,
    axis,
    Array.from({ length }, (_, i) => before + i),
  );
}

function slice(progress: Shaped, { node }: Link): void {
  const { constants, row } = progress;
  const given = node.inputs
    .slice(1)
    .map((input) => (input === "" ? undefined : Array.from(constants.get(input, node).values)));
  for (const { axis, places } of sliceOf(node, fullDims(row), given, (places) => constants.spend(places))) {
    choose(progress, node, rowAxis(node, row, axis), places);
  }
}

function gather(progress: Shaped, { node }: Link): void {
  const { constants, row } = progress;
  const axis = rowAxis(node, row, intOf(node, "axis", 0));
  const { dims, values } = constants.get(node.inputs[1] ?? "", node);
  const picks = Array.from(values, (pick) => frontAxis(pick, row.dims[axis]));
  if (picks.includes(-1)) refuse(node, `places of ${row.dims[axis]} units`, `[${values.slice(0, 8)}]`);
  choose(progress, node, axis, picks, dims);
}

/** Of scikit-learn: columns by their places. */
function extract(progress: Shaped, { node }: Link): void {
  const { constants, row } = progress;
  const { values } = constants.get(node.inputs[1] ?? "", node);
  const axis = row.dims.length - 1;
  const picks = Array.from(values, (pick) => frontAxis(pick, row.dims[axis]));
  if (picks.includes(-1)) refuse(node, `places of ${row.dims[axis]} units`, `[${values.slice(0, 8)}]`);
  choose(progress, node, axis, picks);
}

export const SELECT: Operators = {
  Split: { apply: split, everyOutput: true },
  Slice: { apply: slice },
  Gather: { apply: gather },
  "ai.onnx.ml.ArrayFeatureExtractor": { apply: extract },
};
