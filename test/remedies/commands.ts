// Mistakes at the command line with models and with data, and what the program tells to write.
import type { CommandRemedy } from "./command.js";

const SMALL = "--hidden 4 --epochs 1 --quiet";
const LEAVE_OUT = /(--[a-z-]+).*leave it out/;

export const WITH_MODELS: CommandRemedy[] = [
  {
    says: "--per-class is for classes, and …; leave it out",
    wrong: "calibrate price price-2.csv --coverage 0.8 --per-class --out a",
    take: LEAVE_OUT,
  },
  {
    says: "--temperature is for classes, and …; leave it out",
    wrong: "calibrate price price-2.csv --coverage 0.8 --temperature --out a",
    take: LEAVE_OUT,
  },
  {
    says: "--… is of the draws of --by deviation; add that",
    wrong: "calibrate price price-2.csv --coverage 0.8 --samples 9 --out a",
    take: /of (--by deviation); add that/,
    right: "calibrate price price-2.csv --coverage 0.8 --samples 9 --out a REMEDY",
  },
  ...[/take (--by \w+) or/, /take --by \w+ or (\w+)/].map((take, i) => ({
    says: "…, which take --by …; got …",
    wrong: "calibrate words words-2.csv --coverage 0.8 --by residual --out a",
    take,
    right: `calibrate words words-2.csv --coverage 0.8 ${i ? "--by " : ""}REMEDY --out a`,
  })),
  {
    says: "--keep is for tables, and … is none; leave it out",
    wrong: "predict digits digits --keep a",
    take: LEAVE_OUT,
  },
  {
    says: "--seed draws Monte-Carlo masks, and there are none without --samples; add --samples 50",
    wrong: "predict words words.csv --seed 3",
    take: /add (--samples \d+)/,
    right: "predict words words.csv --seed 3 REMEDY",
  },
  ...[/(--interval); add one/, /(--sets) or/].map((take, i) => ({
    says: "--coverage is that of --sets or --interval; add one of them",
    wrong: `predict ${["promising price.csv", "calibrated words.csv"][i]} --coverage 0.8`,
    take,
    right: `predict ${["promising price.csv", "calibrated words.csv"][i]} --coverage 0.8 REMEDY`,
  })),
  {
    says: "--sets are of classes, and … predicts numbers; ask for --interval",
    wrong: "predict promising price.csv --sets",
    take: /ask for (--\w+)/,
    right: "predict promising price.csv REMEDY",
  },
  {
    says: "--interval is of numbers, and … predicts classes; ask for --sets",
    wrong: 'predict "my words" words.csv --interval',
    take: /ask for (--\w+)/,
    right: "predict calibrated words.csv REMEDY",
  },
  {
    says: "run: thinned calibrate … HELD-OUT-DATA --coverage …",
    wrong: 'predict "my words" words.csv --sets --coverage 0.8',
    take: /run: thinned (calibrate .*) HELD-OUT-DATA/,
    right: "REMEDY words-2.csv --coverage 0.8 --out again",
  },
  {
    says: "run: thinned calibrate … HELD-OUT-DATA --coverage …",
    wrong: "predict words words.csv --sets --coverage 0.8",
    take: /HELD-OUT-DATA (--coverage [\d.]+)/,
    right: "calibrate words words-2.csv REMEDY --out again",
  },
  {
    says: "its promise is void: run `…` again, or calibrate(net, { x, y })",
    wrong: "predict void price.csv --interval",
    take: /run `thinned calibrate MODEL DATA (.*)` again/,
    right: "calibrate void price-2.csv REMEDY --out again",
  },
  {
    says: "OUT must end in one of …; got …; or say what it is, with --to",
    wrong: "convert words converted.bin",
    take: /with (--to)/,
    right: "convert words converted.bin REMEDY onnx",
  },
  {
    says: "OUT must end in one of …; got …; or say what it is, with --to",
    wrong: "convert words converted.bin",
    take: /one of (\.\w+)/,
    right: "convert words convertedREMEDY",
  },
  {
    says: "it is an ensemble, and one network is wanted; thinned convert FILE OUT --member 1 takes one out of it",
    wrong: "expect members price.csv",
    take: /thinned convert FILE OUT (--member 1) takes/,
    right: "convert members alone.safetensors REMEDY",
  },
  {
    says: "… is an ensemble of … networks; give one of them, with --member 1",
    wrong: "convert members alone.onnx",
    take: /with (--member 1)/,
    right: "convert members alone.onnx REMEDY",
  },
  {
    says: "--member is for ensembles, and … is none; leave it out",
    wrong: "convert price alone.onnx --member 1",
    take: LEAVE_OUT,
  },
  {
    says: "thinned … --help",
    wrong: "predict words",
    take: /\(thinned (.*) tells more\)/,
    right: "REMEDY",
  },
  { says: "thinned --help", wrong: "pretend", take: /\(thinned (.*) tells more\)/, right: "REMEDY" },
];

export const WITH_DATA: CommandRemedy[] = [
  {
    says: "say which encoding it has (--encoding latin1 where it is an old one of Western Europe), or save it in UTF-8",
    wrong: `train latin.csv --out f ${SMALL}`,
    take: /(--encoding latin1)/,
    right: `train latin.csv --out f ${SMALL} REMEDY`,
  },
  ...["stray.csv", "stray $b.csv"].flatMap((file) =>
    ["missing", "ignore"].map((option) => ({
      says: ` (--${option} …)`,
      wrong: `train '${file}' --target d --out ${option}-${file.length} ${SMALL}`,
      take: new RegExp(` \\((--${option} .*?)\\)(?:, or leave|\n)`),
      right: `train '${file}' --target d --out ${option}-${file.length} ${SMALL} REMEDY`,
    })),
  ),
  {
    says: "add a first line that names the columns, or say that none does (--no-header)",
    wrong: `train headless.csv --out g ${SMALL}`,
    take: /\((--no-header)\)/,
    right: `train headless.csv --out g ${SMALL} REMEDY`,
  },
  {
    says: "…; the last column, --target takes another",
    wrong: "train words.csv --out h1 --hidden 4 --epochs 1",
    take: /(--target) takes another/,
    right: "train words.csv --out h2 --hidden 4 --epochs 1 REMEDY b",
  },
];
