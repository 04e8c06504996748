// A grid of numbers as a part of a picture: its cells as they are on the screen, its caption and its legend.

import { colour, css } from "stridewise/colours";
import { text } from "stridewise/messages";
import { short, whole } from "stridewise/numbers";
import { INK, MONOSPACE, QUIET, shape, words } from "stridewise/svg";
import { wrapped } from "stridewise/wrapping";

const CELL = { width: 42, height: 28 };
const CAPTION = 22;
const BAR = { width: 120, height: 8, steps: 24 };
const LEAST_WIDTH = 180;
const PANEL = "#f3f6f9";
const LINE = "#c9d2da";
const SIGNS = { winner: "★", tie: "=", loser: "+ 0", pinned: "●" };
const THICK = ["chosen", "pinned", "winner"];
const SMALL = { "font-size": 11, fill: QUIET };
/** Of a small character, in pixels, at most. */
const CHARACTER = 6.2;

/** The picture of a grid, from its upper left corner on, and its size. */
export function drawnGrid(grid) {
  const found = shape("g", {});
  const places = [...grid.cells.keys()].map((key) => key.split(",").map(Number));
  const [top, left] = [0, 1].map((axis) => Math.min(...places.map((place) => place[axis])));
  const [below, right] = [0, 1].map((axis) => Math.max(...places.map((place) => place[axis])));
  const size = { width: (right - left + 1) * CELL.width, height: (below - top + 1) * CELL.height };
  const width = Math.max(size.width, LEAST_WIDTH);
  const columns = Math.floor(width / CHARACTER);
  let y = 0;
  for (const line of wrapped(grid.options.label, Math.floor(columns * 0.8))) {
    found.append(words(line, 0, y + 14, { "font-weight": 600, "font-size": 14 }));
    y += CAPTION;
  }
  found.append(...hatching());
  const marked = [];
  for (const [key, cell] of grid.cells) {
    const [row, column] = key.split(",").map(Number);
    const place = { x: (column - left) * CELL.width, y: y + (row - top) * CELL.height };
    found.append(...drawnCell(cell, place));
    marked.push(...mark(cell, place));
  }
  found.append(shape("rect", { x: 0, y, ...size, fill: "none", stroke: LINE }), ...marked);
  y += size.height + 6;
  const part = { top, bottom: below, left, right, rows: grid.options.rows, columns: grid.options.columns };
  for (const key of Object.keys(part)) part[key] = whole(part[key]);
  found.append(...bar(y));
  y += BAR.height;
  for (const line of [text("legend", { ends: `±${short(grid.options.scale)}` }), text("savedPart", part)].flatMap((each) => wrapped(each, columns))) {
    y += 15;
    found.append(words(line, 0, y, SMALL));
  }
  return { element: found, width, height: y + 4 };
}

function drawnCell(cell, { x, y }) {
  const padding = cell.classList.contains("padding");
  const unreached = cell.classList.contains("unreached");
  const plain = padding || unreached;
  const back = shape("rect", { x, y, ...CELL, fill: padding ? "url(#hatching)" : unreached ? PANEL : cell.style.backgroundColor });
  const middle = y + CELL.height / 2 + (cell.dataset.mark in SIGNS ? 1 : 4);
  const number = words(cell.textContent, x + CELL.width / 2, middle, {
    fill: plain ? QUIET : cell.style.color || INK,
    "font-family": MONOSPACE,
    "font-size": 10.5,
    "text-anchor": "middle",
    ...(unreached && { "text-decoration": "line-through" }),
  });
  return [back, number];
}

/** What lies over a cell: the same marks as on the screen, by the kind of the mark. */
function mark(cell, { x, y }) {
  const { mark: kind } = cell.dataset;
  if (!kind) return [];
  const found = [];
  const fill = cell.style.getPropertyValue("--mark");
  if (kind === "window" && fill && fill !== "transparent") {
    for (const at of [y + 2, y + CELL.height - 6]) found.push(shape("rect", { x: x + 2, y: at, width: CELL.width - 4, height: 4, fill }));
  }
  const thick = THICK.includes(kind) ? 3 : 2;
  const outline = (inset, stroke, width) => shape("rect", { x: x + inset, y: y + inset, width: CELL.width - 2 * inset, height: CELL.height - 2 * inset, fill: "none", stroke, "stroke-width": width });
  if (kind !== "window") found.push(outline(thick + 0.5, "#fff", 1.5));
  const border = outline(thick / 2, "#111", thick);
  if (kind === "reached") border.setAttribute("stroke-dasharray", "4 3");
  found.push(border);
  if (SIGNS[kind]) found.push(words(SIGNS[kind], x + CELL.width / 2, y + CELL.height - 4, { "font-size": 8, "text-anchor": "middle", fill: cell.style.color || INK }));
  return found;
}

/** The scale of colours. */
function bar(y) {
  const each = BAR.width / BAR.steps;
  return Array.from({ length: BAR.steps }, (_, at) => shape("rect", { x: at * each, y, width: each, height: BAR.height, fill: css(colour((2 * at + 1) / BAR.steps - 1, 1)) }));
}

/** Slanted lines: what is no number of the map. */
function hatching() {
  const pattern = shape("pattern", { id: "hatching", width: 5, height: 5, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" });
  pattern.append(shape("rect", { width: 5, height: 5, fill: PANEL }), shape("rect", { width: 5, height: 1, fill: LINE }));
  return [shape("defs", {}, pattern)];
}
