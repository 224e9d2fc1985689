// What ten thinned networks' answers say, in words.

export interface Votes {
  /** By network: the class that it finds likeliest, and how likely. */
  votes: { choice: number; probability: number }[];
  /** By class: the mean of the networks' probabilities. */
  mean: number[];
}

/** @param answers probabilities, `[networks, classes]` */
export function countVotes(answers: Float32Array, classes: number): Votes {
  const networks = answers.length / classes;
  const rows = Array.from({ length: networks }, (_, i) => answers.subarray(i * classes, (i + 1) * classes));
  const votes = rows.map((row) => {
    const choice = row.indexOf(Math.max(...row));
    return { choice, probability: row[choice] };
  });
  const mean = Array.from({ length: classes }, (_, c) => rows.reduce((sum, row) => sum + row[c], 0) / networks);
  return { votes, mean };
}

const NUMBERS = ["None", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten"];
/** Ten networks that agree, and give the class so much together, are called sure. */
const SURE = 0.9;
/** As many of ten, and so much together, are called fairly sure. */
const MOST = 7;
const HALF = 0.5;

/** `Seven of ten say 8`, what the others say, and what to make of it. */
export function sayVotes({ votes, mean }: Votes, classes: readonly string[]): { headline: string; reason: string } {
  const counts = mean.map((_, c) => votes.filter(({ choice }) => choice === c).length);
  const ranked = counts
    .map((count, c) => ({ count, c }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count || mean[b.c] - mean[a.c]);
  const [{ count, c }, ...others] = ranked;
  const name = classes[c];
  const headline = others.length === 0 ? `All ten say ${name}` : `${NUMBERS[count]} of ten ${says(count)} ${name}`;
  const rest = others.map((other) => `${NUMBERS[other.count].toLowerCase()} ${says(other.count)} ${classes[other.c]}`);
  const told = rest.length > 0 ? `${capital(rest.join(", "))}. ` : "";
  const share = `Together they give it ${percent(mean[c])}. `;
  if (others.length === 0 && mean[c] >= SURE) return { headline, reason: `${share}They are sure.` };
  if (count >= MOST && mean[c] >= HALF) return { headline, reason: `${told}${share}They are fairly sure.` };
  return { headline, reason: `${told}${share}They are not sure: do not rely on it.` };
}

/** What a set says that holds the true digit as often as it promises. */
export function saySet(set: readonly string[], coverage: number): { set: string; meaning: string } {
  const promise = `Of 100 drawn digits, ${100 * coverage} or more have theirs in such a set.`;
  if (set.length === 0) {
    return {
      set: "none",
      meaning: `No digit fits as well as those that it was tried on: this is something else. ${promise}`,
    };
  }
  const said =
    set.length === 1 ? "One digit is enough." : `${NUMBERS[set.length]} are needed: it cannot tell them apart here.`;
  return { set: set.join(" or "), meaning: `${said} ${promise}` };
}

function says(count: number): string {
  return count === 1 ? "says" : "say";
}

function capital(text: string): string {
  return text[0].toUpperCase() + text.slice(1);
}

export function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(0)} %`;
}
