// What is printed: a table per task, and at the end one line per task with the ratios.

/** Ratios are of medians: how many times as long as the first peer, Thinned. */
export function showTable({ kind, network, batch, p, data, rows }) {
  const what =
    kind === "infer"
      ? "test_step, trained with dropout"
      : `training step${kind === "tables" ? " with Adam" : ""}, p = ${p}`;
  const lines = rows.map((row) => {
    if (row.failure || !row.seconds) return [row.name, `left out: ${row.failure}`];
    const { median, min, count } = row.seconds;
    const learned = row.losses
      ? `loss ${row.losses.map((loss) => loss.toFixed(2)).join(" → ")} in ${row.steps} steps`
      : "";
    const ratio = rows[0].seconds ? `${(median / rows[0].seconds.median).toFixed(2)} ×` : "";
    return [row.name, milliseconds(median), milliseconds(min), String(count), ratio, row.wrong ?? learned];
  });
  const head = ["", "median ms", "best", "n", "of ours", ""];
  return `${network}, batch ${batch}, ${data}, ${what}\n${align([head, ...lines])}`;
}

/** Median milliseconds of every task and peer, as a Markdown table. */
export function summaryOf(results) {
  const names = [...new Set(results.flatMap(({ rows }) => rows.map(({ name }) => name)))];
  const head = ["median ms per step", ...names];
  const lines = results.map(({ kind, network, batch, p, data, rows }) => {
    const cell = (name) => {
      const row = rows.find((each) => each.name === name);
      return row?.seconds && !row.wrong ? milliseconds(row.seconds.median) : "–";
    };
    return [`${network}, ${batch}, ${data}, ${kind === "infer" ? "test_step" : `p = ${p}`}`, ...names.map(cell)];
  });
  const rule = head.map((_, i) => (i === 0 ? "---" : "--:"));
  return [head, rule, ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** Three digits. */
function milliseconds(seconds) {
  const value = seconds * 1000;
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function align(rows) {
  const widths = rows[0].map((_, i) => Math.max(...rows.filter((row) => row.length > 2).map((row) => row[i].length)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
