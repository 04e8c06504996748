// One layer, number by number: input, weights and output side by side, forward and backward.

import { codeLines } from "stridewise/code";
import { colour, css, scaleOf } from "stridewise/colours";
import { formula } from "stridewise/formula";
import { cellsOfTap, cellsUnder, channelsOf, outputsOver } from "stridewise/geometry";
import { Grid } from "stridewise/grid";
import { someChannels, spatial } from "stridewise/maps";
import { text } from "stridewise/messages";
import { full, short, whole } from "stridewise/numbers";
import { Player } from "stridewise/player";
import { winning } from "stridewise/winners";

const MODES = ["forward", "byInput", "byWeight"];

export class LayerView {
  constructor(element, status, trace, source, changed) {
    Object.assign(this, { element, status, trace, source, changed });
  }

  /** Open a layer in a state; loads what it shows. */
  async open(state) {
    this.state = state;
    this.node = this.trace.nodes.find((node) => node.name === state.layer);
    this.player?.stop();
    const shape = this.trace.tensors[state.layer];
    this.outputs = this.node?.window ? shape.at(-1) : spatial(shape)[2];
    state.output = Math.min(state.output, this.outputs - 1);
    if (!this.node?.window || this.node.window.kernel.length !== 2) return this.openPlain();
    const window = this.node.window;
    this.window = window;
    this.inputName = this.node.inputs[0];
    this.inputShape = this.trace.tensors[this.inputName];
    this.outputShape = this.trace.tensors[this.node.name].length === 3 ? this.trace.tensors[this.node.name] : [1, 1, this.outputs];
    this.inputChannels = channelsOf(window, this.inputShape[2], this.outputs, state.output);
    if (!this.inputChannels.includes(state.input)) state.input = this.inputChannels[0];
    if (!this.modes().includes(state.mode)) state.mode = "forward";
    const arrays = await this.load();
    if (this.state !== state) return; // something else was opened while this was on its way
    this.arrays = arrays;
    this.build();
    // In the middle a window meets numbers, not padding.
    const [row, column] = state.cell ?? this.outputShape.slice(0, 2).map((size) => Math.floor(size / 2));
    this.select(row, column);
  }

  modes() {
    return this.window.type === "convolution" ? MODES : MODES.slice(0, 2);
  }

  async load() {
    const { name } = this.node;
    const { output, input } = this.state;
    const isConvolution = this.window.type === "convolution";
    const own = isConvolution ? Object.keys(this.node.parameters) : [];
    const loads = {
      x: this.source.array(`y/${this.inputName}`),
      y: this.source.array(`y/${name}`, output, output + 1),
      gradY: this.source.array(`grad/${name}`, output, output + 1),
      gradX: this.source.array(`grad/${this.inputName}`, input, input + 1),
    };
    for (const parameter of own) {
      loads[parameter] = this.source.array(`weight/${name}/${parameter}`, output, output + 1);
      loads[`grad_${parameter}`] = this.source.array(`grad_weight/${name}/${parameter}`, output, output + 1);
    }
    const found = await Promise.all(Object.values(loads));
    return Object.fromEntries(Object.keys(loads).map((key, number) => [key, found[number]]));
  }

  // Numbers of the arrays, by row and column.

  x(row, column, channel = this.state.input) {
    const [rows, columns, channels] = this.inputShape;
    if (row < 0 || column < 0 || row >= rows || column >= columns) return 0;
    return this.arrays.x.data[(row * columns + column) * channels + channel];
  }

  at(array, row, column) {
    return array.data[row * this.outputShape[1] + column];
  }

  weight(tap, channel = this.state.input, array = this.arrays.weight) {
    const each = this.inputShape[2] / this.window.groups;
    return array.data[(tap[0] * this.window.kernel[1] + tap[1]) * each + (channel % each)];
  }

  gradX(row, column) {
    return this.arrays.gradX.data[row * this.inputShape[1] + column];
  }

  // What is on the screen.

