// What the documentation says works. A block of TypeScript or JavaScript that imports "thinned" is a program: it is
// type checked as a reader's own file would be, and run; so is an @example in a comment of src/. One that imports
// another entry is checked alone, for what it is made for may be a page. Others are excerpts. Lines of shell blocks
// that start with `thinned` name commands and options that exist; those that cost nothing are run. A shell block of
// such lines with a `text` block right behind it is run, and has to print that. A `log` block shows what no two runs
// print alike.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
// @ts-expect-error: a script, which has no types
import { wrapped } from "../scripts/wrap-prose.mjs";
import { anchors, examples, pages, prose, root } from "./support/pages.js";

const all = pages();
const allBlocks = all.flatMap((page) => page.blocks);
const programs = [...allBlocks, ...examples()]
  .filter(({ language, text }) => /^(ts|js)$/.test(language) && /from "thinned(\/\w+)?"/.test(text))
  .map((block, i) => ({ ...block, name: `program-${i + 1}` }));
const runnable = programs.filter(({ text }) => /from "thinned"/.test(text));
const main = path.join(root, "dist/cli/main.js");

describe("programs", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "thinned-docs-"));
  let complaints = "";

  beforeAll(() => {
    mkdirSync(path.join(folder, "node_modules"));
    symlinkSync(root, path.join(folder, "node_modules/thinned"), "junction");
    symlinkSync(path.join(root, "node_modules/@types"), path.join(folder, "node_modules/@types"), "junction");
    writeFileSync(path.join(folder, "package.json"), '{ "type": "module" }\n');
    for (const { name, language, text } of programs) writeFileSync(path.join(folder, `${name}.${language}`), text);
    const compilerOptions = {
      ...{ target: "ES2022", module: "NodeNext", lib: ["ES2023", "ESNext.Disposable", "DOM"], types: ["node"] },
      ...{ strict: true, allowJs: true, rootDir: ".", outDir: "out", skipLibCheck: true },
    };
    writeFileSync(path.join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, exclude: ["out"] }));
    const tsc = path.join(root, "node_modules/typescript/bin/tsc");
    complaints = spawnSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8" }).stdout;
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("there are some", () => expect(programs.map(({ at }) => at)).not.toEqual([]));

  test.each(programs)("$at has no type error", ({ name }) => {
    expect(complaints.split("\n").filter((line) => line.includes(`${name}.`))).toEqual([]);
  });

  test.each(runnable)("$at runs, and prints what stands below it", ({ name, prints }) => {
    const run = spawnSync(process.execPath, [`out/${name}.js`], { cwd: folder, encoding: "utf8" });
    expect(run.status, run.stderr + run.stdout).toBe(0);
    if (prints !== undefined) expect(run.stdout).toBe(prints);
  });
});

