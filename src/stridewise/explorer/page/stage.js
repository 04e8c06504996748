// A problem on the screen: its grids side by side, and what lights up in one when a cell of another is
// pointed at.

import { colour, css } from "stridewise/colours";
import { inputFormula, placeOf, weightFormula } from "stridewise/formula";
import { indexOf, reachOf, tapPlace } from "stridewise/geometry";
import { Grid } from "stridewise/grid";
import { text } from "stridewise/messages";
import { full } from "stridewise/numbers";
import { panels } from "stridewise/panels";

const NO_FRAME = [[0, 0], [0, 0]];

/**
 * `state` is the page's, whose cell is always within the output. `selected()` is called when the step
 * on the screen is another one, `pointed(words, formula)` when something else is looked at.
 */
export class Stage {
  constructor(problem, state, { selected, pointed }) {
    Object.assign(this, { problem, state, selected, pointed });
    this.grids = { input: this.inputGrid() };
    if (problem.window.type === "convolution") this.grids.kernel = this.kernelGrid();
    this.grids.output = this.outputGrid();
    this.element = panels(Object.values(this.grids));
    this.element.addEventListener("pointerleave", () => this.rest());
    this.light();
  }

  get output() {
    return [this.state.plane, ...this.state.cell];
  }

  get inputPlane() {
    return tapPlace(this.problem.window, 0, this.state.plane, this.state.tap);
  }

  inputGrid() {
    const { problem, state } = this;
    const [planes, rows, columns] = problem.inputSize;
    const { window } = problem;
    const backward = state.mode === "byInput";
    const frame = [1, 2].map((axis) => {
      const [before, after] = window.padding[axis];
      // With `ceil_mode` the last window may hang over the padding.
      const end = tapPlace(window, axis, problem.outputSize[axis] - 1, 0) + reachOf(window, axis);
      return [before, Math.max(after, end - problem.inputSize[axis])];
    });
    const plane = this.inputPlane;
    const isInside = (r, c) => plane >= 0 && plane < planes && r >= 0 && r < rows && c >= 0 && c < columns;
    const gradient = state.grow ? (place) => this.gradXSoFar(place) : (place) => problem.gradX(place);
    return new Grid({
      label: text(backward ? (state.grow ? "gradInputSoFar" : "gradInput") : "theInput"),
      rows,
      columns,
      frame: backward ? NO_FRAME : frame,
      outside: (r, c) => (isInside(r, c) ? null : this.around([plane, r, c])),
      value: (r, c) => (backward ? gradient([plane, r, c]) : problem.x([plane, r, c])),
      scale: backward ? problem.scales.gradX : problem.scales.x,
      reached: (r, c) => problem.outputsOver([plane, r, c]).length > 0,
      onPoint: (r, c) => this.pointAtInput(r, c),
      onChoose: (r, c) => this.chooseInput(r, c),
    });
  }

  /** What is said of a place outside of the input. */
  around(place) {
    const { window, inputSize } = this.problem;
    if (window.type === "max") return { text: "−∞", title: text("nothing") };
    const padded = place.every((at, axis) => at >= -window.padding[axis][0] && at < inputSize[axis] + window.padding[axis][1]);
    const counts = padded && window.count_include_pad !== false;
    return counts ? { text: "0", title: text("padding") } : { text: "·", title: text("uncounted") };
  }

  kernelGrid() {
    const { problem, state } = this;
    const backward = state.mode === "byWeight";
    const gradient = state.grow ? (tap) => this.gradWeightSoFar(tap) : (tap) => problem.gradWeight(tap);
    const [, rows, columns] = problem.window.kernel;
    return new Grid({
      label: text(backward ? "gradKernel" : "kernel"),
      rows,
      columns,
      value: (r, c) => (backward ? gradient([state.tap, r, c]) : problem.weight([state.tap, r, c])),
      scale: backward ? problem.scales.gradWeight : problem.scales.weight,
      onPoint: (r, c) => this.pointAtWeight(r, c),
      onChoose: (r, c) => this.pointAtWeight(r, c),
    });
  }

  outputGrid() {
    const { problem, state } = this;
    const backward = state.mode !== "forward";
    const [, rows, columns] = problem.outputSize;
    const number = backward ? (place) => problem.gradY(place) : (place) => problem.y(place);
    const isThere = (place) => !state.grow || backward || indexOf(problem.outputSize, place) <= this.step;
    return new Grid({
      label: text(backward ? "gradOutput" : "output"),
      rows,
      columns,
      value: (r, c) => (isThere([state.plane, r, c]) ? number([state.plane, r, c]) : null),
      scale: backward ? problem.scales.gradY : problem.scales.y,
      onPoint: (r, c) => this.pointAtOutput(r, c),
      onChoose: (r, c) => this.chooseOutput(r, c),
    });
  }

  // What has come together from the first output to the one of this step.

  get step() {
    return indexOf(this.problem.outputSize, this.output);
  }

