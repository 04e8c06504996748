// The arithmetic of one cell: what is multiplied with what, what the terms add up to.

import { counted, outputsOver } from "stridewise/geometry";
import { text } from "stridewise/messages";
import { addingUp, fixed, full, short } from "stridewise/numbers";
import { winning } from "stridewise/winners";

const MOST_TERMS = 25;

/** The formula of an output cell, or of what flows back from it. */
export function formula(view, row, column, cells) {
  const { mode } = view.state;
  if (view.window.type === "convolution") {
    return { forward: forwardOf, byInput: backwardOf, byWeight: weightsOf }[mode](view, row, column, cells);
  }
  return mode === "forward" ? pooled(view, row, column, cells) : poolGradient(view, row, column, cells);
}

function forwardOf(view, row, column, cells) {
  const products = cells.map((cell) => view.x(cell.row, cell.column) * view.weight(cell.tap));
  const here = products.reduce((a, b) => a + b, 0);
  const result = view.at(view.arrays.y, row, column);
  const bias = view.arrays.bias ? view.arrays.bias.data[0] : 0;
  const others = result - bias - here;
  const terms = addingUp([...products, others, bias], result);
  const lines = [list(cells.map((cell, at) => `${short(view.x(cell.row, cell.column))} × ${short(view.weight(cell.tap))} = ${terms[at]}`))];
  const rest = [];
  if (view.inputChannels.length > 1) rest.push(`${text("otherChannels")} ${terms.at(-2)}`);
  if (view.arrays.bias) rest.push(`${text("bias")} ${terms.at(-1)}`);
  lines.push(line(`Σ = ${terms.slice(0, cells.length).join(" + ")}${rest.map((each) => ` + ${each}`).join("")}`));
  lines.push(total(result, fixed));
  return joined(lines);
}

function backwardOf(view, row, column, cells) {
  const gradient = view.at(view.arrays.gradY, row, column);
  const lines = [list(cells.filter((cell) => cell.inside).map((cell) => `dA(${cell.row}, ${cell.column}) += ${short(view.weight(cell.tap))} × ${short(gradient)} = ${short(view.weight(cell.tap) * gradient)}`))];
  const [first] = cells.filter((cell) => cell.inside);
  if (first) lines.push(...gathered(view, first));
  return joined(lines);
}

/** How the gradient of the first input of the window comes together, for this output channel. */
function gathered(view, cell) {
  const outputs = outputsOver(view.window, view.outputShape, cell.row, cell.column);
  const products = outputs.map((each) => view.at(view.arrays.gradY, each.row, each.column) * view.weight(each.tap));
  const sum = products.reduce((a, b) => a + b, 0);
  const terms = addingUp(products, sum);
  return [line(`dA(${cell.row}, ${cell.column}) = ${terms.slice(0, MOST_TERMS).join(" + ")} = ${short(sum)}; ${text("sumOver")}: ${full(view.gradX(cell.row, cell.column))}`)];
}

function weightsOf(view, row, column, cells) {
  const gradient = view.at(view.arrays.gradY, row, column);
  const lines = [list(cells.map((cell) => `dW(${cell.tap.join(", ")}) += ${short(view.x(cell.row, cell.column))} × ${short(gradient)} = ${short(view.x(cell.row, cell.column) * gradient)}`))];
  if (view.arrays.grad_bias) lines.push(line(`db = Σ dZ = ${full(view.arrays.grad_bias.data[0])}`));
  return joined(lines);
}

function pooled(view, row, column, cells) {
  const inside = cells.filter((cell) => cell.inside);
  const values = inside.map((cell) => view.x(cell.row, cell.column, view.state.output));
  const result = view.at(view.arrays.y, row, column);
  const numbers = values.slice(0, MOST_TERMS).map((value) => short(value)).join(view.window.type === "max" ? ", " : " + ");
  const more = values.length > MOST_TERMS ? " …" : "";
  if (view.window.type === "max") {
    const tied = winning(view, cells).length > 1 ? [line(text("ties"))] : [];
    return joined([line(`max(${numbers}${more})`), total(result), ...tied]);
  }
  const count = counted(view.window, view.inputShape, row, column);
  return joined([line(`(${numbers}${more}) / ${count}`), total(result)]);
}

function poolGradient(view, row, column, cells) {
  const gradient = view.at(view.arrays.gradY, row, column);
  if (view.window.type === "max") {
    const [winner] = winning(view, cells);
    return joined(winner ? [line(`dA(${winner.row}, ${winner.column}) += ${full(gradient)}`)] : []);
  }
  const count = counted(view.window, view.inputShape, row, column);
  return joined([line(`${full(gradient)} / ${count} = ${full(gradient / count)}`), line(text("share", { n: count }))]);
}

function list(items) {
  const found = document.createElement("ul");
  const shown = items.slice(0, MOST_TERMS);
  if (items.length > shown.length) shown.push(`… ${items.length} ${text("terms")}`);
  found.append(...shown.map((item) => Object.assign(document.createElement("li"), { textContent: item })));
  return found;
}

function line(content) {
  return Object.assign(document.createElement("p"), { textContent: content });
}

function total(result, shown = short) {
  const found = line(`= ${shown(result)}`);
  found.className = "total";
  found.title = full(result);
  return found;
}

function joined(parts) {
  const found = document.createDocumentFragment();
  found.append(...parts);
  return found;
}
