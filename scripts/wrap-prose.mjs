// Wraps the paragraphs of the documents that have a line over 120 characters. With --check it only names them, and
// fails. Tables, code and pictures stay as they are.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const WIDTH = 120;
const OUTSIDE = ["README", "CONTRIBUTING", "CHANGELOG", "SECURITY", "examples/README", "bench/peers/README"];
/** What a paragraph or an item of a list begins with. */
const OPENING = /^(\s*(?:[-*]|\d+\.) |> |\s*)/;
const ITEM = /^\s*([-*]|\d+\.) /;
/** Lines that are never joined with others. */
const APART = /^(\||#|!\[|```|\s*$)/;

const root = new URL("..", import.meta.url);
const inDocs = readdirSync(new URL("docs", root)).filter((name) => name.endsWith(".md"));
const files = [...OUTSIDE.map((name) => `${name}.md`), ...inDocs.map((name) => `docs/${name}`)];

/** Pieces of a document: paragraphs and items, each with all of its lines; everything else line by line. */
export function* piecesOf(text) {
  let code = false;
  let piece = [];
  for (const line of text.split("\n")) {
    const fence = line.startsWith("```");
    const begins = code || APART.test(line) || ITEM.test(line) || piece.length === 0;
    if (begins && piece.length > 0) yield { lines: piece, prose: true };
    if (begins) piece = [];
    if (code || APART.test(line)) yield { lines: [line], prose: false };
    else piece.push(line);
    if (fence) code = !code;
  }
  if (piece.length > 0) yield { lines: piece, prose: true };
}

/** The lines of a paragraph, filled up to the width. What stands in backticks is not broken. */
export function wrap(lines) {
  const [first] = OPENING.exec(lines[0]);
  const rest = first === "> " ? first : " ".repeat(first.length);
  const text = lines.map((line, i) => (i === 0 ? line.slice(first.length) : line.replace(/^> /, "").trim())).join(" ");
  const wrapped = [];
  let line = first;
  for (const word of text.match(/(?:`[^`]*`|[^\s`])+/g)) {
    const bare = line === first || line === rest;
    if (!bare && [...line, " ", ...word].length > WIDTH) {
      wrapped.push(line);
      line = rest + word;
    } else line += bare ? word : ` ${word}`;
  }
  return [...wrapped, line];
}

const tooLong = (line) => [...line].length > WIDTH;

/** The document with its long paragraphs wrapped. */
export function wrapped(text) {
  return [...piecesOf(text)]
    .flatMap(({ lines, prose }) => (prose && lines.some(tooLong) ? wrap(lines) : lines))
    .join("\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  let complaints = 0;
  for (const file of files) {
    const before = readFileSync(new URL(file, root), "utf8");
    const after = wrapped(before);
    if (after === before) continue;
    if (process.argv.includes("--check")) {
      console.error(`wrap-prose: ${file} has lines over ${WIDTH} characters. Run: npm run format`);
      complaints++;
    } else writeFileSync(new URL(file, root), after);
  }
  process.exitCode = complaints > 0 ? 1 : 0;
}
