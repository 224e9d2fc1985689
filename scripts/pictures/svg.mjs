// The few marks that the diagrams are made of. Colours are classes, so that one file serves light and dark screens.

const STYLE = `
  svg { color-scheme: light dark; --paper: #ffffff; --ink: #1f2328; --faint: #8c959f; --line: #d0d7de; --fill: #f6f8fa; --on: #0969da; --on-fill: #ddf4ff; --back: #bc4c00; --back-fill: #fff1e5 }
  @media (prefers-color-scheme: dark) {
    svg { --paper: #0d1117; --ink: #e6edf3; --faint: #7d8590; --line: #3d444d; --fill: #161b22; --on: #58a6ff; --on-fill: #10263f; --back: #f0883e; --back-fill: #341c08 }
  }
  text { font: 14px system-ui, "Segoe UI", Helvetica, Arial, sans-serif; fill: var(--ink); text-anchor: middle; dominant-baseline: central }
  .left { text-anchor: start } .right { text-anchor: end }
  .small { font-size: 12px } .large { font-size: 16px } .bold { font-weight: 600 } .italic { font-style: italic }
  .code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: 12px }
  .faint { fill: var(--faint) } .on { fill: var(--on) } .back { fill: var(--back) }
  .paper { fill: var(--paper) } .shape { fill: var(--fill); stroke: var(--line); stroke-width: 1.5 }
  .shape.on { fill: var(--on-fill); stroke: var(--on) } .shape.back { fill: var(--back-fill); stroke: var(--back) }
  .shape.gone { fill: none; stroke-dasharray: 4 4 }
  .edge { fill: none; stroke: var(--faint); stroke-width: 1.5 } .edge.on { stroke: var(--on) } .edge.back { stroke: var(--back) }
  .edge.gone { stroke: var(--line); stroke-dasharray: 4 4 }
  .tip { fill: var(--faint) } .tip.on { fill: var(--on) } .tip.back { fill: var(--back) }`;

export function picture(width, height, title, description, marks) {
  const tips = ["", "on", "back"].map(
    (tone) =>
      `<marker id="tip${tone}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="tip ${tone}" d="M0 0 8 4 0 8z"/></marker>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escaped(title)}</title><desc>${escaped(description)}</desc>`,
    `<style>${STYLE}\n</style>`,
    `<defs>${tips.join("")}</defs>`,
    `<rect class="paper" width="${width}" height="${height}" rx="6"/>`,
    ...marks.flat(Number.POSITIVE_INFINITY),
    "</svg>\n",
  ].join("\n");
}

export function text(x, y, words, tone = "") {
  return `<text x="${round(x)}" y="${round(y)}" class="${tone}">${escaped(words)}</text>`;
}

export function box(x, y, width, height, tone = "", corner = 4) {
  const place = `x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"`;
  return `<rect ${place} rx="${corner}" class="shape ${tone}"/>`;
}

export function circle(x, y, radius, tone = "") {
  return `<circle cx="${round(x)}" cy="${round(y)}" r="${radius}" class="shape ${tone}"/>`;
}

/** A line through points; its end has a tip unless the line is one that is gone. */
export function arrow(points, tone = "") {
  const path = points.map(([x, y], i) => `${i ? "L" : "M"}${round(x)} ${round(y)}`).join(" ");
  const tip = tone === "gone" ? "" : ` marker-end="url(#tip${tone})"`;
  return `<path class="edge ${tone}" d="${path}"${tip}/>`;
}

function round(value) {
  return Math.round(value * 10) / 10;
}

function escaped(words) {
  return words.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
