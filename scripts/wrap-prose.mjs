// Wraps the paragraphs of the documents that have a line over 120 characters. With --check it only names them, and
// fails. Tables, code, HTML, headings and pictures stay as they are.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const WIDTH = 120;
const OUTSIDE = ["README", "CONTRIBUTING", "CHANGELOG", "SECURITY", "examples/README", "bench/peers/README"];
/** What a paragraph or an item of a list begins with. */
const OPENING = /^(\s*(?:[-*+]|\d+[.)]) |> |\s*)/;
const ITEM = /^\s*([-*+]|\d+[.)]) /;
/** Begins or ends a block of code, which may stand in a quotation or in an item. */
const FENCE = /^[\s>]*(?:(?:[-*+]|\d+[.)]) +)?(`{3,}|~{3,})([^`]*)$/;
/** Lines that are never joined with others: rows, headings, pictures, links' definitions, rules; such in quotations. */
const APART = /^\s*(?:\||#{1,6} |!\[|\[[^\]]+\]: |(?:=+|[-*_\s]+)$|$)|^> ?(?:[>|#]|\[!|[-*+] |\d+[.)] |$)/;
/** First lines of HTML and of indented code. What follows up to an empty line belongs to them. */
const RAW = /^\s*<[!/a-z](?!ttps?:)|^(?: {4}|\t)/;
/** The line below the names of a table's columns, which need not begin with a bar. */
const RULED = /^\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)+$/;
/** Ends a line that Markdown breaks where it stands. */
const BREAK = /(?: {2}|\\)$/;
/** Words that would begin something else if a line began with them. */
const MARK = /^(?:[-*+=_]+|\d+[.)]|#{1,6}|[>|].*|<[!/a-z].*|(?:```|~~~).*)$/;

const root = new URL("..", import.meta.url);
const inDocs = readdirSync(new URL("docs", root)).filter((name) => name.endsWith(".md"));
const files = [...OUTSIDE.map((name) => `${name}.md`), ...inDocs.map((name) => `docs/${name}`)];

/** Pieces of a document: paragraphs and items, each with all of its lines; everything else line by line. */
export function* piecesOf(text) {
  let fence = "";
  let piece = [];
  for (const line of text.split("\n")) {
    const [, mark = "", language = ""] = FENCE.exec(line) ?? [];
    const apart = fence !== "" || mark !== "" || APART.test(line);
    if (piece.length > 0 && (apart || begins(line, piece))) {
      yield { lines: piece, prose: isProse(piece) };
      piece = [];
    }
    if (apart) yield { lines: [line], prose: false };
    else piece.push(line);
    if (fence === "") fence = mark;
    else if (mark.startsWith(fence) && language.trim() === "") fence = "";
  }
  if (piece.length > 0) yield { lines: piece, prose: isProse(piece) };
}

/** Does a paragraph or an item begin with this line, without an empty one before it? */
function begins(line, piece) {
  const quoted = line.startsWith("> ") && !piece[0].startsWith("> ");
  return ITEM.test(line) || quoted || BREAK.test(piece.at(-1));
}

function isProse([first, ...others]) {
  return (ITEM.test(first) || !RAW.test(first)) && !others.some((line) => RULED.test(line));
}

/** The lines of a paragraph, filled up to the width. What stands in backticks is not broken. */
export function wrap(lines) {
  const [first] = OPENING.exec(lines[0]);
  const rest = first === "> " ? first : " ".repeat(first.length);
  const text = lines.map((line, i) => (i === 0 ? line.slice(first.length) : line.replace(/^> /, "").trim())).join(" ");
  const wrapped = [];
  let line = first;
  for (const word of wordsOf(text)) {
    const bare = line === first || line === rest;
    if (!bare && [...line, " ", ...word].length > WIDTH) {
      wrapped.push(line);
      line = rest + word;
    } else line += bare ? word : ` ${word}`;
  }
  return [...wrapped, line + (/ {2}$/.test(lines.at(-1)) ? "  " : "")];
}

/** Words and spans of code. A dash, a number with its point and the like stay on the line of the word before them. */
function wordsOf(text) {
  const words = [];
  for (const [word] of text.matchAll(/(?:(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)|\S)+/g)) {
    if (MARK.test(word) && words.length > 0) words.push(`${words.pop()} ${word}`);
    else words.push(word);
  }
  return words;
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
