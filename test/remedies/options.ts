// What is wrong with the options of a network, and what their messages tell to write.
import type { Remedy } from "./run.js";

const SIZES = "sizes: [2, 3, 2]";
/** `wrong` is an option, and what the message tells is another in its place. */
const inPlace = (says: string, wrong: string, take: RegExp, more = SIZES): Remedy => ({
  says,
  wrong: `await Network.create({ ${more}, ${wrong} })`,
  take,
  right: `return (await Network.create({ ${more}, REMEDY })).summary()`,
});

export const OPTIONS: Remedy[] = [
  {
    says: "an object such as { sizes: [784, 1024, 10] }",
    wrong: "await Network.create([784, 1024, 10])",
    take: /such as (\{.*?\})/,
    right: "return (await Network.create(REMEDY)).summary()",
  },
  ...["momentum: 0.9", "beta1: 0.8", "learningRate: 0.01", "alpha: 0.9"].map((option) =>
    inPlace(
      'options has no option "…"; it belongs to the optimizer: optimizer: { type: "…", … }',
      option,
      /the optimizer: (optimizer: \{.*\})/,
    ),
  ),
  {
    ...inPlace('an object such as { type: "sgd", learningRate: 0.1 }', 'optimizer: "sgd"', /such as (\{.*?\})/),
    right: `return (await Network.create({ ${SIZES}, optimizer: REMEDY })).summary()`,
  },
  {
    ...inPlace('an object such as { type: "ema", decay: 0.999 }, or null', 'average: "ema"', /such as (\{.*?\})/),
    right: `return (await Network.create({ ${SIZES}, average: REMEDY })).summary()`,
  },
  {
    ...inPlace("an object { shift, scale }, or null", "inputs: [1, 2]", /an object (\{.*?\})/),
    right: `const shift = [1, 2], scale = 3; return (await Network.create({ ${SIZES}, inputs: REMEDY })).summary()`,
  },
  ...['type: "cosine", from: 0.1', 'type: "linear", from: 0.1, to: 0'].map((schedule) => ({
    says: "it is the schedule's length in updates: epochs * Math.ceil(samples / batch)",
    given: "const epochs = 3, samples = 10, batch = 4",
    wrong: `await Network.create({ ${SIZES}, optimizer: { type: "sgd", learningRate: { ${schedule} } } })`,
    take: /in updates: (.*)/,
    right: `const rate = { ${schedule}, steps: REMEDY };
      return (await Network.create({ ${SIZES}, optimizer: { type: "sgd", learningRate: rate } })).summary()`,
  })),
  ...["swish", "identity", "gelu_tanh"].flatMap((name) => [
    {
      ...inPlace("take …", `activation: "${name}"`, /; take (.*)/),
      right: `return (await Network.create({ ${SIZES}, activation: REMEDY })).summary()`,
    },
    ...(name === "gelu_tanh"
      ? [
          {
            ...inPlace('{ type: "gelu", approximate: "tanh" }', `activation: "${name}"`, /take (.*)/),
            right: `return (await Network.create({ ${SIZES}, activation: [REMEDY] })).summary()`,
          },
        ]
      : []),
  ]),
  {
    ...inPlace('it belongs to loss: "cross-entropy"', 'labelSmoothing: 0.1, loss: "mse"', /belongs to (loss: \S+)/),
    right: `return (await Network.create({ ${SIZES}, labelSmoothing: 0.1, REMEDY })).summary()`,
  },
  ...[
    ["softmax", "mse"],
    ["sigmoid", "cross-entropy"],
    ["softmax", "bce"],
    ["tanh", "bce"],
  ].map(([output, loss]) => ({
    ...inPlace('… is trained by loss: "…"', `output: "${output}", loss: "${loss}"`, /trained by (loss: \S+)/),
    right: `return (await Network.create({ ${SIZES}, output: "${output}", REMEDY })).summary()`,
  })),
  ...[/take (loss: \S+) for/, /(?:or|,) ("mse") for a number/].map((take, i) => ({
    says: 'take loss: "bce" for yes or no, "mse" for a number',
    wrong: 'await Network.create({ sizes: [2, 1], loss: "cross-entropy" })',
    take,
    right: `return (await Network.create({ sizes: [2, 1], ${i === 1 ? "loss: " : ""}REMEDY })).summary()`,
  })),
  {
    says: "did you mean …?",
    wrong: `await Network.create({ ${SIZES}, dropuot: 0.5 })`,
    take: /did you mean "(.*)"\?/,
    right: `return (await Network.create({ ${SIZES}, REMEDY: 0.5 })).summary()`,
  },
  {
    says: "did you mean …?",
    wrong: `await Network.create({ ${SIZES}, activation: "rleu" })`,
    take: /did you mean (".*")\?/,
    right: `return (await Network.create({ ${SIZES}, activation: REMEDY })).summary()`,
  },
  {
    says: 'a network made with output: "linear" has both as numbers',
    given: `const net = await Network.create({ ${SIZES}, loss: "gaussian" }), x = Float32Array.of(1, 2)`,
    wrong: "exactEnsemble(net, x)",
    take: /made with (output: \S+) has/,
    right: `return exactEnsemble(await Network.create({ ${SIZES}, loss: "gaussian", REMEDY }), x)`,
  },
  {
    says: 'WebAssembly SIMD and relaxed SIMD: try build: "simd"',
    // The build for threads, as the other was compiled before.
    given: `const { compile } = WebAssembly;
      WebAssembly.compile = () => { WebAssembly.compile = compile; throw new WebAssembly.CompileError("no such opcode") }`,
    wrong: `await Network.create({ ${SIZES}, threads: 2, build: "relaxed" })`,
    take: /try (build: "\w+")/,
    right: `return (await Network.create({ ${SIZES}, REMEDY })).summary()`,
  },
  ...[
    "make it smaller, or free others with dispose()",
    "no memory for another network; free others with dispose()",
  ].map((says, i) => ({
    says,
    given: `const other = await Network.create({ ${SIZES} }); const { Memory } = WebAssembly; let made = 0;
        const wasm = new WebAssembly.Module(simd);
        WebAssembly.Memory = class extends Memory {
          constructor(descriptor) { if (++made > ${1 - i} && !other.disposed) throw new RangeError("none left"); super(descriptor) }
        }`,
    wrong: `try { await Network.create({ ${SIZES}, wasm }) } catch (error) { WebAssembly.Memory = Memory; throw error }`,
    take: /others with (\w+\(\))/,
    right: `other.REMEDY; return (await Network.create({ ${SIZES}, wasm })).summary()`,
  })),
];
