// The files that the mistakes at the command line are about.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { toStateDict } from "../../src/pytorch.js";
import type { Folder } from "../support/cli.js";
import { modelFile } from "../support/model-file.js";

const SMALL = "--hidden 4 --epochs 1 --quiet";
const STUDY = "study digits --samples 100 --quick --steps 1 --hidden 2 --test-rows 10 --build simd";

export async function prepare(folder: Folder, run: (line: string) => Promise<void>): Promise<void> {
  const row = (i: number) => [i / 2, (i * 7) % 11, i % 2 ? "cat" : "dog", 3 * i + ((i * 5) % 7)];
  const csv = (columns: number[], from = 0) => {
    const rows = Array.from({ length: 60 }, (_, i) => columns.map((c) => row(from + i)[c]));
    return `${columns.map((c) => "abcd"[c])}\n${rows.join("\n")}\n`;
  };
  folder.write("words.csv", csv([0, 1, 2]));
  folder.write("words-2.csv", csv([0, 1, 2], 100));
  folder.write("price.csv", csv([0, 1, 3]));
  folder.write("price-2.csv", csv([0, 1, 3], 100));
  folder.write("headless.csv", csv([0, 1, 3]).replace(/^.*\n/, ""));
  folder.write("latin.csv", Buffer.from(csv([0, 1, 2]).replaceAll("cat", "félin"), "latin1"));
  folder.write("stray.csv", `${csv([0, 1, 3])}nothing,3,9\n`);
  const strange = csv([0, 1, 3]).replace(/^a/, '"the ""$a"" of it"');
  folder.write("stray $b.csv", `${strange}"no \`$x\` here",3,9\n`);
  folder.write("other.log", "this is no log\n");
  folder.write("state.pt", toStateDict(modelFile([3, 4, 2])));

  await run(`train words.csv --out words ${SMALL} --log words.log`);
  await run("convert words 'my words' --to thinned");
  await run("calibrate words words-2.csv --coverage 0.8 --out calibrated");
  await run("train words.csv --out longer --hidden 4 --epochs 2 --quiet");
  await run("train words.csv --out impatient --hidden 4 --lr 0.5 --patience 1 --quiet");
  await run(`train words.csv ${SMALL}`);
  await run(`train words.csv --seeds 8 ${SMALL}`);
  await run(`train price.csv --out price ${SMALL}`);
  await run("calibrate price price-2.csv --coverage 0.8 --out promising");
  await run("convert promising void --to thinned --dtype I8");
  await run(`train price.csv --out odd-member-1 --seed 9 ${SMALL}`);
  await run(`train price.csv --out members --members 2 ${SMALL}`);
  await run(`train digits --samples 60 --out digits ${SMALL}`);
  for (const part of [1, 2]) await run(`${STUDY} --shard ${part}/2 --out part-${part}`);
  const part = JSON.parse(readFileSync(join(folder.path, "part-1"), "utf8"));
  folder.write("a part", JSON.stringify({ ...part, outcomes: part.outcomes.slice(0, 1) }));
}
