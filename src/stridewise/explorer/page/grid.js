// A grid of numbers that is reached with the Tab key and walked with the arrows (WAI-ARIA: grid).

import { colour, css, ink } from "stridewise/colours";
import { brief, full } from "stridewise/numbers";

/** Rows and columns that a grid shows at most; a larger map is seen through a window of this size. */
export const MOST_CELLS = 12;

/**
 * One map of numbers. `options` has: label, rows, columns, value(row, column), which is null for
 * what is not there yet, scale, and what to call when a cell is pointed at (`onPoint`) or chosen
 * (`onChoose`), with its row and column; `reached(row, column)`, if given, tells which cells count
 * at all. `frame` is how many rows and columns lie around it, [[top, bottom], [left, right]], and
 * `outside(row, column)` what is said there: `{ text, title }`; of a cell within, null.
 */
export class Grid {
  constructor(options) {
    this.options = { frame: [[0, 0], [0, 0]], outside: () => null, ...options };
    this.element = document.createElement("div");
    this.element.className = "grid";
    this.element.setAttribute("role", "grid");
    this.element.setAttribute("aria-label", options.label);
    this.cells = new Map();
    this.focused = [0, 0];
    this.marks = new Map();
    this.build();
    this.draw([0, 0]);
    this.refocus(false);
    this.element.addEventListener("keydown", (event) => this.onKey(event));
    this.element.addEventListener("pointerover", (event) => this.onPointer(event, "onPoint"));
    this.element.addEventListener("click", (event) => this.onPointer(event, "onChoose"));
    this.element.addEventListener("focusin", (event) => this.onFocus(event));
  }

  /** The cells, which stay: when the grid moves they show other numbers. */
  build() {
    const { rows, columns, frame } = this.options;
    this.size = [rows, columns].map((size, axis) => size + frame[axis][0] + frame[axis][1]);
    const [height, width] = this.size.map((size) => Math.min(size, MOST_CELLS));
    this.lines = Array.from({ length: height }, () => {
      const line = document.createElement("div");
      line.setAttribute("role", "row");
      line.append(...Array.from({ length: width }, newCell));
      return line;
    });
    this.element.setAttribute("aria-rowcount", this.size[0]);
    this.element.setAttribute("aria-colcount", this.size[1]);
    this.element.replaceChildren(...this.lines);
  }

  /** Show the cells from a corner on; -1 and the like are around the map. */
  draw(corner) {
    const { frame } = this.options;
    this.corner = corner.map((at, axis) => clamp(at, -frame[axis][0], Math.max(-frame[axis][0], this.size[axis] - frame[axis][0] - MOST_CELLS)));
    const [top, left] = this.corner;
    this.cells.clear();
    this.lines.forEach((line, y) => {
      line.setAttribute("aria-rowindex", top + y + frame[0][0] + 1);
      [...line.children].forEach((cell, x) => {
        cell.setAttribute("aria-colindex", left + x + frame[1][0] + 1);
        cell.dataset.row = top + y;
        cell.dataset.column = left + x;
        const key = `${top + y},${left + x}`;
        this.cells.set(key, cell);
        paint(cell, this.marks.get(key));
      });
    });
    this.refill();
    this.onMoved?.();
  }

  /** No decimals where there are none. */
  digitsWithin(top, bottom, left, right) {
    const { rows, columns, value } = this.options;
    for (let row = Math.max(0, top); row < Math.min(rows, bottom); row++) {
      for (let column = Math.max(0, left); column < Math.min(columns, right); column++) {
        if (!Number.isInteger(value(row, column) ?? 0)) return 2;
      }
    }
    return 0;
  }

  /** Write a cell's number and its colour. */
  fill(cell, row, column) {
    const { value, scale, reached, outside } = this.options;
    const around = outside(row, column);
    if (around) {
      cell.className = "padding";
      cell.style.backgroundColor = cell.style.color = "";
      cell.textContent = around.text;
      cell.title = around.title;
      return;
    }
    const number = value(row, column);
    cell.className = number === null ? "absent" : reached?.(row, column) === false ? "unreached" : "";
    cell.textContent = number === null ? "" : brief(number, this.digits);
    cell.title = number === null ? "" : full(number);
    const rgb = colour(number ?? 0, scale);
    cell.style.backgroundColor = number === null ? "" : css(rgb);
    cell.style.color = ink(rgb);
  }