  build() {
    const { mode } = this.state;
    const isConvolution = this.window.type === "convolution";
    const [rows, columns] = this.inputShape;
    const [rowsOut, columnsOut] = this.outputShape;
    const backward = mode !== "forward";
    const scaleX = scaleOf(this.arrays.x.data);
    this.grids = {};
    const showsGradX = mode === "byInput";
    this.grids.input = new Grid({
      label: text(showsGradX ? "gradInput" : "theInput"),
      rows,
      columns,
      frame: showsGradX ? [[0, 0], [0, 0]] : this.window.padding,
      paddingTitle: text(this.window.type === "max" ? "nothing" : "padding"),
      value: showsGradX ? (r, c) => this.gradX(r, c) : (r, c) => this.x(r, c),
      scale: showsGradX ? scaleOf(this.arrays.gradX.data) : scaleX,
      reached: (r, c) => outputsOver(this.window, this.outputShape, r, c).length > 0,
      onPoint: (r, c) => this.pointAtInput(r, c),
      onChoose: (r, c) => this.chooseInput(r, c),
    });
    if (isConvolution) {
      const array = mode === "byWeight" ? this.arrays.grad_weight : this.arrays.weight;
      this.grids.kernel = new Grid({
        label: text(mode === "byWeight" ? "gradKernel" : "kernel"),
        rows: this.window.kernel[0],
        columns: this.window.kernel[1],
        value: (r, c) => this.weight([r, c], this.state.input, array),
        scale: scaleOf(array.data),
        onPoint: (r, c) => this.pointAtWeight(r, c),
        onChoose: (r, c) => this.pointAtWeight(r, c),
      });
    }
    const out = backward ? this.arrays.gradY : this.arrays.y;
    this.grids.output = new Grid({
      label: text(backward ? "gradOutput" : "output"),
      rows: rowsOut,
      columns: columnsOut,
      value: (r, c) => this.at(out, r, c),
      scale: scaleOf(out.data),
      onPoint: (r, c) => this.select(r, c),
      onChoose: (r, c) => this.select(r, c),
    });
    this.formula = element("div", "formula");
    this.code = Object.assign(element("ol", "code"), { tabIndex: 0 }); // it scrolls sideways
    this.code.setAttribute("aria-label", text("code"));
    this.player = new Player(rowsOut * columnsOut, (step) => this.select(Math.floor(step / columnsOut), step % columnsOut));
    const panels = element("div", "panels");
    panels.append(...Object.values(this.grids).map((grid) => this.panel(grid)));
    panels.addEventListener("pointerenter", () => this.player.hold());
    this.element.replaceChildren(this.heading(), panels, this.player.element, titled(text("formula"), this.formula), titled(text("code"), this.code));
  }

  heading() {
    const bar = element("div", "bar");
    bar.append(Object.assign(document.createElement("h2"), { textContent: `${this.node.name} · ${this.node.title}` }));
    const tabs = element("div", "tabs");
    for (const mode of this.modes()) {
      const tab = Object.assign(document.createElement("button"), { textContent: text(mode) });
      tab.setAttribute("aria-pressed", mode === this.state.mode);
      tab.addEventListener("click", () => this.change({ mode }));
      tabs.append(tab);
    }
    bar.append(tabs);
    if (this.window.type === "convolution") bar.append(this.chooser("inputChannel", this.inputChannels, this.state.input, (input) => this.change({ input })));
    const all = Array.from({ length: this.outputs }, (_, number) => number);
    bar.append(this.chooser("outputChannel", all, this.state.output, (output) => this.change({ output })));
    return bar;
  }

  chooser(key, numbers, chosen, change) {
    const label = Object.assign(element("label"), { textContent: `${text(key)} ` });
    const select = document.createElement("select");
    for (const number of numbers) select.append(new Option(number, number, false, number === chosen));
    select.addEventListener("change", () => change(Number(select.value)));
    label.append(select);
    return label;
  }

  panel(grid) {
    const figure = element("figure");
    const caption = Object.assign(document.createElement("figcaption"), { textContent: grid.options.label });
    const legend = Object.assign(element("p", "legend"), { textContent: text("legend", { scale: short(grid.options.scale) }) });
    figure.append(caption, scrolling(grid), legend);
    return figure;
  }

  change(changes) {
    return this.open({ ...this.state, ...changes }).then(() => this.changed(this.state));
  }

  // Selecting and pointing: one cell lights up others.

  select(row, column) {
    const [rows, columns] = this.outputShape;
    row = Math.min(Math.max(row, 0), rows - 1);
    column = Math.min(Math.max(column, 0), columns - 1);
    this.state.cell = [row, column];
    const cells = cellsUnder(this.window, this.inputShape, row, column);
    const { kernel, dilation } = this.window;
    const reach = [0, 1].map((axis) => (kernel[axis] - 1) * dilation[axis]);
    this.grids.input.show(cells[0].row, cells[0].column, reach);
    this.grids.input.mark(new Map(cells.map((cell) => [`${cell.row},${cell.column}`, this.windowMark(cell, cells)])));
    this.grids.kernel?.mark(new Map());
    this.grids.output.show(row, column);
    this.grids.output.mark(new Map([[`${row},${column}`, { kind: "chosen" }]]));
    this.player.at(row * columns + column);
    this.formula.replaceChildren(formula(this, row, column, cells));
    this.showCode(row, column);
    this.say(row, column, cells);
    this.changed(this.state);
  }

