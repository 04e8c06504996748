// Stride, padding, dilation and kernel size of a layer, to be moved as far as a window still fits.

import { text } from "stridewise/messages";
import { limits, OPTIONS, valueOf } from "stridewise/trial";

export class Sliders {
  /** `change(trial)` is called with the options that are other than the layer's. */
  constructor(change) {
    this.element = Object.assign(document.createElement("fieldset"), { className: "sliders" });
    this.fields = OPTIONS.map((option) => this.field(option, change));
    this.reset = Object.assign(document.createElement("button"), { type: "button", textContent: text("untried") });
    this.reset.addEventListener("click", () => change({}));
    this.note = document.createElement("p");
    const title = Object.assign(document.createElement("legend"), { textContent: text("try") });
    this.element.append(title, ...this.fields.map((field) => field.label), this.reset, this.note);
  }

  field(option, change) {
    const label = document.createElement("label");
    const slider = Object.assign(document.createElement("input"), { type: "range", step: 1 });
    const shown = document.createElement("output");
    slider.addEventListener("input", () => change({ ...this.trial, [option]: Number(slider.value) }));
    label.append(text(`option${option[0].toUpperCase()}${option.slice(1)}`), slider, shown);
    return { option, label, slider, shown };
  }

  /** Show a problem, which has come about by changing the options in `trial`. */
  show(problem, trial) {
    this.trial = trial;
    const { window } = problem;
    const all = this.fields.map(({ option }) => limits(problem, option));
    this.fields.forEach(({ option, slider, shown }, number) => {
      const [least, most] = all[number] ?? [0, 0];
      Object.assign(slider, { min: least, max: most, disabled: least === most });
      slider.value = valueOf(window, option);
      const own = window[option].slice(3 - window.rank).map((value) => (option === "padding" ? [...new Set(value)].join("/") : value));
      shown.textContent = [...new Set(own)].length === 1 ? own[0] : own.join(" × ");
    });
    if (!problem.tried && this.reset === document.activeElement) this.fields.find(({ slider }) => !slider.disabled)?.slider.focus();
    this.reset.hidden = !problem.tried;
    this.note.textContent = problem.tried ? text("tried") : all.some(Boolean) ? "" : text("slow");
  }
}
