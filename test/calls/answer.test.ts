// Rows of a table in, answers in its words and units out, from both entries.
import { expect, test } from "vitest";
import { Network as Trained } from "../../src/infer.js";
import { Network } from "../../src/network.js";
import { decode, encode, fitEncoding, fromRecords, type TableEncoding } from "../../src/table.js";

const people = Array.from({ length: 200 }, (_, i) => ({
  age: i % 9 ? 20 + ((i * 37) % 50) : null,
  job: ["clerk", "smith", "nurse"][(i * 7) % 3],
  rich: (i * 37) % 50 > 25 === (i * 7) % 3 > 0 ? "rich" : "poor",
  height: 150 + ((i * 37) % 50) / 2,
  weight: 9000 + 100 * ((i * 7) % 3),
}));

async function learned(target: string, epochs: number): Promise<{ net: Network; encoding: TableEncoding }> {
  const table = fromRecords(people);
  const { encoding } = fitEncoding(table, {
    target,
    ignore: ["rich", "height", "weight"].filter((name) => !target.includes(name)),
  });
  const { x, y } = encode(table, encoding);
  const net = await Network.create({
    sizes: [encoding.features, 32, encoding.outputs],
    loss: encoding.classes ? "cross-entropy" : "mse",
    classes: encoding.classes,
    optimizer: { type: "adam", learningRate: 0.01 },
    dropout: 0,
    seed: 3,
    build: "simd",
  });
  net.metadata.encoding = JSON.stringify(encoding);
  await net.fit({ x, y: y! }, { epochs });
  return { net, encoding };
}

test("a classification answers with a class and its probability, the same in both entries", async () => {
  const { net, encoding } = await learned("rich", 40);
  const answers = net.answer(people);
  const { x } = encode(fromRecords(people), encoding);
  const probabilities = net.predict(x);
  expect(answers).toEqual(decode(probabilities, encoding));
  const known = people.flatMap(({ age, rich }, i) => (age === null ? [] : [{ rich, answer: answers[i] }]));
  expect(known.filter(({ rich, answer }) => "class" in answer && answer.class === rich).length).toBeGreaterThan(160);
  expect(answers[1]).toEqual({
    class: expect.stringMatching(/^(rich|poor)$/),
    probability: Math.max(probabilities[2], probabilities[3]),
  });
  using small = await Trained.load(net.save());
  expect(small.answer(people.slice(0, 5))).toEqual(answers.slice(0, 5));
  net.dispose();
});

test("a regression answers in its own units, of one target or several", async () => {
  const { net, encoding } = await learned("height,weight", 60);
  const { x } = encode(fromRecords(people), encoding);
  const [first, second] = encoding.targets;
  const raw = net.predict(x);
  const answers = net.answer(people) as { values: Record<string, number> }[];
  answers.forEach(({ values }, i) => {
    expect(values.height).toBeCloseTo(raw[2 * i] / first.scale + first.shift, 9);
    expect(values.weight).toBeCloseTo(raw[2 * i + 1] / second.scale + second.shift, 9);
  });
  expect(answers[2].values.weight).toBeGreaterThan(8900);
  net.dispose();
  const one = await learned("height", 1);
  expect(one.net.answer([{ age: 30, job: "clerk" }])).toEqual([{ value: expect.any(Number) }]);
  one.net.dispose();
});

test("a network without an encoding, or with a damaged one, says so", async () => {
  using net = await Network.create({ sizes: [1, 2] });
  expect(() => net.answer([{ a: 1 }])).toThrow(/^metadata\.encoding must be a text .*got undefined; put JSON/);
  net.metadata.encoding = "{";
  expect(() => net.answer([{ a: 1 }])).toThrow("not JSON");
  net.metadata.encoding = JSON.stringify({ kind: "digits", features: 196 });
  expect(() => net.answer([{ a: 1 }])).toThrow(/^encoding\.\w+ must be as thinned\/table writes it/);
});
