// The four thinned networks of one neuron with two inputs, and their average.
import { arrow, box, circle, picture, text } from "./svg.mjs";

const STATES = [
  { kept: [true, true], probability: "(1−p)²", z: "w₁x + w₂y" },
  { kept: [true, false], probability: "(1−p) p", z: "w₁x" },
  { kept: [false, true], probability: "p (1−p)", z: "w₂y" },
  { kept: [false, false], probability: "p²", z: "0" },
];
const WIDTH = 172;

export function thinned() {
  return picture(
    900,
    212,
    "The four thinned networks of one neuron, and their average",
    "Each input of z = w₁x + w₂y is dropped with probability p. The four states, weighted by their probabilities, average to (1−p)(w₁x + w₂y).",
    [STATES.map(neuron), average()],
  );
}

function neuron({ kept, probability, z }, i) {
  const left = 12 + i * WIDTH;
  const end = [left + 118, 76];
  const inputs = kept.map((isKept, input) => {
    const [x, y] = [left + 28, 42 + 68 * input];
    const tone = isKept ? "on" : "gone";
    return [
      arrow(
        [[x + 17, y], isKept ? [end[0] - 19, end[1] + (input ? 6 : -6)] : [end[0] - 18, end[1] + (input ? 6 : -6)]],
        tone,
      ),
      circle(x, y, 16, tone),
      text(x, y, ["x", "y"][input], isKept ? "italic large" : "italic large faint"),
      text(left + 76, y + (input ? 4 : -4), ["w₁", "w₂"][input], isKept ? "small" : "small faint"),
    ];
  });
  return [
    inputs,
    circle(...end, 16, kept.includes(true) ? "on" : ""),
    text(...end, "z", "italic large"),
    text(left + 74, 150, `z = ${z}`, "bold"),
    text(left + 74, 176, `probability ${probability}`, "small faint"),
  ];
}

function average() {
  const left = 12 + 4 * WIDTH;
  return [
    box(left + 4, 22, 188, 168, ""),
    text(left + 98, 52, "on average", "small faint"),
    text(left + 98, 84, "E[z] =", "large"),
    text(left + 98, 110, "(1−p)(w₁x + w₂y)", "large bold"),
    text(left + 98, 148, "so something has to", "small faint"),
    text(left + 98, 166, "make up for 1−p", "small faint"),
  ];
}