describe("command lines", () => {
  const lines = allBlocks
    .filter(({ language }) => /^(sh|bash|console)$/.test(language))
    .flatMap(({ at, text }) => joined(text).map((line) => ({ at, line: line.replace(/\s+#.*$/, "").trim() })));
  const commands = lines
    .map(({ at, line }) => ({ at, line, words: line.replace(/^(\$ )?(npx )?thinned /, "").split(/\s+/) }))
    .filter(({ line }) => /^(\$ )?(npx )?thinned \w/.test(line));
  const help = new Map<string, string>();
  const helpOf = (command: string) => {
    if (!help.has(command)) help.set(command, execFileSync(process.execPath, [main, command, "--help"]).toString());
    return help.get(command)!;
  };

  test.each(commands)("$at: $line", ({ words: [command, ...rest] }) => {
    const run = spawnSync(process.execPath, [main, command, "--help"], { encoding: "utf8" });
    expect(run.status, run.stderr).toBe(0);
    for (const word of rest.filter((word) => word.startsWith("--"))) {
      expect(helpOf(command)).toMatch(new RegExp(`${word.split("=")[0]}(?![\\w-])`));
    }
  });

  test.each(commands.filter(({ words: [command, first] }) => command === "expect" && first.startsWith("--")))(
    "runs: $line",
    ({ words }) => {
      const run = spawnSync(process.execPath, [main, ...words], { encoding: "utf8" });
      expect(run.status, run.stderr).toBe(0);
    },
  );

  // Those of one page follow each other in one folder, because a later one opens what an earlier one wrote.
  const sessions = all
    .map(({ file, blocks }) => ({ file, shown: blocks.filter(({ language, prints }) => language === "sh" && prints) }))
    .filter(({ shown }) => shown.length > 0);

  test.each(sessions)("$file: commands print what stands below them", ({ shown }) => {
    const folder = mkdtempSync(path.join(tmpdir(), "thinned-docs-"));
    try {
      for (const { at, text, prints } of shown) {
        const printed = joined(text.trim())
          .map((line) =>
            execFileSync(process.execPath, [main, ...line.split(" ").slice(1)], { cwd: folder }).toString(),
          )
          .join("");
        expectSame(printed, prints!, at);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  const scripts = lines.flatMap(({ at, line }) =>
    [...line.matchAll(/\bnpm (?:run )?(?:-s )?([\w:]+)/g)].map(([, script]) => ({ at, script })),
  );
  test.each(scripts)("$at: npm $script exists", ({ script }) => {
    const { scripts: known } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
    expect([...Object.keys(known), "ci", "install", "pack"]).toContain(script);
  });

  test("the two commands of the README stand alone on their lines", () => {
    const shell = all[0].blocks.filter(({ language }) => language === "sh").map(({ text }) => text);
    const single = shell.join("\n").split("\n");
    expect(single).toContain("npm ci && npm start");
    expect(single).toContain("npm ci && npm test");
  });
});

test("long paragraphs are wrapped, and nothing else is touched", () => {
  const word = "word ".repeat(30).trim();
  const before = `# Title ${word}\n\n- item ${word}\n  goes on\n- short\n\n| ${word} |\n\n\`\`\`sh\n${word}\n\`\`\`\n\nshort\nlines\n`;
  const [title, , item, more, short, ...others] = wrapped(before).split("\n");
  expect(title).toBe(`# Title ${word}`);
  expect([item, more].map((line) => line.length <= 120)).toEqual([true, true]);
  expect(`${item} ${more.trim()}`).toBe(`- item ${word} goes on`);
  expect(more).toMatch(/^ {2}word/);
  expect([short, ...others].join("\n")).toBe(before.slice(before.indexOf("- short")));
  expect(wrapped(wrapped(before))).toBe(wrapped(before));
});

describe("wrapping leaves alone", () => {
  const word = "word ".repeat(30).trim();
  const code = `const a = "${word}";\nconst b = 2;`;
  const indented = (text: string, by: string) => text.replace(/^/gm, by);
  test.each([
    ["a heading", `# ${word}\n## ${word}\nshort`],
    ["a table", `| a | b |\n|---|---|\n| ${word} | 1 |\n| 2 | 3 |`],
    ["a table without outer bars", `a | b\n--- | ---\n${word} | 1\n2 | 3`],
    ["a table in an item", `- item\n\n  | a | b |\n  |---|---|\n  | ${word} | 1 |`],
    ["a block of code", `\`\`\`ts\n${code}\n\n- ${word}\n\`\`\``],
    ["code in an item", `- item\n  \`\`\`ts\n${indented(code, "  ")}\n  \`\`\``],
    ["code between tildes", `~~~\n${code}\n\`\`\`\n${code}\n~~~`],
    ["code with a fence in it", `\`\`\`\`md\n\`\`\`ts\n${code}\n\`\`\`\n${code}\n\`\`\`\``],
    ["code in a quotation", `> \`\`\`\n${indented(code, "> ")}\n> \`\`\``],
    ["indented code", `so:\n\n${indented(code, "    ")}`],
    ["HTML", `<p>\n${word}\n${word}\n</p>`],
    ["definitions of links", `[a]: https://a.example "${word}"\n[b]: https://b.example`],
    ["a rule", `short\n\n---\n- - -\nshort`],
  ])("%s", (_, text) => expect(wrapped(`${text}\n`)).toBe(`${text}\n`));

  test.each([
    ["short items around a long one", ["- a", `- ${word}`, "- b", "+ c", "1. d", `2) ${word}`, "3. e"]],
    ["lines that Markdown breaks", ["one  ", `${word}  `, "two\\", word]],
    ["the kind of a note", ["> [!NOTE]", `> ${word}`]],
    ["the rule under a heading", [word, "---"]],
    ["a quotation below a paragraph", [word, `> ${word}`]],
  ])("the beginnings of %s", (_, lines) => {
    const after = wrapped(lines.join("\n")).split("\n");
    expect(after.length).toBeGreaterThan(lines.length);
    const heads = lines.map((line) => line.slice(0, 8));
    expect(heads.filter((head) => after.some((line: string) => line.startsWith(head)))).toEqual(heads);
    expect(after.filter((line: string) => BROKEN.test(line))).toHaveLength(lines.filter((l) => BROKEN.test(l)).length);
    expect(after.join(" ").match(/word/g)).toHaveLength(lines.join(" ").match(/word/g)!.length);
  });

  test.each(["-", "+", "*", "1.", "2)", "#", ">", "| a", "---", "<b>"])("the sense of %s within a sentence", (mark) => {
    for (let spare = 0; spare < 12; spare++) {
      const text = `${"x".repeat(110)} ${"y".repeat(spare + 1)} ${mark} more words`;
      const after = wrapped(text).split("\n");
      expect(after.join(" ")).toBe(text);
      expect(after.filter((line: string) => line.startsWith(mark))).toEqual([]);
    }
  });

  test.each(["a `lone backtick", "``two ` in `` one", "`a` and `b c`"])("every character of %s", (text) => {
    expect(wrapped(`${word} ${text}`).replaceAll("\n", " ")).toBe(`${word} ${text}`);
  });
});
const BROKEN = /(?: {2}|\\)$/;

describe("links", () => {
  const links = all.flatMap((page) =>
    [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => ({ page, file: page.file, target })),
  );
  test.each(links.filter(({ target }) => !/^[a-z]+:/.test(target)))("$file → $target", ({ page, target }) => {
    const [to, anchor] = target.split("#");
    const file = path.normalize(to ? path.join(path.dirname(page.file), to) : page.file);
    expect(existsSync(path.join(root, file)), `${file} does not exist`).toBe(true);
    const there = all.find((other) => other.file === file);
    if (anchor && there) expect(anchors(there)).toContain(anchor);
  });
});

/** Equal words; times apart, equal numbers up to what another build's last bits change. */
function expectSame(printed: string, shown: string, at: string): void {
  const words = (text: string) => text.replace(TIMED, "…").trim().split(/\s+/);
  const [got, wanted] = [words(printed), words(shown)];
  expect(got.map(blanked), at).toEqual(wanted.map(blanked));
  for (const [i, word] of got.entries()) {
    const [a, b] = [word, wanted[i]].map((each) => Number(each.replaceAll(",", "")));
    if (!Number.isNaN(a))
      expect(Math.abs(a - b), `${at}: ${word} in place of ${wanted[i]}`).toBeLessThanOrEqual(0.01 * Math.abs(b));
  }
}
const TIMED = /[\d.,]+ s\b|[\d,]+ samples\/s|\d+ threads?\b/g;
function blanked(word: string): string {
  return word === "" || Number.isNaN(Number(word.replaceAll(",", ""))) ? word : "0";
}

/** Shell lines, those continued by a backslash as one. */
function joined(text: string): string[] {
  return text.replace(/\\\n\s*/g, " ").split("\n");
}
