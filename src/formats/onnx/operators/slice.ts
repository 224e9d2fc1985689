// What a Slice takes, in both of its forms: attributes before operator set 10, inputs since.

import type { GraphNode } from "../graph.js";
import { intsOf, refuse } from "../node.js";
import { frontAxis, slicePlaces } from "../shape.js";

/** Axis after axis, the places that stay. `given` are the numbers of the inputs behind the first: starts, ends, axes, steps. */
export function sliceOf(
  node: GraphNode,
  dims: readonly number[],
  given: (number[] | undefined)[],
  spend: (places: number) => void,
): { axis: number; places: number[] }[] {
  const [starts, ends, axes, steps] =
    node.opset < 10 ? [intsOf(node, "starts"), intsOf(node, "ends"), intsOf(node, "axes")] : given;
  if (!starts || starts.length !== ends?.length) return refuse(node, "as many ends as starts", "another number");
  return starts.map((start, i) => {
    const axis = frontAxis((axes ?? starts.map((_, at) => at))[i], dims.length);
    const step = steps?.[i] ?? 1;
    if (axis < 0 || !Number.isInteger(step) || step === 0)
      refuse(node, "axes of its input, and steps", `${axes}, ${steps}`);
    if (!Number.isInteger(start) || !Number.isInteger(ends[i])) refuse(node, "known places", `${start} to ${ends[i]}`);
    if (!Number.isInteger(dims[axis])) refuse(node, "an axis of a known length", `axis ${axis}`);
    spend(dims[axis]);
    return { axis, places: slicePlaces(dims[axis], start, ends[i], step) };
  });
}
