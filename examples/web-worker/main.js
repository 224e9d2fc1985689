// Trains in a Web Worker: the page stays free, shows how far training is, and can stop it.
import { Network } from "thinned/worker";

const EPOCHS = 600;
const [train, stop] = document.querySelectorAll("button");
const progress = document.querySelector("progress");
const report = document.querySelector("output");
const map = document.querySelector("canvas");
const data = spirals(1000);

// The methods are those of "thinned", and each returns a promise.
const net = await Network.create({
  sizes: [2, 64, 64, 2],
  dropout: 0.05,
  optimizer: { type: "adam", learningRate: 0.01 },
  seed: 1,
});

let abort;
train.addEventListener("click", async () => {
  abort = new AbortController();
  train.disabled = true;
  stop.disabled = false;
  try {
    for await (const { epoch, trainLoss } of net.fit(data, { epochs: EPOCHS, batch: 50, signal: abort.signal })) {
      progress.value = epoch;
      report.value = `epoch ${epoch}: loss ${trainLoss.toFixed(3)}`;
      if (epoch % 20 === 0) await paint();
    }
    const { error } = await net.evaluate(data);
    report.value = `done: ${(100 * error).toFixed(1)} % wrong`;
  } catch (error) {
    if (error.name !== "AbortError") throw error;
    report.value = `stopped after ${(await net.progress).epoch} epochs; Train goes on from there`;
  }
  train.disabled = false;
  stop.disabled = true;
});
stop.addEventListener("click", () => abort.abort());
train.disabled = false;

/** Colours each point of the square by the class that the network gives it. */
async function paint() {
  const { width, height } = map;
  const points = Float32Array.from({ length: 2 * width * height }, (_, k) => {
    const i = k >> 1;
    return k % 2 ? 1 - (2 * Math.floor(i / width)) / height : (2 * (i % width)) / width - 1;
  });
  const answers = await net.predict(points);
  const image = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) image.data.set([64, 128, 255, 255 * answers[2 * i + 1]], 4 * i);
  map.getContext("2d").putImageData(image, 0, 0);
}

/** Two spirals, one inside the other. */
function spirals(n) {
  const x = new Float32Array(2 * n);
  const y = new Array(n);
  for (let i = 0; i < n; i++) {
    y[i] = i % 2;
    const turn = Math.sqrt((i * 0.6180339887) % 1);
    const angle = 5 * turn + Math.PI * y[i];
    x[2 * i] = turn * Math.cos(angle);
    x[2 * i + 1] = turn * Math.sin(angle);
  }
  return { x, y };
}
