// Tables in the shapes that public ones have, drawn anew: each loads at the first try, trains, and is read again for its
// model.
import { expect, test } from "vitest";
import { loadData, loadForModel } from "../../src/data/load.js";
import { Network } from "../../src/network.js";
import { Philox, Stream } from "../../src/random/philox.js";
import { folderOfTest, writeFile } from "../support/files.js";

const ROWS = 120;

type Row = (draw: (most: number) => number, i: number) => (string | number)[];

/** Name, header, separator, a row; then what the columns become, by kind. */
const TABLES: [string, string[], string, Row, string][] = [
  [
    "passengers: ids, names, gaps",
    ["PassengerId", "Pclass", "Name", "Sex", "Age", "Ticket", "Fare", "Cabin", "Embarked", "Survived"],
    ",",
    (draw, i) => [
      i + 1,
      1 + draw(3),
      `"Person, Mr. ${i}"`,
      ["male", "female"][draw(2)],
      draw(5) ? draw(80) + 0.5 : "",
      `A/5 ${20_000 + i * 7}`,
      Math.exp(draw(500) / 90).toFixed(4),
      draw(4) ? "" : `C${i}`,
      ["S", "C", "Q", ""][draw(4)],
      draw(2),
    ],
    "left out, number, left out, category, number, left out, number, left out, category, target",
  ],
  [
    "customers: yes and no, blank charges",
    ["customerID", "SeniorCitizen", "Partner", "tenure", "Contract", "TotalCharges", "Churn"],
    ",",
    (draw, i) => [
      `${i * 37}-XK`,
      draw(2),
      ["Yes", "No"][draw(2)],
      draw(72),
      ["Month-to-month", "One year", "Two year"][draw(3)],
      draw(12) ? (draw(8e5) / 100).toFixed(2) : " ",
      ["Yes", "No"][draw(2)],
    ],
    "left out, number, boolean, number, category, number, target",
  ],
  [
    "census: spaces behind commas, question marks",
    ["age", "workclass", "capital-gain", "native-country", "income"],
    ", ",
    (draw) => [
      17 + draw(70),
      ["Private", "State-gov", "?"][draw(3)],
      draw(10) ? 0 : draw(99_999),
      ["United-States", "Mexico", "?"][draw(3)],
      ["<=50K", ">50K"][draw(2)],
    ],
    "number, category, number, category, target",
  ],
  [
    "bank: semicolons, quoted words",
    ["age", '"job"', '"balance"', '"month"', '"y"'],
    ";",
    (draw) => [
      18 + draw(60),
      `"${["admin.", "services", "unknown"][draw(3)]}"`,
      draw(9000) - 1000,
      `"${["jan", "feb", "may"][draw(3)]}"`,
      `"${["yes", "no"][draw(2)]}"`,
    ],
    "number, category, number, category, target",
  ],
  [
    "mushrooms: letters alone",
    ["class", "cap-shape", "bruises", "odor", "veil-type"],
    ",",
    (draw) => ["pe"[draw(2)], "xbs"[draw(3)], "tf"[draw(2)], "pafln?"[draw(6)], "p"],
    "target, category, boolean, category, left out",
  ],
  [
    "penguins: NA",
    ["species", "island", "bill_length_mm", "body_mass_g", "sex", "year"],
    ",",
    (draw) => [
      ["Adelie", "Gentoo", "Chinstrap"][draw(3)],
      ["Biscoe", "Dream"][draw(2)],
      draw(9) ? (35 + draw(200) / 10).toFixed(1) : "NA",
      draw(9) ? 3000 + draw(2500) : "NA",
      ["male", "female", "NA"][draw(3)],
      2007 + draw(3),
    ],
    "target, category, number, number, category, number",
  ],
  [
    "houses: prices with gaps",
    ["longitude", "rooms", "total_bedrooms", "ocean_proximity", "median_house_value"],
    ",",
    (draw) => [
      (-120 - draw(400) / 100).toFixed(2),
      500 + draw(5000),
      draw(9) ? draw(1200) : "",
      ["INLAND", "NEAR BAY", "<1H OCEAN"][draw(3)],
      50_000 + draw(400_000),
    ],
    "number, number, number, category, target",
  ],
  [
    "orders: dates and times",
    ["Order ID", "created_at", "delivered", "amount", "late"],
    "\t",
    (draw, i) => [
      `CA-${i}`,
      `2023-0${1 + draw(9)}-1${draw(9)} 0${draw(9)}:30:00`,
      draw(6) ? `2023-0${1 + draw(9)}-2${draw(9)}` : "",
      (draw(9e4) / 100).toFixed(2),
      ["true", "false"][draw(2)],
    ],
    "left out, date, date, number, target",
  ],
  [
    "flowers with an Id that counts",
    ["Id", "SepalLengthCm", "PetalLengthCm", "Species"],
    ",",
    (draw, i) => [
      i + 1,
      (4 + draw(40) / 10).toFixed(1),
      (1 + draw(60) / 10).toFixed(1),
      ["Iris-setosa", "Iris-virginica"][draw(2)],
    ],
    "left out, number, number, target",
  ],
  [
    "labels of -1 and 1",
    ["f1", "f2", "constant", "label"],
    ",",
    (draw) => [draw(100) / 7, draw(100) / 3, 5, [-1, 1][draw(2)]],
    "number, number, left out, target",
  ],
];

test.each(TABLES)("%s", async (name, header, separator, row, kinds) => {
  const random = new Philox(7, Stream.data, 1);
  const draw = (most: number) => Math.floor(most * random.uniform());
  const lines = [header, ...Array.from({ length: ROWS }, (_, i) => row(draw, i))].map((cells) => cells.join(separator));
  const path = writeFile(folderOfTest(), "table.txt", `${lines.join("\n")}\n`);
  const target = /class|species/.test(header[0]) ? header[0] : undefined;
  const task = name.startsWith("labels") ? ("classify" as const) : undefined;
  const data = await loadData(path, { target, task, val: 0.2, seed: 1, asWritten: true });
  expect(data.report!.map(({ kind }) => kind).join(", ")).toBe(kinds);
  const { encoding, train, inputs } = data;
  using net = await Network.create({
    sizes: [encoding.features, 4, encoding.outputs],
    inputs,
    loss: encoding.classes ? "cross-entropy" : "mse",
    maxBatch: 32,
  });
  await net.fit({ x: train.x, y: train.y }, { epochs: 2, batch: 32 });
  const again = await loadForModel(path, encoding, false);
  expect(again.samples).toBe(ROWS);
  expect(net.predict(again.x).every(Number.isFinite)).toBe(true);
  expect((await loadForModel(path, encoding, true)).y.length).toBeGreaterThan(0);
});
