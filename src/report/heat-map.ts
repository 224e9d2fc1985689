// Pictures that are drawn by hand, as SVG in the page's colours: a confusion matrix, and bars with their errors.
import { escapeHtml } from "./page.js";

const FONT = 'font-family="system-ui, sans-serif" font-size="13" fill="currentColor"';
/** Letters of a name that are shown. */
const LONGEST = 18;

/** Shares of a row as the depth of its cells; counts in them as long as they can be read. */
export function confusionPicture(names: readonly string[], counts: readonly (readonly number[])[]): string {
  const size = Math.max(14, Math.min(52, Math.floor(440 / names.length)));
  const shown = names.map(short);
  const left = 24 + 7.5 * Math.max(...shown.map((name) => name.length));
  const side = size * names.length;
  const cells = counts.flatMap((row, i) => {
    const sum = row.reduce((a, b) => a + b, 0) || 1;
    return row.map((count, j) => {
      const [x, y] = [left + j * size, 34 + i * size];
      const colour = i === j ? "var(--blue)" : "var(--orange)";
      const cell = `<rect x="${x}" y="${y}" width="${size - 1}" height="${size - 1}" fill="${colour}" fill-opacity="${((0.9 * count) / sum).toFixed(3)}" stroke="var(--line)"/>`;
      const text = count === 0 || size < 26 ? "" : label(x + size / 2, y + size / 2 + 4, String(count), "middle");
      return cell + text;
    });
  });
  const rows = shown.map((name, i) => label(left - 8, 34 + i * size + size / 2 + 4, name, "end"));
  const columns = shown.map((name, j) => {
    const [x, y] = [left + j * size + size / 2, 46 + side];
    return `<text ${FONT} x="${x}" y="${y}" text-anchor="end" transform="rotate(-45 ${x} ${y})">${escapeHtml(name)}</text>`;
  });
  const height = 60 + side + 5.5 * Math.max(...shown.map((name) => name.length));
  const titles = `${label(left, 18, "class ↓  answer →", "start")}`;
  // A few classes are no larger than many.
  return svg(
    Math.max(460, left + side + 20),
    height,
    "confusion matrix",
    [titles, ...cells, ...rows, ...columns].join(""),
  );
}

export interface Bar {
  name: string;
  value: number;
  /** Drawn either way. */
  error: number;
}

/** Bars to the right (to the left where they are negative), the longest first as they come. */
export function barsPicture(bars: readonly Bar[], show: (value: number) => string): string {
  const most = Math.max(...bars.map(({ value, error }) => value + error), 1e-12);
  const least = Math.min(0, ...bars.map(({ value, error }) => value - error));
  const names = bars.map(({ name }) => short(name));
  const left = 20 + 7.5 * Math.max(...names.map((name) => name.length));
  const at = (value: number) => left + (300 * (value - least)) / (most - least);
  const drawn = bars.map(({ value, error }, i) => {
    const y = 10 + 22 * i;
    const [from, to] = [Math.min(at(0), at(value)), Math.max(at(0), at(value))];
    return [
      label(left - 8, y + 13, names[i], "end"),
      `<rect x="${from}" y="${y}" width="${Math.max(1, to - from)}" height="16" fill="var(--orange)"/>`,
      `<line x1="${at(value - error)}" x2="${at(value + error)}" y1="${y + 8}" y2="${y + 8}" stroke="currentColor" stroke-width="1.5"/>`,
      label(at(Math.max(0, value + error)) + 8, y + 13, show(value), "start"),
    ].join("");
  });
  return svg(left + 380, 20 + 22 * bars.length, "bars", drawn.join(""));
}

function label(x: number, y: number, text: string, anchor: string): string {
  return `<text ${FONT} x="${x}" y="${y}" text-anchor="${anchor}">${escapeHtml(text)}</text>`;
}

function short(name: string): string {
  return name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name;
}

function svg(width: number, height: number, name: string, inside: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${Math.ceil(width)} ${Math.ceil(height)}" role="img" aria-label="${name}">${inside}</svg>`;
}