  /** Write all numbers again: they have changed. */
  refill() {
    const [top, left] = this.corner;
    this.digits = this.digitsWithin(top, top + MOST_CELLS, left, left + MOST_CELLS);
    for (const cell of this.cells.values()) this.fill(cell, Number(cell.dataset.row), Number(cell.dataset.column));
  }

  /** Mark cells: a map from "row,column" to a kind and, if wanted, a colour. */
  mark(marks) {
    for (const key of this.marks.keys()) if (!marks.has(key)) paint(this.cells.get(key), null);
    for (const [key, mark] of marks) paint(this.cells.get(key), mark);
    this.marks = marks;
  }

  /** Move to a corner, as far as the map goes; who has the focus here keeps it. */
  moveTo(corner) {
    const holds = this.element.contains(document.activeElement);
    this.draw(corner);
    if (holds && !this.cells.has(this.focused.join(","))) this.focused = [...this.corner];
    this.refocus(holds);
  }

  /** Bring a cell into view, and make it the one that the Tab key reaches, if the focus is elsewhere. */
  show(row, column, around) {
    if (!this.element.contains(document.activeElement)) this.focused = [row, column];
    this.reveal(row, column, around);
  }

  /** Bring a cell into view, and so many rows and columns after it. */
  reveal(row, column, around = [0, 0]) {
    const [top, left] = this.corner;
    const fits = (place, start, size) => place >= start && place + size < start + MOST_CELLS;
    if (fits(row, top, around[0]) && fits(column, left, around[1])) return this.refocus(false);
    this.moveTo([row - Math.floor((MOST_CELLS - around[0]) / 2), column - Math.floor((MOST_CELLS - around[1]) / 2)]);
  }

  refocus(take) {
    const cell = this.cells.get(this.focused.join(",")) ?? this.cells.values().next().value;
    if (this.stop && this.stop !== cell) this.stop.tabIndex = -1;
    this.stop = cell;
    if (!cell) return;
    cell.tabIndex = 0;
    if (take) cell.focus();
  }

  onPointer(event, name) {
    const cell = event.target.closest("[role=gridcell]");
    if (cell) this.options[name]?.(Number(cell.dataset.row), Number(cell.dataset.column));
  }

  onFocus(event) {
    const { row, column } = event.target.dataset;
    this.focused = [Number(row), Number(column)];
    this.refocus(false);
    this.onPointer(event, "onPoint");
  }

  onKey(event) {
    const { rows, columns } = this.options;
    const [row, column] = this.focused;
    const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], PageUp: [-MOST_CELLS, 0], PageDown: [MOST_CELLS, 0] };
    let next = null;
    if (steps[event.key]) next = [row + steps[event.key][0], column + steps[event.key][1]];
    else if (event.key === "Home") next = [event.ctrlKey ? 0 : row, 0];
    else if (event.key === "End") next = [event.ctrlKey ? rows - 1 : row, columns - 1];
    else if (event.key === "Enter" || event.key === " ") this.options.onChoose?.(row, column);
    else return;
    event.preventDefault();
    if (!next) return;
    const [r, c] = [clamp(next[0], 0, rows - 1), clamp(next[1], 0, columns - 1)];
    this.focused = [r, c];
    this.show(r, c);
    this.refocus(true);
  }
}

function newCell() {
  const cell = document.createElement("div");
  cell.setAttribute("role", "gridcell");
  cell.tabIndex = -1;
  return cell;
}

function paint(cell, mark) {
  if (!cell) return;
  cell.dataset.mark = mark?.kind ?? "";
  if (mark?.colour) cell.style.setProperty("--mark", mark.colour);
}

function clamp(value, low, high) {
  return Math.min(Math.max(value, low), high);
}
