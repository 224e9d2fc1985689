// JSON of strangers. JSON.parse takes the last of two equal keys in silence, other readers take the first: two programs would read such a file
// differently. It takes half a surrogate pair, which has no UTF-8, and it takes gigabytes for a hundred megabytes of brackets.

import { describe } from "../../checks.js";

/** Objects and arrays around each other: three in a header, and more in what readers of other versions may find. */
const DEEPEST = 8;
/** Half a surrogate pair, which has no UTF-8. */
export const LONE_SURROGATE = /\p{Surrogate}/u;
/** A string and the colon that makes it a key; a bracket; a part of a number that is not written in digits alone. Nothing is looked at twice. */
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"?(\s*:)?|[[\]{}]|[-.E]|\de/gs;

/**
 * As JSON.parse, but strict, and in a time that the length of the text bounds.
 * @param whole numbers must be whole and written in digits alone: for other readers "2.0" and "1e1" are none
 * @throws Error in a few words: "not JSON", '"a" is there twice'
 */
export function parseJson(text: string, whole = false): unknown {
  const keys: (Set<string> | null)[] = []; // the keys so far of each object around the current token; null for arrays
  for (const [token, colon] of text.matchAll(TOKENS)) {
    if ("]}".includes(token)) keys.pop();
    else if ("[{".includes(token)) {
      if (keys.push(token === "{" ? new Set() : null) > DEEPEST) throw Error(`nested more than ${DEEPEST} deep`);
    } else if (token[0] === '"') {
      // Compared after unescaping: "a" and "\u0061" are the same key.
      const string = parse(token.slice(0, token.length - (colon?.length ?? 0))) as string;
      if (LONE_SURROGATE.test(string)) throw Error(`${describe(string)} is not well-formed Unicode`);
      const known = colon && keys.at(-1);
      if (!known) continue;
      if (known.has(string)) throw Error(`${describe(string)} is there twice`);
      known.add(string);
    } else if (whole) throw Error("a number is not written in digits alone");
  }
  return parse(text);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw Error("not JSON");
  }
}
