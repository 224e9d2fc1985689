// A weight as it lies in memory, and the list of active units that walks it.
import { arrow, box, picture, text } from "./svg.mjs";

const ROWS = 10;
const ACTIVE = [1, 4, 5, 8];
const VALUES = ["0.7", "1.2", "0.1", "0.4"];
const HEIGHT = 20;
const TOP = 84;
const PANELS = [
  { left: 250, width: 168, columns: "columns 0 – 47" },
  { left: 440, width: 168, columns: "columns 48 – 95" },
  { left: 630, width: 60, columns: "96 – 111" },
];

export function panels() {
  return picture(
    900,
    388,
    "A weight in panels, and the list that walks it",
    "The columns of a weight are cut into panels of 48. Each panel lies in memory row after row. The list of a sample's active units says which rows of the panel are multiplied and added into twelve accumulators.",
    [list(), PANELS.map(panel), accumulators(), order()],
  );
}

function list() {
  return [
    text(96, 34, "one sample's list", "bold"),
    text(60, 60, "unit", "small faint"),
    text(124, 60, "value", "small faint"),
    ACTIVE.map((row, i) => {
      const y = TOP + row * HEIGHT + HEIGHT / 2;
      return [
        box(36, y - 9, 48, 18, "on", 2),
        text(60, y, String(row), "code"),
        box(92, y - 9, 64, 18, "on", 2),
        text(124, y, VALUES[i], "code"),
        arrow(
          [
            [160, y],
            [246, y],
          ],
          "on",
        ),
      ];
    }),
    text(92, TOP + ROWS * HEIGHT + 22, "Units that are 0", "small faint"),
    text(92, TOP + ROWS * HEIGHT + 40, "are not on the list.", "small faint"),
  ];
}

function panel({ left, width, columns }, index) {
  const rows = Array.from({ length: ROWS }, (_, row) => {
    const walked = index === 0 && ACTIVE.includes(row);
    const y = TOP + row * HEIGHT;
    return [
      box(left, y, width, HEIGHT - 3, walked ? "on" : "", 2),
      width > 100
        ? text(left + width / 2, y + 8.5, `row ${row}: 48 floats`, "code")
        : text(left + 30, y + 8.5, "16", "code"),
    ];
  });
  return [
    text(left + width / 2, 34, `panel ${index}`, "bold"),
    text(left + width / 2, 60, columns, "small faint"),
    rows,
  ];
}

function accumulators() {
  const top = TOP + ROWS * HEIGHT + 34;
  const { left, width } = PANELS[0];
  return [
    arrow(
      [
        [left + width / 2, TOP + ROWS * HEIGHT + 2],
        [left + width / 2, top - 4],
      ],
      "on",
    ),
    Array.from({ length: 12 }, (_, i) => box(left + i * (width / 12) + 1, top, width / 12 - 2, 22, "on", 2)),
    text(left + width + 16, top + 11, "twelve accumulators of four floats: += value · row[unit]", "left"),
    text(left, top + 46, "Then the same list walks panel 1, then panel 2.", "left small faint"),
  ];
}

function order() {
  const x = 718;
  return [
    arrow([
      [x, TOP + 4],
      [x, TOP + ROWS * HEIGHT - 6],
    ]),
    ["In memory, row follows", "row inside a panel,", "and panel follows panel."].map((line, i) =>
      text(736, TOP + 82 + 18 * i, line, "left small faint"),
    ),
  ];
}
