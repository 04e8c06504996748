// One layer, number by number: its window at work, step by step, with the arithmetic and the code.

import { codeLines } from "stridewise/code";
import { placeOf, stepFormula } from "stridewise/formula";
import { solidShape } from "stridewise/geometry";
import { spatial } from "stridewise/maps";
import { text } from "stridewise/messages";
import { full, whole } from "stridewise/numbers";
import { panels } from "stridewise/panels";
import { plainGrids } from "stridewise/plain";
import { Player } from "stridewise/player";
import { loadProblem } from "stridewise/problem";
import { saveMenu } from "stridewise/saving";
import { Sliders } from "stridewise/sliders";
import { Stage } from "stridewise/stage";
import { clampedTrial, tried } from "stridewise/trial";

export class LayerView {
  /**
   * `opened(state)` is called when the page shows something else, `changed(state)` when it is at
   * another step of that, `left(layer)` by Escape.
   */
  constructor(element, status, trace, source, { opened, changed, left }) {
    Object.assign(this, { element, status, trace, source, opened, changed, left });
  }

  /** Open a layer in a state; loads what it shows. */
  async open(state) {
    const before = this.state;
    this.state = state;
    try {
      await this.load(state);
    } catch (error) {
      if (this.state === state) this.state = before; // that is still on the screen
      if (this.state === before && before) this.opened(before);
      throw error;
    }
  }

  async load(state) {
    this.node = this.trace.nodes.find((node) => node.name === state.layer);
    const shape = this.trace.tensors[state.layer];
    this.outputs = this.node?.window ? solidShape(shape)[3] : spatial(shape)[2];
    state.output = Math.min(state.output, this.outputs - 1);
    this.opened(state); // who starts the page again meanwhile comes back to this
    if (!this.node?.window) return this.openPlain();
    const problem = await loadProblem(this.trace, this.source, this.node, state);
    if (this.state !== state) return; // something else was opened while this was on its way
    this.problem = problem;
    if (!problem.inputChannels.includes(state.input)) state.input = problem.inputChannels[0];
    if (!this.modes().includes(state.mode)) state.mode = "forward";
    state.trial = clampedTrial(problem, state.trial);
    this.player?.stop();
    this.build();
    await this.setUp();
    this.opened(this.state);
  }

  modes() {
    const { arrays } = this.problem;
    return ["forward", ...(arrays.gradX && arrays.gradY ? ["byInput"] : []), ...(arrays.gradWeight && arrays.gradY ? ["byWeight"] : [])];
  }

  /** Nothing is on the screen any more, and nothing goes on. */
  close() {
    this.player?.stop();
    this.state = this.stage = this.player = null;
    this.element.replaceChildren();
  }

  /** What stays while options are tried. */
  build() {
    const { id } = document.activeElement;
    this.scene = element("div");
    this.formula = element("div", "formula");
    this.code = Object.assign(element("ol", "code"), { tabIndex: 0 }); // it scrolls sideways
    this.code.setAttribute("aria-label", text("code"));
    this.sliders = new Sliders((trial) => this.try(trial));
    this.element.replaceChildren(this.heading(), this.sliders.element, this.scene, titled(text("formula"), this.formula), titled(text("code"), this.code));
    if (id) document.getElementById(id)?.focus(); // the control that was used is another one now
  }

  async try(trial) {
    this.state.trial = clampedTrial(this.problem, trial);
    await this.setUp();
  }

  /** Set up the stage for the options that are tried, or for the layer's own. */
  async setUp() {
    const { state } = this;
    const { trial } = state;
    const isTried = Object.keys(trial).length > 0;
    const shown = isTried ? await tried(this.problem, this.trace, this.source, this.node, state, trial) : this.problem;
    if (this.state !== state || state.trial !== trial) return;
    this.shown = shown;
    const [planes, rows, columns] = shown.outputSize;
    state.plane = Math.min(state.plane, planes - 1);
    state.tap = Math.min(state.tap, shown.window.kernel[0] - 1);
    // In the middle a window meets numbers, not padding.
    const [row, column] = state.cell ?? [Math.floor(rows / 2), Math.floor(columns / 2)];
    state.cell = [Math.min(Math.max(row, 0), rows - 1), Math.min(Math.max(column, 0), columns - 1)];
    this.sliders.show(shown, trial);
    this.player?.stop();
    const player = new Player(rows * columns, (step) => stage.select(Math.floor(step / columns), step % columns));
    const stage = new Stage(shown, state, {
      selected: () => this.explain(),
      pointed: (words, formula) => {
        this.status.textContent = words;
        if (formula) this.formula.replaceChildren(formula);
      },
    });
    stage.element.addEventListener("pointerenter", () => player.hold());
    stage.element.addEventListener("pointerleave", () => player.goOn());
    Object.assign(this, { player, stage });
    this.scene.replaceChildren(...this.planes(shown), this.stage.element, this.player.element);
    this.explain();
  }

