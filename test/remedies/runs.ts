// Mistakes in what is to be trained or studied, and what the program tells to write.
import type { CommandRemedy } from "./command.js";

const SMALL = "--hidden 4 --epochs 1 --quiet";
const WORDS = `train words.csv ${SMALL}`;
const PRICE = `train price.csv ${SMALL}`;
const DROP = /drop (--[^;]*?)(?:;| \(|\n)/;
const STUDY = "study digits --samples 100 --quick --steps 1 --hidden 2 --test-rows 10 --build simd";

export const RUNS: CommandRemedy[] = [
  {
    says: "--folds trains networks to measure them, and saves none; leave out …",
    wrong: `${WORDS} --folds 2 --out i --lean`,
    take: /leave out (.*) \(/,
  },
  {
    says: "--members goes on by itself where it was stopped; drop --resume",
    wrong: `${WORDS} --members 2 --out i --resume longer`,
    take: DROP,
  },
  {
    says: "… is not of this run; name another file with --out, or remove that one",
    wrong: `${PRICE} --members 2 --out odd`,
    take: /with (--out)/,
    right: `${PRICE} --members 2 REMEDY even`,
  },
  {
    says: "--predictions is of rows that were held out, by --folds; add --folds 5, or use predict",
    wrong: `${WORDS} --predictions i.csv`,
    take: /add (--folds 5)/,
    right: `${WORDS} --predictions i.csv REMEDY`,
  },
  {
    says: "--resume … cannot go on: --patience ended its run; start a new one with --patience none",
    wrong: "train words.csv --resume impatient --epochs 99 --quiet",
    take: /with (--patience none)/,
    right: `${WORDS} --out impatient REMEDY`,
  },
  {
    says: "--epochs must be at least …, which the run in … has begun; got …; it is the new total",
    wrong: "train words.csv --resume longer --epochs 1 --quiet",
    take: /must be at least (\d+)/,
    right: "train words.csv --resume longer --epochs REMEDY --quiet --out j",
  },
  {
    says: "thinned: the run in … has made its …; --epochs … would go on\n",
    wrong: "train words.csv --resume longer --quiet --out j",
    take: /(--epochs \d+) would/,
    right: "train words.csv --resume longer --quiet --out j REMEDY",
  },
  {
    says: "--seeds begins a run of each seed; drop …",
    wrong: `${WORDS} --seeds 1-2 --seed 3 --log seeds.log --out seeds`,
    take: DROP,
  },
  {
    says: "--seeds must be different seeds as in 1-5 or 3,5,8, at most …; got …",
    wrong: `${WORDS} --seeds 3,3 --out seeded`,
    take: /or (3,5,8),/,
    right: `${WORDS} --seeds REMEDY --out seeded`,
  },
  {
    says: "… exist already; name other files with --out FILE, or other seeds",
    wrong: `${WORDS} --seeds 8`,
    take: /with (--out) FILE/,
    right: `${WORDS} --seeds 8 REMEDY others`,
  },
  {
    says: "… exists already; name another file with --out FILE, or delete it first",
    wrong: WORDS,
    take: /with (--out) FILE/,
    right: `${WORDS} REMEDY named`,
  },
  ...["--patience 3", "--lr-schedule plateau:2"].flatMap((option) => [
    {
      says: "… needs validation rows, and --val is 0; give --val 0.1",
      wrong: `${WORDS} ${option} --val 0 --out l`,
      take: /give (--val [\d.]+)/,
      right: `${WORDS} ${option} REMEDY --out l`,
    },
  ]),
  {
    says: "--lr-schedule …",
    wrong: `${WORDS} --lr-schedule plateau:2 --val 0 --out l`,
    take: /(--lr-schedule \S+) needs/,
    right: `${WORDS} REMEDY --out l`,
  },
  {
    says: "… alone: it lasts for --epochs",
    wrong: `${WORDS} --lr-schedule linear:5 --out l`,
    take: /Expected (\w+) alone/,
    right: `${WORDS} --lr-schedule REMEDY --out l`,
  },
  {
    says: "--class-weight is for classes, and this run predicts numbers; leave it out",
    wrong: `${PRICE} --class-weight balanced --out m`,
    take: /(--class-weight)/,
  },
  {
    says: "--class-weight names …, which no row has; …",
    wrong: `${WORDS} --class-weight cta=2 --out m`,
    take: /did you mean "(.*)"\?/,
    right: `${WORDS} --class-weight REMEDY=2 --out m`,
  },
  {
    says: "--log … exists already; name another file, or delete it first",
    wrong: `${WORDS} --log words.log --out n`,
    take: /(name another) file/,
    right: `${WORDS} --log 'REMEDY' --out n`,
  },
  {
    says: "--log … must be a log that thinned train wrote; name another file",
    wrong: "train words.csv --resume longer --log other.log --epochs 3 --quiet --out n",
    take: /(name another file)/,
    right: "train words.csv --resume longer --log 'REMEDY' --epochs 3 --quiet --out n",
  },
  {
    says: "--picture must end in .svg; got …",
    wrong: `${WORDS} --picture course.png --out n`,
    take: /end in (\.svg)/,
    right: `${WORDS} --picture courseREMEDY --out n`,
  },
  {
    says: "--loss must be … where the task is to …; got …; drop it, or change --task",
    wrong: `${WORDS} --loss mse --out o`,
    take: /(--loss) must/,
  },
  {
    says: "--loss must be … where the task is to …; got …; drop it, or change --task",
    wrong: `${PRICE} --loss bce --out o`,
    take: /change (--task)/,
    right: `${PRICE} --loss bce --out o REMEDY classify`,
  },
  {
    says: "… is an option of the optimizer sgd, and this run uses …; drop it, or add --optimizer sgd",
    wrong: `${PRICE} --nesterov --out o`,
    take: /(--nesterov) is/,
  },
  {
    says: "… is an option of the optimizer sgd, and this run uses …; drop it, or add --optimizer sgd",
    wrong: `${PRICE} --nesterov --out o`,
    take: /add (--optimizer sgd)/,
    right: `${PRICE} --nesterov --out o REMEDY`,
  },
  {
    says: "… … conflicts with the run in …, which uses …; drop the option to continue it, or --resume to start a new run",
    wrong: "train words.csv --resume longer --lr 0.7 --epochs 3 --quiet --out p",
    take: /(--lr) 0.7 conflicts/,
  },
  {
    says: "… … conflicts with the run in …, which uses …; drop the option to continue it, or --resume to start a new run",
    wrong: "train words.csv --resume longer --lr 0.7 --epochs 3 --quiet --out p",
    take: /or (--resume) to start/,
  },
  ...[/lower (--lr)/, /add (--patience 10)/].map((take, i) => ({
    says: "nothing new was saved; lower --lr, or add --patience 10, which keeps the best",
    wrong: "train price.csv --hidden 4 --epochs 9 --optimizer sgd --lr 1e9 --val 0.1 --patience none --quiet --out q",
    take,
    right: `train price.csv --hidden 4 --epochs 9 --optimizer sgd --quiet --out q ${["REMEDY 0.001", "--lr 0.001 REMEDY"][i]}`,
  })),
  {
    says: 'a number from 0 to just under 1, "last", or such a number as in last:0.2',
    wrong: `${WORDS} --val lats --out r`,
    take: /as in (last:[\d.]+)/,
    right: `${WORDS} --val REMEDY --out r`,
  },
  ...["relu", "leaky_relu:0.2", "elu:0.5", "gelu:tanh"].map((activation) => ({
    says: "an activation such as relu, leaky_relu:0.2, elu:0.5 or gelu:tanh; … has no parameter …",
    wrong: "convert state.pt s.safetensors --activation relu:2",
    take: new RegExp(`(${activation})[,; ]`),
    right: "convert state.pt s.safetensors --activation REMEDY",
  })),
];

export const STUDIES: CommandRemedy[] = [
  {
    says: "--merge takes its settings from the parts; drop …",
    wrong: "study --merge part-1 part-2 --steps 3 --lr 0.1 --out merged.html",
    take: DROP,
  },
  {
    says: "--shard … does not say how many there are; give --shard …/8 for eight",
    wrong: `${STUDY} --shard parallel --out t`,
    take: /give (--shard \S+) for/,
    right: `${STUDY} REMEDY --out t`,
  },
  {
    says: "--shard … reads …, which is …; run it under …, or give --shard 1/8 and so on",
    wrong: `${STUDY} --shard kubernetes/8 --out t`,
    take: /give (--shard 1\/8)/,
    right: `${STUDY} REMEDY --out t`,
  },
  {
    says: "name another file with --out, or remove this one",
    wrong: `${STUDY} --seed 2 --shard 1/2 --out part-1`,
    take: /with (--out)/,
    right: `${STUDY} --seed 2 --shard 1/2 REMEDY u`,
  },
  {
    says: "… lacks …: make it with --shard … --out …",
    wrong: "study --merge 'a part' part-2 --out merged.html",
    take: /make it with (--shard .*?)(?:;| \(thinned)/,
    right: `${STUDY} REMEDY`,
  },
  {
    says: "--shard …/…",
    wrong: "study --merge part-1 --out merged.html",
    take: /no part of (--shard \S+)/,
    right: `${STUDY} REMEDY --out part-2`,
  },
];

export const SERVERS: CommandRemedy[] = [
  {
    says: "--port must be a free port; … is in use: give another one, or 0 for any that is free",
    wrong: "demo --port TAKEN",
    take: /or (0) for any/,
    right: "demo --port REMEDY",
  },
  {
    says: "--host must be an address of this machine; got …; leave it out for 127.0.0.1",
    wrong: "demo --port 0 --host 192.0.2.1",
    take: /leave it out for ([\d.]+)/,
    right: "demo --port 0 --host REMEDY",
  },
];
