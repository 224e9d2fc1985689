// The rules of docs/architecture.md that neither the compiler nor the linter knows.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const MAX_LINES = 300; // of a file
const MAX_KERNEL_LINES = 100;
const MAX_COLUMNS = 120; // the formatter sees to it elsewhere; assembly/ is not TypeScript that it can parse

const complaints = [];
const folders = ["assembly", "bench", "demo", "scripts", "src", "test"].filter((name) =>
  existsSync(path.join(root, name)),
);
const files = folders
  .flatMap((folder) => readdirSync(path.join(root, folder), { recursive: true }).map((name) => `${folder}/${name}`))
  .map((file) => file.replaceAll("\\", "/"))
  .filter((file) => /\.(ts|mjs)$/.test(file) && !file.includes("node_modules/") && file !== "src/runtime/embedded.ts");

for (const file of files) {
  const lines = readFileSync(path.join(root, file), "utf8").replace(/\n$/, "").split("\n");
  if (lines.length > MAX_LINES) complaints.push(`${file} has ${lines.length} lines; split it below ${MAX_LINES}`);
  for (const [i, line] of lines.entries()) {
    const at = `${file}:${i + 1}`;
    if (/\b(TODO|FIXME|XXX)\b/.test(line) && !file.endsWith("check-style.mjs"))
      complaints.push(`${at} leaves work undone`);
    if (/\b(it|test|describe|suite|bench)(\.\w+)*\.(skip|only|todo|skipIf|runIf|fails)\b/.test(line))
      complaints.push(`${at} leaves tests out`);
    if (file.startsWith("assembly/")) checkLine(at, line);
  }
  if (file.startsWith("assembly/")) checkFunctions(file, lines);
}

function checkLine(at, line) {
  if (line.length > MAX_COLUMNS) complaints.push(`${at} is ${line.length} columns wide; at most ${MAX_COLUMNS}`);
  if (line.includes("\t")) complaints.push(`${at} has a tab; indent by two spaces`);
  if (/\s$/.test(line)) complaints.push(`${at} ends in white space`);
  if (/^ *'[^']*'|[(,=] *'[^']*'/.test(line)) complaints.push(`${at} uses single quotes`);
}

/** Exported functions are documented unless one look tells what they do, and no function outgrows a reader. */
function checkFunctions(file, lines) {
  for (const [i, line] of lines.entries()) {
    const name = /^(?:export )?function (\w+)/.exec(line)?.[1];
    if (!name) continue;
    const length = lines.slice(i).indexOf("}") + 1;
    const at = `${file}:${i + 1} ${name}`;
    if (length > MAX_KERNEL_LINES) complaints.push(`${at} has ${length} lines; split it below ${MAX_KERNEL_LINES}`);
    let above = i - 1;
    while (/^(@|\/\/ @ts-ignore)/.test(lines[above])) above--;
    const documented = /(\*\/|^\/\/.*)$/.test(lines[above] ?? "");
    if (line.startsWith("export") && !documented && length > 3)
      complaints.push(`${at} needs a comment: shapes, what is read and written, what may alias`);
  }
}

for (const complaint of complaints) console.error(`check-style: ${complaint}`);
process.exit(complaints.length > 0 ? 1 : 0);
