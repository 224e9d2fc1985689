// What is wrong with calls of a network, and what their messages tell to write.
import type { Remedy } from "./run.js";

const NET = "const net = await Network.create({ sizes: [2, 3, 2], dropout: 0.5, loss: 'cross-entropy' })";
const DATA = `${NET}; const x = new Float32Array(16), y = Array(8).fill(1), data = { x, y }`;
const TABLE = `const table = readTable("age,b\\n" + Array.from({ length: 40 }, (_, i) => i * 7 % 40 + "," + (i % 9 + 0.5)).join("\\n"));
  const { encoding } = fitEncoding(table, { target: "b" }); const { features, outputs } = encoding;
  const net = await Network.create({ sizes: [features, outputs], loss: "mse" })`;
const MADE = /; ((?:Float32Array\.|\S+\.map\().+) makes /;

export const CALLS: Remedy[] = [
  {
    says: "give { [Symbol.asyncIterator]: () => read() }, read being the function that makes it",
    given: `${DATA}; const read = function* () { yield data; yield data; }`,
    wrong: "await net.run(read())",
    take: /give (\{.*\}), read/,
    right: "return net.run(REMEDY)",
  },
  {
    says: "Float32Array.from([...x].flatMap((r) => r.length ? [...r] : r)) makes one",
    given: `${NET}; const x = [Float32Array.of(1, 2), [3, 4]]`,
    wrong: "net.test_step(x)",
    take: MADE,
    right: "return net.test_step(REMEDY)",
  },
  {
    says: "Float32Array.from([...x].flatMap((r) => r.length ? [...r] : r)) makes one",
    given: `${NET}; const x = Uint8Array.of(1, 2)`,
    wrong: "net.test_step(x)",
    take: MADE,
    right: "return net.test_step(REMEDY)",
  },
  {
    says: "….map((y) => (y + 1) / 2) makes 0 and 1 of −1 and 1",
    given:
      "const net = await Network.create({ sizes: [2, 1], loss: 'bce' }); const x = Float32Array.of(1, 2), y = [-1]",
    wrong: "net.train_step(x, y)",
    take: MADE,
    right: "return net.train_step(x, REMEDY)",
  },
  {
    says: "….map((y) => (y + 1) / 2) makes 0 and 1 of −1 and 1",
    given: `${NET}; const data = { x: new Float32Array(4), y: [-1, 1] }`,
    wrong: "net.evaluate(data)",
    take: MADE,
    right: "return net.evaluate({ ...data, y: REMEDY })",
  },
  {
    says: "….map((y) => y - 1) makes labels that begin at 0",
    given: `${NET}; const x = new Float32Array(4), y = [1, 2]`,
    wrong: "net.train_step(x, y)",
    take: MADE,
    right: "return net.train_step(x, REMEDY)",
  },
  {
    says: "a view from input() that is up to date",
    given: `${NET}; const old = net.input(1); net.input(4000)`,
    wrong: "net.test_step(old)",
    take: /a view from (input\()/,
    right: "return net.test_step(net.REMEDY 1))",
  },
  {
    says: 'this network keeps no average of its weights: create it with average: { type: "ema" }',
    given: DATA,
    wrong: "await net.averaged()",
    take: /create it with (.*)/,
    right: `const other = await Network.create({ sizes: [2, 3, 2], loss: "cross-entropy", REMEDY });
      other.train_step(x, y); return (await other.averaged()).parameters()`,
  },
  {
    says: "go on with the same data, or begin a new epoch with restart: true",
    given: `${DATA}; for await (const _ of net.fit(data, { batch: 2, steps: 1 }));`,
    wrong: "await net.run({ x: x.subarray(4), y: y.slice(2) })",
    take: /with (restart: \w+)/,
    right: "return await net.run({ x: x.subarray(4), y: y.slice(2) }, { REMEDY })",
  },
  {
    says: "another fit() of this network is under way: wait for it, abort it, or go on with a clone()",
    given: DATA,
    wrong: "await net.run(data, { onStep: () => net.run(data) })",
    take: /with a (\w+\(\))/,
    right: "return await (await net.REMEDY).run(data)",
  },
  {
    says: "a data set to watch, or validationSplit: 0.1",
    given: `${NET}; const data = { x: new Float32Array(60), y: Array(30).fill(1) }`,
    wrong: "await net.run(data, { epochs: 1, patience: 3 })",
    take: /or (validationSplit: [\d.]+)/,
    right: "return await net.run(data, { epochs: 1, patience: 3, REMEDY })",
  },
  {
    says: "masks() gives the masks of the last train_step, and there was none yet",
    given: DATA,
    wrong: "net.masks()",
    take: /the last (\w+)/,
    right: "net.REMEDY(x, y); return net.masks()",
  },
  ...["{ step, batch }", "{ draw, batch }"].map((which) => ({
    says: "of a step or of a draw: { step, batch } or { draw, batch }",
    given: `${NET}; const step = 0, draw = 0, batch = 2`,
    wrong: "net.masks({ batch })",
    take: new RegExp(`(${which})`),
    right: "return net.masks(REMEDY)",
  })),
  {
    says: "an object such as { W1, b1 }",
    given: `${NET}; const { W1, b1 } = net.parameters()`,
    wrong: "net.setParameters(W1)",
    take: /such as (\{.*?\})/,
    right: "net.setParameters(REMEDY)",
  },
  {
    says: "an object { x, y }",
    given: DATA,
    wrong: "net.evaluate(null)",
    take: /an object (\{.*?\})/,
    right: "return net.evaluate(REMEDY)",
  },
  {
    says: "draw: 0 begins anew",
    given: `${NET}; const x = new Float32Array(2); net.mc_step(x, { samples: 5 })`,
    wrong: "net.mc_step(x, { samples: 1e15 })",
    take: /; (draw: 0)/,
    right: "return net.mc_step(x, { samples: 10, REMEDY })",
  },
  {
    says: 'take { type: "cosine", from: 0.1, steps: 1000 }, or set it in onStep of fit()',
    given: DATA,
    wrong: "net.learningRate = () => 0.1",
    take: /take (\{.*?\})/,
    right: "net.learningRate = REMEDY; return net.train_step(x, y)",
  },
  {
    says: 'take { type: "cosine", from: 0.1, steps: 1000 }, or set it in onStep of fit()',
    given: `${DATA}; let seen = 0`,
    wrong: "net.learningRate = () => 0.1",
    take: /in (onStep) of fit\(\)/,
    right: "return await net.run(data, { REMEDY() { net.learningRate = 0.1 / ++seen } })",
  },
  {
    says: "a rate, an array of rates or { input, hidden }",
    given: `${NET}; const input = 0.1, hidden = 0.5`,
    wrong: "net.dropout = undefined",
    take: /or (\{.*?\})/,
    right: "net.dropout = REMEDY",
  },
  {
    says: 'Network.load(net.save(), { optimizer: { type: "sgd", momentum: 0.9 } }) changes the optimizer',
    given: DATA,
    wrong: "net.momentum = 0.5",
    take: /; (Network.*) changes the optimizer/,
    right: "const other = await REMEDY; other.momentum = 0.5; return other.train_step(x, y)",
  },
  {
    says: "fit() is what trains on data",
    given: DATA,
    wrong: "net.train(data)",
    take: /(\w+)\(\) is what trains/,
    right: "return await net.REMEDY(data)",
  },
  {
    says: "put JSON.stringify(encoding) there, of thinned/table; or give predict() rows of numbers",
    given: `${TABLE}; net.metadata.encoding = encoding`,
    wrong: "net.answer([{ age: 1 }])",
    take: /put (.*) there/,
    right: "net.metadata.encoding = REMEDY; return net.answer([{ age: 1 }])",
  },
  {
    says: "put JSON.stringify(encoding) there, of thinned/table; or give predict() rows of numbers",
    given: NET,
    wrong: "net.answer([{ a: 1, b: 2 }])",
    take: /give (\w+\()\)/,
    right: "return net.REMEDY Float32Array.of(1, 2))",
  },
  {
    says: "an object such as { age: 41 }",
    given: `${TABLE}; net.metadata.encoding = JSON.stringify(encoding)`,
    wrong: "net.answer([41])",
    take: /such as (\{.*?\})/,
    right: "return net.answer([REMEDY])",
  },
];