  gradXSoFar(place) {
    const { problem, step } = this;
    const done = problem.outputsOver(place).filter((each) => indexOf(problem.outputSize, each.place) <= step);
    return done.reduce((sum, each) => sum + problem.gradY(each.place) * problem.share(each.place, each.tap), 0);
  }

  gradWeightSoFar(tap) {
    const { problem, step } = this;
    const done = problem.cellsOfTap(tap).filter((cell) => indexOf(problem.outputSize, cell.output) <= step);
    return done.reduce((sum, cell) => sum + problem.x(cell.place) * problem.gradY(cell.output), 0);
  }

  // Selecting a step.

  select(row, column) {
    const [, rows, columns] = this.problem.outputSize;
    this.state.cell = [Math.min(Math.max(row, 0), rows - 1), Math.min(Math.max(column, 0), columns - 1)];
    this.light();
    this.selected();
  }

  /** Mark what the step on the screen meets. */
  light() {
    const { problem, state, grids } = this;
    const [row, column] = state.cell;
    const cells = problem.cellsUnder(this.output);
    const seen = cells.filter((cell) => cell.tap[0] === state.tap);
    const [, top, left] = seen[0].place;
    grids.input.show(top, left, [1, 2].map((axis) => reachOf(problem.window, axis) - 1));
    grids.output.show(row, column);
    if (state.grow) for (const grid of Object.values(grids)) grid.refill();
    const kinds = this.kinds(cells);
    grids.input.mark(new Map(seen.map((cell) => [key(cell.place), kinds(cell)])));
    grids.kernel?.mark(new Map());
    grids.output.mark(new Map([[key(this.output), { kind: this.state.pinned ? "pinned" : "chosen" }]]));
  }

  /** How each cell of a window is marked. */
  kinds(cells) {
    const { problem, state } = this;
    if (problem.window.type === "convolution") {
      return (cell) => ({ kind: "window", colour: css(colour(problem.weight(cell.tap), problem.scales.weight)) });
    }
    const winners = problem.window.type === "max" ? problem.winners(cells) : [];
    const others = winners.length && state.mode === "byInput" ? "loser" : "window";
    return (cell) => ({ kind: winners[0] === cell ? "winner" : winners.includes(cell) ? "tie" : others });
  }

  /** Back to the step, after something else was pointed at. */
  rest() {
    this.light();
    this.selected();
  }

  /** Let go of a pinned step; whether there was one. */
  release() {
    const was = this.state.pinned;
    this.state.pinned = false;
    if (was) this.rest();
    return was;
  }

  // Pointing and choosing.

  pointAtOutput(row, column) {
    if (!this.state.pinned || this.isAt(row, column)) return this.select(row, column);
    this.pointed(`${this.said(this.grids.output, [this.state.plane, row, column])} · ${text("pinned")}`, null);
  }

  chooseOutput(row, column) {
    this.state.pinned = !(this.state.pinned && this.isAt(row, column));
    this.select(row, column);
  }

  isAt(row, column) {
    return row === this.state.cell[0] && column === this.state.cell[1];
  }

  pointAtInput(row, column) {
    const { problem, grids } = this;
    const place = [this.inputPlane, row, column];
    const outputs = problem.outputsOver(place).filter((each) => each.place[0] === this.state.plane);
    if (outputs.length) grids.output.reveal(...outputs[0].place.slice(1), [1, 2].map((axis) => outputs.at(-1).place[axis] - outputs[0].place[axis]));
    grids.output.mark(reachedMarks(outputs.map((each) => each.place)));
    grids.kernel?.mark(reachedMarks(outputs.map((each) => each.tap).filter((tap) => tap[0] === this.state.tap)));
    const around = grids.input.options.outside(row, column);
    const words = around ? around.title : this.said(grids.input, place) + (outputs.length ? "" : ` · ${text("unreached")}`);
    this.pointed(words, this.state.mode === "byInput" && !around ? inputFormula(problem, place) : null);
  }

  chooseInput(row, column) {
    const [first] = this.problem.outputsOver([this.inputPlane, row, column]).filter((each) => each.place[0] === this.state.plane);
    if (!first) return;
    this.state.pinned = true;
    this.select(...first.place.slice(1));
  }

  pointAtWeight(row, column) {
    const { problem, grids } = this;
    const tap = [this.state.tap, row, column];
    const cells = problem.cellsOfTap(tap).filter((cell) => cell.output[0] === this.state.plane);
    grids.input.mark(reachedMarks(cells.map((cell) => cell.place)));
    grids.kernel.mark(new Map([[key(tap), { kind: "chosen" }]]));
    grids.output.mark(new Map());
    this.pointed(this.said(grids.kernel, tap), this.state.mode === "byWeight" ? weightFormula(problem, tap) : null);
  }

  said(grid, place) {
    const value = grid.options.value(...place.slice(1));
    return text("status", { what: grid.options.label, place: placeOf(this.problem, place), value: value === null ? "" : full(value) });
  }
}

function key([, row, column]) {
  return `${row},${column}`;
}

function reachedMarks(places) {
  return new Map(places.map((place) => [key(place), { kind: "reached" }]));
}
