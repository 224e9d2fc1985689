// The documentation as the tests read it: its pages, their code blocks, links and headings.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));

export interface Block {
  /** `README.md:12`, where it starts. */
  at: string;
  /** `ts`, `js`, `sh`, … */
  language: string;
  text: string;
  /** The `text` block right behind it: what a program prints. */
  prints?: string;
}

export interface Page {
  /** Relative to the repository. */
  file: string;
  text: string;
  blocks: Block[];
}

const OUTSIDE = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  "SECURITY.md",
  "examples/README.md",
  "bench/peers/README.md",
];

/** The README first, the other pages outside of docs/, and everything in it. */
export function pages(): Page[] {
  const inDocs = readdirSync(path.join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => path.join("docs", name));
  return [...OUTSIDE, ...inDocs.sort()].map((file) => {
    const text = readFileSync(path.join(root, file), "utf8");
    return { file, text, blocks: blocks(file, text) };
  });
}

function blocks(file: string, text: string): Block[] {
  const found: Block[] = [];
  for (const match of text.matchAll(/^```(\w+)\n(.*?)^```$/gms)) {
    const line = text.slice(0, match.index).split("\n").length;
    const prints = /^\n*```text\n(.*?)^```$/ms.exec(text.slice(match.index + match[0].length));
    const behind = prints?.index === 0 ? { prints: prints[1] } : {};
    found.push({ at: `${file}:${line}`, language: match[1], text: match[2], ...behind });
  }
  return found;
}

/** What stands behind `@example` in the comments of src/, up to the next tag. */
export function examples(): Block[] {
  const files = readdirSync(path.join(root, "src"), { recursive: true, encoding: "utf8" });
  return files
    .filter((name) => name.endsWith(".ts"))
    .sort()
    .flatMap((name) => {
      const text = readFileSync(path.join(root, "src", name), "utf8");
      return [...text.matchAll(/^ *\* @example\n((?: *\* ?(?!@|\/).*\n)+)/gm)].map((match) => ({
        at: `src/${name}:${text.slice(0, match.index).split("\n").length}`,
        language: "ts",
        text: match[1].replace(/^ *\* ?/gm, ""),
      }));
    });
}

/** Prose alone: what stands in code is no link and no heading. */
export function prose(page: Page): string {
  return page.text.replace(/^```\w*\n.*?^```$/gms, "").replace(/`[^`\n]*`/g, (code) => code.replace(/[[\]()#]/g, " "));
}

/** The anchors of a page's headings, as GitHub forms them. */
export function anchors(page: Page): string[] {
  const headings = page.text.replace(/^```\w*\n.*?^```$/gms, "").matchAll(/^#+ (.+)$/gm);
  return [...headings].map(([, title]) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}