  windowMark(cell, cells) {
    if (this.window.type === "convolution") {
      const scale = scaleOf(this.arrays.weight.data);
      return { kind: "window", colour: css(colour(this.weight(cell.tap), scale)) };
    }
    const winners = this.window.type === "max" ? winning(this, cells) : [];
    return { kind: winners[0] === cell ? "winner" : winners.includes(cell) ? "tie" : "window" };
  }

  pointAtInput(row, column) {
    const outputs = outputsOver(this.window, this.outputShape, row, column);
    this.grids.output.mark(new Map(outputs.map((each) => [`${each.row},${each.column}`, { kind: "reached" }])));
    this.grids.kernel?.mark(new Map(outputs.map((each) => [each.tap.join(","), { kind: "reached" }])));
    const value = this.grids.input.options.value(row, column);
    const what = this.grids.input.options.label;
    this.status.textContent = text("status", { what, row, column, value: full(value) }) + (outputs.length ? "" : ` · ${text("unreached")}`);
  }

  chooseInput(row, column) {
    const [first] = outputsOver(this.window, this.outputShape, row, column);
    if (first) this.select(first.row, first.column);
  }

  pointAtWeight(row, column) {
    const cells = cellsOfTap(this.window, this.inputShape, this.outputShape, [row, column]);
    this.grids.input.mark(new Map(cells.map((cell) => [`${cell.row},${cell.column}`, { kind: "reached" }])));
    this.grids.kernel.mark(new Map([[`${row},${column}`, { kind: "chosen" }]]));
    const { label, value } = this.grids.kernel.options;
    this.status.textContent = text("status", { what: label, row, column, value: full(value(row, column)) });
  }

  showCode(row, column) {
    const value = this.state.mode === "forward" ? full(this.at(this.arrays.y, row, column)) : full(this.at(this.arrays.gradY, row, column));
    const lines = codeLines(this.window, this.state.mode, [row, column], value);
    this.code.replaceChildren(
      ...lines.map(([line, now], number) => {
        const item = document.createElement("li");
        item.append(Object.assign(document.createElement("code"), { textContent: line }), Object.assign(element("span", "now"), { textContent: now }));
        if (number === lines.length - 1) item.className = "running";
        return item;
      }),
    );
  }

  say(row, column, cells) {
    const what = this.grids.output.options.label;
    const value = full(this.grids.output.options.value(row, column));
    const [first, last] = [cells[0], cells.at(-1)];
    const places = { top: first.row, bottom: last.row, left: first.column, right: last.column };
    for (const key of Object.keys(places)) places[key] = whole(places[key]);
    const where = text("statusWindow", places);
    this.status.textContent = `${text("status", { what, row, column, value })}, ${where}`;
  }

  /** A layer without a window: its numbers as they are. */
  async openPlain() {
    const shape = spatial(this.trace.tensors[this.state.layer]);
    const [rows, columns] = shape;
    const { state } = this;
    const array = await this.source.array(`y/${state.layer}`, ...someChannels(this.trace.tensors[state.layer], state.output, 1));
    if (this.state !== state) return;
    const grid = new Grid({ label: this.state.layer, rows, columns, value: (r, c) => array.data[r * columns + c], scale: scaleOf(array.data), onPoint: (row, column) => (this.status.textContent = text("status", { what: this.state.layer, row, column, value: full(array.data[row * columns + column]) })) });
    const note = Object.assign(document.createElement("p"), { textContent: text("noWindow") });
    this.element.replaceChildren(Object.assign(document.createElement("h2"), { textContent: this.state.layer }), note, scrolling(grid));
    this.changed(this.state);
  }
}

function element(tag, name = "") {
  return Object.assign(document.createElement(tag), { className: name });
}

function scrolling(grid) {
  const found = element("div", "scroll");
  found.append(grid.element);
  return found;
}

function titled(title, content) {
  const section = element("section");
  section.append(Object.assign(document.createElement("h3"), { textContent: title }), content);
  return section;
}
