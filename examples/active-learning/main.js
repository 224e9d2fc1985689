// Which images should a person label? The network asks for those that its thinned networks disagree about most (BALD),
// and needs fewer of them than one that gets images at random.

import { Network } from "thinned";
import { rank } from "thinned/uncertainty";
import { drawDigits, randomFrom } from "./digits.js";

const seeds = Number(process.argv[2] ?? 3);
const WIDTH = 144;
const [FIRST, EACH, ROUNDS] = [40, 40, 6];

const mean = (values) => values.reduce((a, b) => a + b) / values.length;
const errors = { random: [], bald: [] };
for (let seed = 1; seed <= seeds; seed++) {
  const random = randomFrom(seed);
  const [pool, test] = [drawDigits(2000, random), drawDigits(1000, random, true)];
  for (const by of ["random", "bald"]) errors[by].push(await label(pool, test, by, seed));
}
console.log("labels  at random  by BALD   (per cent wrong, mean of the seeds)");
for (let round = 0; round <= ROUNDS; round++) {
  const [atRandom, byBald] = ["random", "bald"].map((by) => (100 * mean(errors[by].map((of) => of[round]))).toFixed(1));
  console.log(`${String(FIRST + round * EACH).padStart(6)}${atRandom.padStart(11)}${byBald.padStart(9)}`);
}

/** Test errors as more and more rows of the pool are labelled. */
async function label(pool, test, by, seed) {
  const random = randomFrom(100 + seed);
  const labelled = Array.from({ length: FIRST }, (_, i) => i);
  const found = [];
  for (let round = 0; ; round++) {
    const net = await train(pool, labelled, seed);
    found.push(net.evaluate(test).error);
    if (round === ROUNDS) return found;
    const left = Array.from(pool.y, (_, i) => i).filter((row) => !labelled.includes(row));
    const chosen =
      by === "random"
        ? left
            .map((_, i) => [random(), i])
            .sort(([a], [b]) => a - b)
            .slice(0, EACH)
            .map(([, i]) => i)
        : rank(net, rows(pool.x, left), { by, count: EACH, samples: 20 });
    labelled.push(...chosen.map((row) => left[row])); // the person who labels says what they are: pool.y
    net.dispose();
  }
}

async function train({ x, y }, labelled, seed) {
  const net = await Network.create({
    sizes: [WIDTH, 128, 10],
    seed,
    optimizer: { type: "adam", learningRate: 0.002 },
    maxBatch: 256,
  });
  const data = { x: rows(x, labelled), y: labelled.map((row) => y[row]) };
  await net.fit(data, { epochs: Math.ceil((400 * 32) / labelled.length), batch: 32 });
  return net;
}

function rows(x, chosen) {
  const picked = new Float32Array(chosen.length * WIDTH);
  chosen.forEach((row, i) => {
    picked.set(x.subarray(row * WIDTH, (row + 1) * WIDTH), i * WIDTH);
  });
  return picked;
}
