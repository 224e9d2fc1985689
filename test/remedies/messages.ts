// The texts of src/ that tell a reader what to write: messages with code or an option of the command line in them.
import { readdirSync, readFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { transform } from "esbuild";
import { parseAst } from "vite";

const SOURCES = fileURLToPath(new URL("../../src/", import.meta.url));
/** Programs written by the build, and pages, which explain figures. */
const NO_MESSAGES = /^(runtime\/embedded.*|worker\/thread|threads\/program|report\/.*)\.ts$/;
/** Calls whose texts are help that is printed on demand. */
const HELP = /^(Option|option|argument|description|addHelpText|command|summary|usage)$/;
const COMMANDS = "train|evaluate|predict|calibrate|convert|expect|uncertainty|study|bench|demo|start";
const CODE = [
  /\w\([^)]*\)/, // clone()
  /(^|\s)\w+: ?(["{[]|true|false|null|\d)/, // loss: "bce"
  /(^|\s)[a-z]+[A-Z]\w*: /, // batchNorm: "after"
  /\{ \w/, // { part: "model" }
  /=>|\bnew [A-Z]|`/,
  /\b(net|Network|Ensemble)\.[a-z]/,
  /^(take|pass|use|save it as) ["…]/,
  /\b(npm|npx|node) [a-z]/,
  new RegExp(`\\bthinned (${COMMANDS})\\b`),
  /did you mean/,
  /(^|[^\w<-])--[a-z]/,
];
/** A declaration of an option, a whole line of usage, and what is no sentence. */
const NO_SENTENCE = /^--[a-z-]+( <.*)?$|^\S*$|^\n/;

interface Syntax {
  type: string;
  value?: unknown;
  name?: string;
  callee?: Syntax;
  property?: Syntax;
  object?: Syntax;
  quasis?: { value: { cooked: string } }[];
}

/** What a message says in one place of its sources, "…" where it tells a value; and in which file. */
export async function messagesWithRemedy(): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const files = readdirSync(SOURCES, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  await Promise.all(
    files
      .map((file) => file.replaceAll("\\", "/"))
      .filter((file) => !NO_MESSAGES.test(file))
      .map(async (file) => {
        const { code } = await transform(readFileSync(`${SOURCES}${file}`, "utf8"), { loader: "ts", target: "esnext" });
        for (const text of textsOf(parseAst(code) as unknown as Syntax)) {
          if (CODE.some((pattern) => pattern.test(text)) && !NO_SENTENCE.test(text))
            found.set(text, relative(".", file));
        }
      }),
  );
  return found;
}

function* textsOf(node: Syntax): Generator<string> {
  if (node.type === "Literal" && typeof node.value === "string") yield node.value;
  if (node.type === "TemplateLiteral") yield node.quasis!.map(({ value }) => value.cooked).join("…");
  const { callee } = node;
  if (HELP.test(callee?.property?.name ?? callee?.name ?? "")) {
    // A chain of such calls hangs on the one before it.
    if (callee?.object) yield* textsOf(callee.object);
    return;
  }
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child?.type === "string") yield* textsOf(child);
    }
  }
}

/** Matches a message in which this text of the sources stands. */
export function patternOf(text: string): RegExp {
  const parts = text.split("…").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(parts.join("[^]*"));
}
