// A grid of numbers that is reached with the Tab key and walked with the arrows (WAI-ARIA: grid).

import { colour, css, ink } from "stridewise/colours";
import { full, short } from "stridewise/numbers";

/** Rows and columns that a grid shows at most; a larger map is seen through a window of this size. */
export const MOST_CELLS = 14;

/**
 * One map of numbers. `options` has: label, rows, columns, value(row, column), scale, and what to
 * call when a cell is pointed at (`onPoint`) or chosen (`onChoose`), with its row and column;
 * `reached(row, column)`, if given, tells which cells count at all.
 * `frame` is how many rows and columns of padding lie around it: [[top, bottom], [left, right]].
 */
export class Grid {
  constructor(options) {
    this.options = { frame: [[0, 0], [0, 0]], ...options };
    this.element = document.createElement("div");
    this.element.className = "grid";
    this.element.setAttribute("role", "grid");
    this.element.setAttribute("aria-label", options.label);
    this.cells = new Map();
    this.focused = [0, 0];
    this.marks = new Map();
    this.draw([0, 0]);
    this.refocus(false);
    this.element.addEventListener("keydown", (event) => this.onKey(event));
    this.element.addEventListener("pointerover", (event) => this.onPointer(event, "onPoint"));
    this.element.addEventListener("click", (event) => this.onPointer(event, "onChoose"));
    this.element.addEventListener("focusin", (event) => this.onFocus(event));
  }

  /** Draw the cells from a corner on; -1 and the like are padding. */
  draw(corner) {
    const { rows, columns, frame } = this.options;
    const [first, last] = [-frame[0][0], rows + frame[0][1]];
    const [left, right] = [-frame[1][0], columns + frame[1][1]];
    this.corner = [clamp(corner[0], first, Math.max(first, last - MOST_CELLS)), clamp(corner[1], left, Math.max(left, right - MOST_CELLS))];
    const [top, start] = this.corner;
    const [bottom, end] = [Math.min(last, top + MOST_CELLS), Math.min(right, start + MOST_CELLS)];
    this.element.setAttribute("aria-rowcount", last - first);
    this.element.setAttribute("aria-colcount", right - left);
    this.element.style.setProperty("--columns", end - start);
    this.cells.clear();
    const lines = [];
    for (let row = top; row < bottom; row++) {
      const line = document.createElement("div");
      line.setAttribute("role", "row");
      line.setAttribute("aria-rowindex", row - first + 1);
      for (let column = start; column < end; column++) line.append(this.cell(row, column, left));
      lines.push(line);
    }
    this.element.replaceChildren(...lines);
    this.paint();
  }

  cell(row, column, left) {
    const cell = document.createElement("div");
    const { rows, columns, value, scale } = this.options;
    const inside = row >= 0 && row < rows && column >= 0 && column < columns;
    cell.setAttribute("role", "gridcell");
    cell.setAttribute("aria-colindex", column - left + 1);
    cell.dataset.row = row;
    cell.dataset.column = column;
    cell.tabIndex = -1;
    if (inside) {
      const number = value(row, column);
      const rgb = colour(number, scale);
      cell.textContent = short(number);
      cell.title = full(number);
      cell.style.backgroundColor = css(rgb);
      cell.style.color = ink(rgb);
      cell.classList.toggle("unreached", this.options.reached?.(row, column) === false);
    } else {
      cell.className = "padding";
      cell.textContent = "0";
      cell.title = this.options.paddingTitle ?? "";
    }
    this.cells.set(`${row},${column}`, cell);
    return cell;
  }

  /** Mark cells: a map from "row,column" to a class name and, if wanted, a background colour. */
  mark(marks) {
    this.marks = marks;
    this.paint();
  }

  paint() {
    for (const [key, cell] of this.cells) {
      const mark = this.marks.get(key);
      cell.dataset.mark = mark?.kind ?? "";
      cell.style.setProperty("--mark", mark?.colour ?? "transparent");
    }
  }

  /** Bring a cell into view, and make it the one that the Tab key reaches, if the focus is elsewhere. */
  show(row, column, around = [0, 0]) {
    const holds = this.element.contains(document.activeElement);
    if (!holds) this.focused = [row, column];
    const [top, left] = this.corner;
    const fits = (place, start, size) => place >= start && place + size < start + MOST_CELLS;
    if (!fits(row, top, around[0]) || !fits(column, left, around[1])) {
      this.draw([row - Math.floor((MOST_CELLS - around[0]) / 2), column - Math.floor((MOST_CELLS - around[1]) / 2)]);
      if (holds && !this.cells.has(this.focused.join(","))) this.focused = [row, column];
      this.refocus(holds);
    } else this.refocus(false);
  }

  refocus(take) {
    for (const cell of this.cells.values()) cell.tabIndex = -1;
    const cell = this.cells.get(this.focused.join(",")) ?? this.cells.values().next().value;
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
    const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
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

function clamp(value, low, high) {
  return Math.min(Math.max(value, low), high);
}
