// Reads the digit that is drawn: the canvas becomes pixels, the pixels a row, the row an answer.
import { Network } from "thinned/infer";
import { pixelsOf } from "./pixels.js";

const canvas = document.querySelector("canvas");
const pen = canvas.getContext("2d", { willReadFrequently: true });
const answer = document.querySelector("output");

const response = await fetch("digits.safetensors"); // `npm run model` writes it
if (!response.ok) throw new Error("no model: npm run model");
const net = await Network.load(new Uint8Array(await response.arrayBuffer()));
const { classes } = net;
const { imageShape } = JSON.parse(net.metadata.encoding);
answer.value = "Draw with the mouse, a finger or a pen.";

pen.lineWidth = 0.1 * canvas.width;
pen.lineCap = pen.lineJoin = "round";
canvas.addEventListener("pointerdown", (event) => {
  canvas.setPointerCapture(event.pointerId);
  pen.beginPath();
  pen.moveTo(event.offsetX, event.offsetY);
});
canvas.addEventListener("pointermove", (event) => {
  if (event.buttons === 0) return;
  pen.lineTo(event.offsetX, event.offsetY);
  pen.stroke();
});
canvas.addEventListener("pointerup", read);
document.querySelector("button").addEventListener("click", () => {
  pen.clearRect(0, 0, canvas.width, canvas.height);
  answer.value = "";
});

function read() {
  const x = pixelsOf(canvas, imageShape[0]);
  const probabilities = net.predict(x);
  const k = probabilities.indexOf(Math.max(...probabilities));
  const { entropy } = net.mc_step(x, { samples: 30, draw: 0 });
  answer.value = `${classes[k]}, probability ${probabilities[k].toFixed(2)}, doubt ${entropy[0].toFixed(2)} nats`;
}
