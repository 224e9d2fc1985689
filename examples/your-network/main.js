// Opens a network that was trained elsewhere and answers with it, a hundred thinned networks at a time. No file leaves
// the page.
import { Network } from "thinned/infer";
import { fromOnnx } from "thinned/onnx";
import { fromStateDict } from "thinned/pytorch";

/** @type {(id: string) => any} */
const $ = (id) => document.getElementById(id);
let file;
let net;

$("file").addEventListener("change", () => open($("file").files[0]));
$("activation").addEventListener("change", () => open(file));
$("rate").addEventListener("change", () => open(file));
$("ask").addEventListener("click", answer);
document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", (event) => {
  event.preventDefault();
  open(event.dataTransfer.files[0]);
});

async function open(chosen) {
  if (!chosen) return;
  file = chosen;
  try {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const dropout = Number($("rate").value);
    const model = file.name.endsWith(".onnx")
      ? fromOnnx(bytes, { dropout })
      : fromStateDict(bytes, { dropout, activation: $("activation").value });
    net?.dispose();
    net = await Network.load(model);
    const { sizes } = net.config;
    $("row").value = new Array(sizes[0]).fill(0).join(" ");
    $("answer").value = `${file.name}: ${sizes.join("-")}`;
    answer();
  } catch (error) {
    $("answer").value = error.message; // what it is, where it is, what to do
  }
}

function answer() {
  if (!net) return;
  const numbers = $("row")
    .value.trim()
    .split(/[\s,;]+/)
    .map(Number);
  const row = Float32Array.from({ length: net.config.sizes[0] }, (_, i) => numbers[i] || 0);
  const whole = net.predict(row);
  const { mean, variance } = net.mc_step(row, { samples: 100, draw: 0 });
  const lines = Array.from(whole, (y, k) => {
    const spread = Math.sqrt(variance[k]);
    return [`output ${k}`, y.toPrecision(4), `${mean[k].toPrecision(4)} ± ${spread.toPrecision(2)}`];
  });
  $("bars").replaceChildren(...[["", "the whole network", "100 thinned ones"], ...lines].map(asRow));
}

function asRow(cells) {
  const row = document.createElement("tr");
  for (const cell of cells) row.insertCell().textContent = cell;
  return row;
}
