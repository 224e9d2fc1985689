// Files that are written in odd ways; what they hold is plain.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { type OddFile, type Row, text } from "./odd-file.js";

const HEADER = ["size", "colour", "kind"];
const KINDS = "number, category, target";
const ANSWERS = "class,p:a,p:b";
const row: Row = (draw) => [draw(90) / 4, ["red", "green", "blue"][draw(3)], ["a", "b"][draw(2)]];
const comma: Row = (draw, i) => row(draw, i).map((cell) => String(cell).replace(".", ","));
const quoted: Row = (draw, i) => row(draw, i).map((cell) => `"${cell}"`);
export const DECIMAL = /: numbers have a decimal comma\n$/;
const plain = text(HEADER, row);
const [first, ...others] = plain.trimEnd().split("\n");
const german = text(["größe", "farbe", "art"], (draw) => [draw(90) / 4, ["rot", "grün"][draw(2)], ["ä", "ö"][draw(2)]]);
const GERMAN = "class,p:ä,p:ö";

const wide = (rows: number, columns: number): string =>
  [
    Array.from({ length: columns }, (_, j) => `gene ${j}`).join(","),
    ...Array.from({ length: rows }, (_, i) =>
      Array.from({ length: columns }, (_, j) => (j === columns - 1 ? "ab"[i % 2] : (i * 7 + j * 13) % 29)).join(","),
    ),
  ].join("\n");

const files: (Partial<OddFile> & { name: string })[] = [
  { name: "plain", text: plain },
  { name: "semicolons and decimal commas", text: text(HEADER, comma, ";"), says: DECIMAL },
  { name: "tabs", text: text(HEADER, row, "\t") },
  { name: "pipes", text: text(HEADER, row, "|") },
  { name: "columns of spaces, with spaces before them", text: text(HEADER, row, "   ").replaceAll(/^/gm, "  ") },
  { name: "commas with spaces behind them", text: text(HEADER, row, ", ") },
  { name: "a mark that nobody would look for", text: text(HEADER, row, "^"), read: ["--delimiter", "^"] },
  { name: "everything in quotes", text: text(['"size"', '"colour"', '"kind"'], quoted) },
  { name: "sep=;", text: `sep=;\r\n${text(HEADER, row, ";", "\r\n")}` },
  { name: "a separator behind each row", text: text(HEADER, row, ",", ",\n") },
  { name: "the same, but not behind the header", text: `${first}\n${others.map((line) => `${line},\n`).join("")}` },
  { name: "lines that end as a Mac's did", text: text(HEADER, row, ",", "\r") },
  { name: "no end of the last line, and its mark at the beginning", text: `\ufeff${plain.trimEnd()}` },
  {
    name: "comment lines and blank lines",
    text: `# drawn\n#again\n${first}\n\n${others.join("\n#no row\n\n")}\n\n\n`,
    says: /: comment lines are left out\n$/,
  },
  {
    name: "a header that is repeated",
    text: [first, ...others.flatMap((line, i) => (i % 9 ? [line] : [line, first]))].join("\n"),
    says: /: the header is repeated in 5 rows, left out\n$/,
  },
  {
    name: "an index without a name",
    text: `,${first}\n${others.map((line, i) => `${i},${line}\n`).join("")}`,
    says: /: column A has no name, so it is an index, and is left out\n$/,
  },
  {
    name: "no header",
    text: others.join("\n"),
    read: ["--no-header"],
  },
  { name: "UTF-16", bytes: Buffer.from(`\ufeff${german}`, "utf16le"), answers: GERMAN },
  { name: "UTF-16, the other byte first", bytes: Buffer.from(`\ufeff${german}`, "utf16le").swap16(), answers: GERMAN },
  { name: "Latin-1", bytes: Buffer.from(german, "latin1"), read: ["--encoding", "latin1"], answers: GERMAN },
  { name: "gzip", bytes: gzipSync(plain) },
  { name: "standard input", text: plain, piped: true },
  { name: "gzip from standard input", bytes: gzipSync(plain), piped: true },
  {
    name: "line ends, commas and quotes in quotes",
    text: text(["size", '"co,""lour"', '"ki\nnd"'], (draw) => [
      draw(90),
      ['"re,d"', '"gre\r\nen"', '"""blue"""'][draw(3)],
      ['"a\nb"', '"c,""d"'][draw(2)],
    ]),
    answers: 'class,"p:a\nb","p:c,""d"',
  },
  {
    name: "Parquet",
    bytes: readFileSync("test/fixtures/parquet/snappy.parquet"),
    target: "category",
    train: ["--val", "0.25"],
    rows: 12,
    answers: "class,p:high,p:low",
    kinds: undefined,
    leftOut: ["note"],
    says: /"list" holds lists or structures, and is left out\n.*"__index_level_0__" is an index, and is left out\n$/,
  },
  { name: "very wide", text: wide(30, 700), rows: 30, kinds: undefined },
  { name: "two columns", text: text(["x", "y"], (draw) => [draw(90) / 4, "ab"[draw(2)]]), kinds: "number, target" },
];

export const SPELLINGS: OddFile[] = files.map((file) => ({
  kinds: KINDS,
  answers: ANSWERS,
  same: file.answers === undefined && !("kinds" in file),
  ...file,
}));
