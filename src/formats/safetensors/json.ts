// JSON of strangers. Of two equal keys JSON.parse silently takes the last and other readers the first, so two programs
// would read such a file differently. JSON.parse accepts half a surrogate pair, which has no UTF-8. It needs gigabytes
// for a hundred megabytes of brackets.

import { describe } from "../../checks.js";

/** Objects and arrays around each other: three in a header, and more in what readers of other versions may find. */
const DEEPEST = 8;
/**
 * Objects, arrays and keys: a file of a quarter of a million tensors has so many. Ten times as many would take half a
 * minute.
 */
const MOST = 2e6;
/** Half a surrogate pair, which has no UTF-8. */
export const LONE_SURROGATE = /\p{Surrogate}/u;
/**
 * As JSON.parse, but strict, and in a time that the length of the text bounds.
 * @param whole numbers must be whole and written in digits alone: for other readers "2.0" and "1e1" are none
 * @throws Error in a few words: "not JSON", '"a" is there twice'
 */
export function parseJson(text: string, whole = false): unknown {
  const keys: (Set<string> | null)[] = []; // the keys so far of each object around this character; null for arrays
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if ("{[:".includes(character) && ++count > MOST) throw Error("too many parts");
    if (character === "}" || character === "]") keys.pop();
    else if (character === "{" || character === "[") {
      if (keys.push(character === "{" ? new Set() : null) > DEEPEST) throw Error(`nested more than ${DEEPEST} deep`);
    } else if (character === '"') {
      const start = i++;
      while (i < text.length && text[i] !== '"') i += text[i] === "\\" ? 2 : 1;
      // Compared after unescaping: "a" and "\u0061" are the same key.
      const written = text.slice(start + 1, i);
      const string = written.includes("\\") ? (parse(`"${written}"`) as string) : written;
      if (LONE_SURROGATE.test(string)) throw Error(`${describe(string)} is not Unicode`);
      const known = keys.at(-1);
      // In valid JSON, only a key is followed by a colon.
      while (" \n\t\r".includes(text[i + 1] ?? "-")) i++;
      if (!known || text[i + 1] !== ":") continue;
      if (known.has(string)) throw Error(`${describe(string)} is there twice`);
      known.add(string);
      // Elsewhere these are parts of numbers, but for the last letter of true and false.
    } else if (whole && ("-.E".includes(character) || (character === "e" && text[i - 1] <= "9")))
      throw Error("a number is not written in digits alone");
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
