// JSON.parse takes the last of two equal keys in silence, other readers the first: a file that two programs read differently.

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** The first key that some object of a valid JSON text has twice. */
export function duplicateKey(json: string): string | undefined {
  const open: (Set<string> | null)[] = []; // the keys so far of each object around the current character; null for arrays
  for (let i = 0; i < json.length; i++) {
    const character = json[i];
    if (character === "{") open.push(new Set());
    else if (character === "[") open.push(null);
    else if (character === "}" || character === "]") open.pop();
    else if (character === '"') {
      const start = i;
      i = endOfString(json, start);
      if (!isKey(json, i + 1)) continue;
      // Compared after unescaping: "a" and "\u0061" are the same key.
      const key: string = JSON.parse(json.slice(start, i + 1));
      const keys = open[open.length - 1] as Set<string>;
      if (keys.has(key)) return key;
      keys.add(key);
    }
  }
  return undefined;
}

/** Does a text that may or may not be JSON nest more than `most` objects and arrays? */
export function nestsDeeper(text: string, most: number): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (inString && code === BACKSLASH) i++;
    else if (code === QUOTE) inString = !inString;
    else if (inString) continue;
    else if ("{[".includes(text[i])) depth++;
    else if ("}]".includes(text[i])) depth--;
    if (depth > most) return true;
  }
  return false;
}

/** Index of the quote that closes the string which opens at `start`. */
function endOfString(json: string, start: number): number {
  let i = start + 1;
  while (json.charCodeAt(i) !== QUOTE) i += json.charCodeAt(i) === BACKSLASH ? 2 : 1;
  return i;
}

/** In valid JSON, only a key is followed by a colon. */
function isKey(json: string, i: number): boolean {
  while (json[i] === " " || json[i] === "\n" || json[i] === "\t" || json[i] === "\r") i++;
  return json[i] === ":";
}
