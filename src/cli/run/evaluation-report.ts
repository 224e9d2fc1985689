// evaluate --report: the measures as a page with pictures.
import { widthOf } from "../../cells/encoding.js";
import type { Encoding, Table } from "../../data/encode/table.js";
import { barsPicture, confusionPicture } from "../../report/heat-map.js";
import { showLoss } from "../../report/numbers.js";
import { drawChart, type Section, writeReport } from "../../report/page.js";
import type { Plotting } from "../../report/plotting.js";
import { drawScatter } from "../../report/scatter.js";
import { type Bin, reliability, thresholdCurve } from "../../scores/index.js";
import { type AnyNetwork, describeNetwork } from "./any-network.js";
import type { Answers, Assessment, Classified, Regressed } from "./assess.js";
import { classesTable, measuresTable } from "./assess-tables.js";
import { type Importance, type InputColumn, importances } from "./importance.js";
import { dataSet, firstRows, measure } from "./measure.js";

/** What a report is made of. */
export interface Evaluated {
  path: string;
  source: string;
  net: AnyNetwork;
  encoding: Encoding;
  data: Table;
  answers: Answers;
  assessed: Assessment;
}

/** Rows that importances are measured on: each column takes five passes over them. */
const IMPORTANCE_ROWS = 2000;
/** Columns that are shown; importances of more take too long. */
const MOST_COLUMNS = 200;
const SHOWN = 30;
/** Dots of a picture. */
const MOST_DOTS = 2000;

export function writeEvaluation(paths: { html: string; json: string }, of: Evaluated, libraries: Plotting): void {
  const { net, encoding, data, assessed, path, source } = of;
  const { loss } = measure(net, encoding, data);
  const some = firstRows(data, IMPORTANCE_ROWS);
  const columns = columnsOf(encoding);
  const important =
    columns.length > 1 && columns.length <= MOST_COLUMNS
      ? importances(net, some, dataSet(net, encoding, some), columns)
      : [];
  const sections = [
    { title: "Measures", text: [BASELINE], table: measuresTable(assessed, loss) },
    ...(assessed.task === "classify"
      ? classifiedSections(assessed, of, libraries)
      : regressedSections(assessed, of, libraries)),
    ...(important.length > 0 ? [importanceSection(important, some.samples)] : []),
  ];
  const rows = assessed.rows.toLocaleString("en-US");
  const what =
    encoding.target === null ? "" : `, ${assessed.task === "classify" ? "classes" : "numbers"} of "${encoding.target}"`;
  const lead = `${path} on ${rows} rows of ${source}: ${describeNetwork(net)}${what}.`;
  writeReport(paths, "How good the answers are", lead, sections, {
    model: path,
    data: source,
    loss,
    measures: assessed,
    importances: important,
  });
}

const BASELINE =
  "Beside the network stands what comes of always giving the same answer: the most frequent class of these rows, or their mean.";

/** A table's columns, each with the inputs that it became. */
function columnsOf({ table }: Encoding): InputColumn[] {
  let next = 0;
  return (table?.columns ?? []).map((code) => {
    const from = next;
    next += widthOf(code);
    return { name: code.name, inputs: Array.from({ length: next - from }, (_, i) => from + i) };
  });
}

