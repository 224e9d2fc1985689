// thinned convert: a network in one file format as another.
import { Command } from "commander";
import { NORM_PLACES } from "../../formats/pytorch/batch-norm.js";
import { SAVED_TYPES } from "../../formats/weight-types.js";
import { checkSpares, checkWritable, writeWhole } from "../../node/files.js";
import { UsageError } from "../../node/usage-error.js";
import type { Activation, Output, SavedType } from "../../types.js";
import { printJson, printLine } from "../output.js";
import { type Conversion, FORMATS, type Format, formatOf, readAs, readInput, writeAs } from "../run/formats.js";
import { leftBehind, tellLeftBehind } from "../run/left-behind.js";
import { activationName, either, flag, given, list, oneOf, probabilities, probability, real, whole } from "../usage.js";

interface Options {
  to?: Format;
  dropout?: number | number[];
  inputDropout?: number;
  dtype?: SavedType;
  lean?: boolean;
  activation?: Activation[];
  output?: Output[];
  layers?: string[];
  part?: string;
  batchNorm?: (typeof NORM_PLACES)[number];
  epsilon?: number;
  names?: string[];
  foldInputs?: boolean;
  opset?: number;
  dropoutNodes?: boolean;
  member?: number;
  json?: boolean;
}

/** Options that belong to the format that is read, and to the one that is written. */
const READING: Partial<Record<Format, (keyof Options)[]>> = {
  pytorch: ["activation", "output", "layers", "part", "batchNorm", "epsilon"],
  safetensors: ["activation", "output", "layers", "batchNorm", "epsilon"],
};
const WRITING: Partial<Record<Format, (keyof Options)[]>> = {
  thinned: ["dtype", "lean"],
  pytorch: ["names", "foldInputs"],
  safetensors: ["names", "foldInputs"],
  onnx: ["opset", "dropoutNodes"],
};

const AFTER_HELP = `
IN is a model file of thinned, a state dict of PyTorch (torch.save's .pt, or safetensors) or an .onnx file, with its .onnx.data beside it; what it is, its bytes say.
OUT's ending says what is written: .safetensors a model file of thinned, .pt or .pth a state dict, .onnx ONNX; --to decides otherwise, and safetensors is a state dict
in that format.
p is everywhere the probability of dropping; without --dropout it is that of the file, and 0 for a state dict, which says none.
An activation is a name, with its parameter behind a colon: leaky_relu:0.2, elu:0.5, gelu:tanh; one for all hidden layers, or a list.
Weights of fewer bits are rounded: F16 and BF16 take half of the bytes, I8 a quarter. A converted file holds no run that --resume could continue.
Other formats than thinned's cannot say what words, dates, gaps and heavy tails of a table become: the columns are named.
Of an ensemble, --member takes one network out.
docs/pytorch.md tells more of state dicts.`;

export function convertCommand(): Command {
  return new Command("convert")
    .description("write a network in another format, with other dropout or in fewer bits")
    .argument("<in>", "model file, state dict or .onnx file")
    .argument("<out>", "file to write: .safetensors, .pt, .pth or .onnx")
    .option("--to <format>", `${either(FORMATS)} (default: as OUT ends)`, oneOf(FORMATS))
    .option("--dropout <p>", "hidden layers', one or a list", probabilities)
    .option("--input-dropout <p>", "the inputs'", probability)
    .option("--dtype <type>", `weights of a model file: ${either(SAVED_TYPES)} (default F32)`, oneOf(SAVED_TYPES))
    .option("--lean", "a model file without the optimizer's state")
    .option("--activation <names>", "state dict: what follows its hidden layers", activations)
    .option("--output <name>", "state dict: what its last layer answers, such as softmax (default linear)", outputs)
    .option("--layers <names>", "state dict: its modules in their order, with commas between them", list)
    .option("--part <name>", "state dict: which one, of several in the file")
    .option("--batch-norm <place>", `state dict: ${either(NORM_PLACES)} the activation`, oneOf(NORM_PLACES))
    .option("--epsilon <eps>", "state dict: its batch norms' (default 1e-5)", real(0))
    .option("--names <names>", "writing a state dict: its layers' names (default 0,2,4, …)", list)
    .option("--fold-inputs", "writing a state dict: put shift and scale of the inputs into the first layer")
    .option("--opset <n>", "writing ONNX: version of its operators (default 17)", whole(13, 25))
    .option("--dropout-nodes", "writing ONNX: with Dropout nodes in training mode, which sample")
    .option("--member <n>", "an ensemble: its first network is 1", whole(1))
    .option("--json", "one line of JSON")
    .addHelpText("after", AFTER_HELP)
    .action(convert);
}

const activations = (text: string) => text.split(",").map(activationName());
const outputs = (text: string) => [activationName("softmax", "gaussian")(text)];

async function convert(path: string, out: string, options: Options, command: Command): Promise<void> {
  const to = options.to ?? formatOf(out);
  checkWritable("OUT", out);
  checkSpares("OUT", out, [path]);
  const input = readInput(path, options.member);
  checkOptions(given(command), input.format, to);
  const { activation, output, json, ...rest } = options;
  const conversion: Conversion = {
    ...rest,
    activation: activation?.length === 1 ? activation[0] : activation,
    output: output?.[0],
  };
  let written: Uint8Array;
  let network: Awaited<ReturnType<typeof readAs>>;
  try {
    network = await readAs(input, conversion);
    written = writeAs(to, network, conversion);
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`, { cause: error });
  }
  const left = to === "thinned" ? [] : leftBehind(network);
  writeWhole(out, written);
  const { sizes, activation: functions, output: answers, dropout } = network.config;
  network.dispose();
  const facts = { in: path, from: input.format, out, to, bytes: written.length };
  if (json) printJson({ ...facts, sizes, activation: functions, output: answers, dropout, left });
  else {
    printLine(`${path}: ${input.format}, ${sizes.join("-")}, dropout ${(dropout as number[]).join(", ")}`);
    printLine(`${out}: ${to}, ${written.length.toLocaleString("en-US")} bytes`);
    const told = tellLeftBehind(out, left);
    if (told) printLine(told);
  }
}

/** An option of another format would change nothing: it must not pass for one that did. */
function checkOptions(wanted: Set<string>, from: Format, to: Format): void {
  for (const [table, format, what] of [
    [READING, from, "reads"],
    [WRITING, to, "writes"],
  ] as const) {
    const known = new Set(Object.values(table).flat());
    const own = table[format] ?? [];
    const wrong = [...wanted].find((name) => known.has(name as keyof Options) && !own.includes(name as keyof Options));
    if (wrong === undefined) continue;
    const formats = FORMATS.filter((other) => table[other]?.includes(wrong as keyof Options));
    throw new UsageError(`${flag(wrong)} is for what ${what} ${formats.join(" or ")}; this ${what} ${format}`);
  }
}