  heading() {
    const bar = element("div", "bar");
    bar.append(Object.assign(element("h2"), { textContent: `${this.node.name} · ${this.node.title}` }));
    const tabs = element("div", "tabs");
    for (const mode of this.modes()) {
      const tab = Object.assign(element("button"), { id: `mode-${mode}`, textContent: text(mode) });
      tab.setAttribute("aria-pressed", mode === this.state.mode);
      tab.addEventListener("click", () => this.change({ mode }));
      tabs.append(tab);
    }
    bar.append(tabs);
    if (this.problem.window.type === "convolution") bar.append(chooser("inputChannel", this.problem.inputChannels, this.state.input, (input) => this.change({ input })));
    bar.append(chooser("outputChannel", range(this.outputs), this.state.output, (output) => this.change({ output })));
    const grow = Object.assign(element("input"), { id: "grow", type: "checkbox", checked: this.state.grow });
    grow.addEventListener("change", () => this.change({ grow: grow.checked }));
    const label = element("label");
    label.append(grow, ` ${text("grow")}`);
    bar.append(label, this.saving(this.state.mode, () => Object.values(this.stage.grids)));
    return bar;
  }

  /** The menu that saves what is seen. */
  saving(mode, grids) {
    const { trace, source, state } = this;
    const lines = () => [...(this.formula?.querySelectorAll("li, p") ?? [])].map((each) => (each.querySelector(".few") ?? each).textContent);
    const own = Object.keys(this.node?.parameters ?? {}).flatMap((name) => [`weight/${state.layer}/${name}`, `grad_weight/${state.layer}/${name}`]);
    const names = [state.layer, ...(this.node?.inputs ?? [])].flatMap((name) => [`y/${name}`, `grad/${name}`]);
    const tensors = () => [...names.slice(0, 2), ...own, ...names.slice(2)].filter((name) => Object.hasOwn(trace.scales, name)).map((name) => [name, name]);
    return saveMenu({ name: `${state.layer}-${mode}`, grids, tensors, source, trace, texts: () => [this.status.textContent, ...lines()] });
  }

  /** Of three axes two are on the screen: which plane of the output, and of the kernel. */
  planes(shown) {
    if (shown.window.rank < 3) return [];
    const bar = element("div", "bar");
    bar.append(
      chooser("outputPlane", range(shown.outputSize[0]), this.state.plane, (plane) => this.change({ plane })),
      chooser("kernelPlane", range(shown.window.kernel[0]), this.state.tap, (tap) => this.change({ tap })),
    );
    return [bar];
  }

  change(changes) {
    return this.open({ ...this.state, ...changes });
  }

  /** Say what the step on the screen does. */
  explain() {
    const { shown, stage } = this;
    const { state } = stage;
    if (state.pinned) this.player.settle();
    const { output } = stage;
    this.player.at(state.cell[0] * shown.outputSize[2] + state.cell[1]);
    this.formula.replaceChildren(stepFormula(shown, state.mode, output, state.tap));
    const value = full(state.mode === "forward" ? shown.y(output) : shown.gradY(output));
    this.showCode(codeLines(shown, state.mode, output, value));
    const cells = shown.cellsUnder(output);
    const axes = ["planes", "rows", "columns"].map((axis, at) => text(axis, { first: whole(cells[0].place[at]), last: whole(cells.at(-1).place[at]) }));
    const where = text("statusWindow", { axes: axes.slice(3 - shown.window.rank).join(text("and")) });
    const what = text("status", { what: stage.grids.output.options.label, place: placeOf(shown, output), value });
    this.status.textContent = `${what}${where}${state.pinned ? ` · ${text("pinned")}` : ""}`;
    this.changed(state);
  }

  showCode(lines) {
    this.code.replaceChildren(
      ...lines.map(([line, now], number) => {
        const item = element("li", number === lines.length - 1 ? "running" : "");
        item.append(Object.assign(element("code"), { textContent: line }), Object.assign(element("span", "now"), { textContent: now }));
        return item;
      }),
    );
  }

  /** Let go of what is pinned, stop what plays; if there is neither, leave the layer. */
  escape() {
    if (this.stage?.release()) return;
    if (this.player?.isPlaying) return this.player.stop();
    this.left(this.state.layer);
  }

  async openPlain() {
    const { state } = this;
    const grids = await plainGrids(this.trace, this.source, this.node, state, (words) => (this.status.textContent = words));
    if (this.state !== state) return;
    const heading = Object.assign(element("h2"), { textContent: this.node ? `${this.node.name} · ${this.node.title}` : state.layer });
    const bar = element("div", "bar");
    bar.append(heading);
    if (this.outputs > 1) bar.append(chooser("channel", range(this.outputs), state.output, (output) => this.change({ output })));
    this.formula = this.stage = null;
    this.player?.stop();
    this.status.textContent = heading.textContent;
    bar.append(this.saving("numbers", () => grids));
    this.element.replaceChildren(bar, Object.assign(element("p"), { textContent: text("noWindow") }), panels(grids));
    this.opened(state);
  }
}

function element(tag, className = "") {
  return Object.assign(document.createElement(tag), { className });
}

function range(size) {
  return Array.from({ length: size }, (_, number) => number);
}

function chooser(key, numbers, chosen, change) {
  const label = Object.assign(element("label"), { textContent: `${text(key)} ` });
  const select = Object.assign(element("select"), { id: `choose-${key}` });
  for (const number of numbers) select.append(new Option(number, number, false, number === chosen));
  select.addEventListener("change", () => change(Number(select.value)));
  label.append(select);
  return label;
}

function titled(title, content) {
  const section = element("section");
  section.append(Object.assign(element("h3"), { textContent: title }), content);
  return section;
}
