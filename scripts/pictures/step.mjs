// The data's way through one training step of a network with one hidden layer.
import { arrow, box, picture, text } from "./svg.mjs";

const UP = 96; // the middle of the forward pass
const DOWN = 326; // of the backward pass
const NODES = { x: 70, z1: 238, u1: 450, z2: 662, loss: 830 };

export function step() {
  return picture(
    900,
    416,
    "The data's way through one training step",
    "Forward: x times W1 gives z1; bias, ReLU, mask and scale give u1; u1 times W2 gives the logits and the loss. Backward: dz2, then du1 and dz1. Gradients of W1 and W2 update the weights.",
    [
      text(450, 26, "forward", "bold on"),
      text(450, 394, "backward and update", "bold back"),
      node("x", UP, "x", "inputs"),
      node("z1", UP, "z₁", "only where kept"),
      node("u1", UP, "u₁", "about ¼ active"),
      node("z2", UP, "z₂", "logits"),
      node("loss", UP, "loss", ""),
      edge("x", "z1", UP, ["× W₁", "SDDMM"], "on"),
      edge("z1", "u1", UP, ["bias, ReLU,", "mask, scale"], "on"),
      edge("u1", "z2", UP, ["× W₂", "SpMM"], "on"),
      edge("z2", "loss", UP, ["", "softmax"], "on"),
      node("z2", DOWN, "dz₂", "softmax − targets", "back"),
      node("u1", DOWN, "du₁", "only where u₁ is active", "back"),
      node("z1", DOWN, "dz₁", "slope: ReLU′, mask, scale", "back"),
      arrow(
        [
          [NODES.loss, UP + 22],
          [NODES.loss, DOWN],
          [NODES.z2 + 42, DOWN],
        ],
        "back",
      ),
      edge("z2", "u1", DOWN, ["× W₂", "SDDMM"], "back"),
      edge("u1", "z1", DOWN, ["× slope", ""], "back"),
      weight("W₁", "dW₁ = dz₁ᵀ x", NODES.x, NODES.z1),
      weight("W₂", "dW₂ = dz₂ᵀ u₁", NODES.u1, NODES.z2),
    ],
  );
}

function node(name, y, label, note, tone = "on") {
  const x = NODES[name];
  return [
    box(x - 38, y - 20, 76, 40, tone, 6),
    text(x, y, label, "large bold"),
    note ? text(x, y + (y === UP ? -32 : 34), note, "small faint") : "",
  ];
}

function edge(from, to, y, [above, below], tone) {
  const sign = Math.sign(NODES[to] - NODES[from]);
  const [a, b] = [NODES[from] + 40 * sign, NODES[to] - 42 * sign];
  const middle = (a + b) / 2;
  return [
    arrow(
      [
        [a, y],
        [b, y],
      ],
      tone,
    ),
    text(middle, y - 12, above, "small"),
    text(middle, y + 12, below, "small"),
  ];
}

/** A weight between the passes: read above, read and updated below. */
function weight(label, gradient, left, right) {
  const x = (left + right) / 2;
  return [
    box(x - 46, 176, 92, 44, "", 4),
    text(x, 190, label, "large bold"),
    text(x, 208, "in panels", "small faint"),
    arrow([
      [x, 174],
      [x, UP + 26],
    ]),
    arrow(
      [
        [right, DOWN - 22],
        [right, 248],
        [x, 248],
        [x, 222],
      ],
      "back",
    ),
    text(x - 8, 264, gradient, "small"),
    text(x - 8, 282, "row updates", "small faint"),
  ];
}