function classifiedSections(assessed: Classified, { answers }: Evaluated, libraries: Plotting): Section[] {
  const names = assessed.classes.map(({ name }) => name);
  const { answers: chances, truth } = answers;
  const wanted = names.length === 2 ? [1] : hardest(assessed);
  const rows = wanted.flatMap((k) => {
    const own = truth.map((label) => Number(label === k));
    const curve = thresholdCurve(
      own.map((_, row) => chances[row * names.length + k]),
      own,
    );
    const every = Math.ceil(curve.thresholds.length / 60);
    return [...curve.thresholds.keys()]
      .filter((i) => i % every === 0 || i === curve.thresholds.length - 1)
      .map((i) => ({ x: 100 * curve.falsePositives[i], y: 100 * curve.truePositives[i], series: names[k] }));
  });
  const sure = reliability(chances, truth);
  const honest = [percentOf(sure[0]).x, 100].map((x) => ({ x, y: x, series: "honest" }));
  const figures: Section["figures"] = [
    {
      picture: confusionPicture(names, assessed.confusion),
      caption: "Rows by their class and the answer that they got; the darker, the larger the share of the class.",
    },
  ];
  if (rows.length > 0) {
    figures.push({
      picture: drawChart(libraries, {
        rows,
        x: { label: "other rows taken for the class, per cent" },
        y: { label: "rows of the class that are found, per cent" },
      }),
      caption: `ROC curve of ${wanted.map((k) => names[k]).join(", ")}${names.length > 3 ? ", the classes with the smallest areas" : ""}: each threshold on the class's probability is a point.`,
    });
  }
  figures.push({
    picture: drawChart(libraries, {
      rows: [...honest, ...sure.map((bin) => ({ ...percentOf(bin), series: "network" }))],
      x: { label: "how sure the network is of its answer, per cent" },
      y: { label: "answers that are right, per cent" },
    }),
    caption:
      "Answers gathered by how sure they are. Of an honest network 90 of 100 answers that are 90 % sure are right.",
  });
  return [{ title: "Which classes", text: [], figures, table: classesTable(assessed) }];
}

function percentOf({ confidence, accuracy }: Bin): { x: number; y: number } {
  return { x: 100 * confidence, y: 100 * accuracy };
}

/** The three classes with the smallest areas, of those that have one. */
function hardest({ classes }: Classified): number[] {
  return [...classes.keys()]
    .filter((k) => classes[k].rocArea !== null)
    .sort((a, b) => classes[a].rocArea! - classes[b].rocArea!)
    .slice(0, 3);
}

function regressedSections({ rows, targets }: Regressed, { answers }: Evaluated, libraries: Plotting): Section[] {
  const every = Math.ceil(rows / MOST_DOTS);
  return targets.map(({ target }, k) => {
    const pairs = Array.from({ length: Math.ceil(rows / every) }, (_, i) => {
      const at = i * every * targets.length + k;
      return { truth: answers.truth[at], predicted: answers.answers[at] };
    });
    const name = target ?? "target";
    return {
      title: targets.length > 1 ? `${name}: predicted against true` : "Predicted against true",
      text: [],
      figures: [
        {
          picture: drawScatter(libraries, {
            dots: pairs.map(({ truth, predicted }) => ({ x: truth, y: predicted })),
            x: `true ${name}`,
            y: `predicted ${name}`,
            line: "diagonal",
          }),
          caption: `${pairs.length.toLocaleString("en-US")} rows; on the line the answer is right.`,
        },
        {
          picture: drawScatter(libraries, {
            dots: pairs.map(({ truth, predicted }) => ({ x: predicted, y: truth - predicted })),
            x: `predicted ${name}`,
            y: `true less predicted ${name}`,
            line: "zero",
          }),
          caption: "What is left to explain. A bend or a funnel says that more could be learned, or that doubt grows.",
        },
      ],
    };
  });
}

function importanceSection(important: readonly Importance[], rows: number): Section {
  const bars = important
    .slice(0, SHOWN)
    .map(({ name, loss }) => ({ name, value: loss.mean, error: loss.standardError }));
  return {
    title: "Which columns matter",
    text: [
      `A column's cells are dealt to other rows, five times, and the loss is measured on ${rows.toLocaleString("en-US")} rows (permutation importance, Breiman 2001). By how much it grows says how much the network leans on the column. Of two columns that say the same, either may seem to matter little.`,
    ],
    figures: [
      {
        picture: barsPicture(bars, showLoss),
        caption: "By how much the loss grows; the line is a standard error either way.",
      },
    ],
  };
}
