// The arithmetic of one step: what is multiplied with what, what the terms add up to. Terms have two
// decimals; whoever focuses or points at them sees all digits.

import { text } from "stridewise/messages";
import { addingUp, decimalsFor, fixed, full, short, whole } from "stridewise/numbers";

const MOST_TERMS = 25;

/** A place as the layer has it: without the axes that were put in front. */
export function placeOf(problem, place) {
  return `(${place.slice(3 - problem.window.rank).map(whole).join(", ")})`;
}

/** What an output is made of, or what flows back from it; `plane` is that of the kernel on screen. */
export function stepFormula(problem, mode, output, plane) {
  const cells = problem.cellsUnder(output);
  const seen = cells.filter((cell) => cell.tap[0] === plane);
  if (mode === "byWeight") return weightStep(problem, output, seen);
  const { type } = problem.window;
  const formulas = {
    convolution: { forward: () => convolved(problem, output, seen), byInput: () => scattered(problem, output, seen) },
    max: { forward: () => largest(problem, output, cells), byInput: () => routed(problem, output, cells) },
    average: { forward: () => mean(problem, output, cells), byInput: () => spread(problem, output) },
  };
  return formulas[type][mode]();
}

function convolved(problem, output, cells) {
  const products = cells.map((cell) => problem.x(cell.place) * problem.weight(cell.tap));
  const result = problem.y(output);
  const bias = problem.arrays.bias?.[0] ?? 0;
  const others = result - bias - products.reduce((a, b) => a + b, 0);
  const terms = addingUp([...products, others, bias], result);
  const lines = cells.map((cell, at) => () => [`${short(problem.x(cell.place))} × ${short(problem.weight(cell.tap))} = ${terms[at]}`, `${full(problem.x(cell.place))} × ${full(problem.weight(cell.tap))} = ${full(products[at])}`]);
  const rest = [];
  const planes = problem.window.kernel[0] > 1;
  if (planes || problem.inputChannels.length > 1) rest.push(`${text(planes ? "otherPlanes" : "otherChannels")} ${terms.at(-2)}`);
  if (problem.arrays.bias) rest.push(`${text("bias")} ${terms.at(-1)}`);
  return joined([list(lines), line(`Σ = ${[...some(terms.slice(0, cells.length)), ...rest].join(" + ")}`), total(result, fixed)]);
}

function scattered(problem, output, cells) {
  const gradient = problem.gradY(output);
  const lines = cells.filter((cell) => cell.inside).map((cell) => () => {
    const weight = problem.weight(cell.tap);
    const into = `dA${placeOf(problem, cell.place)} += `;
    return [`${into}${short(weight)} × ${short(gradient)} = ${short(weight * gradient)}`, `${into}${full(weight)} × ${full(gradient)} = ${full(weight * gradient)}`];
  });
  return joined([list(lines)]);
}

function weightStep(problem, output, cells) {
  const gradient = problem.gradY(output);
  const lines = cells.map((cell) => () => {
    const x = problem.x(cell.place);
    const into = `dW${placeOf(problem, cell.tap)} += `;
    return [`${into}${short(x)} × ${short(gradient)} = ${short(x * gradient)}`, `${into}${full(x)} × ${full(gradient)} = ${full(x * gradient)}`];
  });
  const { gradBias } = problem.arrays;
  return joined([list(lines), ...(gradBias ? [line(`db += ${full(gradient)};  Σ dZ = ${full(gradBias[0])}`)] : [])]);
}

function largest(problem, output, cells) {
  const numbers = some(cells.filter((cell) => cell.inside).map((cell) => short(problem.x(cell.place))));
  const tied = problem.winners(cells).length > 1 ? [line(text("ties"))] : [];
  return joined([line(`max(${numbers.join(", ")})`), total(problem.y(output)), ...tied]);
}

function mean(problem, output, cells) {
  const numbers = some(cells.filter((cell) => cell.inside).map((cell) => short(problem.x(cell.place))));
  const count = problem.counted(output);
  return joined([line(`(${numbers.join(" + ")}) / ${count}`), total(problem.y(output)), line(text("share", { n: count }))]);
}

function routed(problem, output, cells) {
  const gradient = problem.gradY(output);
  const [winner, ...ties] = problem.winners(cells);
  if (!winner) return joined([]);
  const tied = ties.length ? [line(text("tiesBack"))] : [];
  return joined([line(`dA${placeOf(problem, winner.place)} += ${full(gradient)}`), line(text("losers")), ...tied]);
}

function spread(problem, output) {
  const gradient = problem.gradY(output);
  const count = problem.counted(output);
  return joined([line(`${full(gradient)} / ${count} = ${full(gradient / count)}`), line(text("share", { n: count }))]);
}

/** How the gradient of an input comes together, over the outputs in whose windows it is. */
export function inputFormula(problem, place) {
  const outputs = problem.outputsOver(place);
  const shares = outputs.map((each) => problem.share(each.place, each.tap));
  const products = outputs.map((each, at) => problem.gradY(each.place) * shares[at]);
  const from = (each) => `dZ${placeOf(problem, each.place)}`;
  const lines = outputs.map((each, at) => () => [`${from(each)} × ${short(shares[at])} = ${short(products[at])}`, `${from(each)}: ${full(problem.gradY(each.place))} × ${full(shares[at])} = ${full(products[at])}`]);
  return joined([list(lines), ...summed(`dA${placeOf(problem, place)}`, products), ...inAll(products, problem.gradX(place))]);
}

/** The rest of an input's gradient comes from other output channels, and from other layers that take it. */
function inAll(products, gradient) {
  const here = products.reduce((a, b) => a + b, 0);
  const isAll = Math.abs(here - gradient) <= 1e-6 * Math.max(1e-30, ...products.map(Math.abs));
  return isAll ? [] : [line(`${text("sumOver")}: ${full(gradient)}`)];
}

/** How the gradient of a weight comes together, over all outputs. */
export function weightFormula(problem, tap) {
  const cells = problem.cellsOfTap(tap).filter((cell) => cell.inside);
  const products = cells.map((cell) => problem.x(cell.place) * problem.gradY(cell.output));
  const lines = cells.map((cell, at) => () => {
    const [x, gradient] = [problem.x(cell.place), problem.gradY(cell.output)];
    return [`${short(x)} × ${short(gradient)} = ${short(products[at])}`, `${full(x)} × ${full(gradient)} = ${full(products[at])}`];
  });
  return joined([list(lines), ...summed(`dW${placeOf(problem, tap)}`, products)]);
}

function summed(name, products) {
  const sum = products.reduce((a, b) => a + b, 0);
  const digits = decimalsFor(products);
  return [line(`${name} = ${some(addingUp(products, sum, digits)).join(" + ") || "0"}`), total(sum, (value) => fixed(value, digits))];
}

function some(items) {
  return items.length > MOST_TERMS ? [...items.slice(0, MOST_TERMS), "…"] : items;
}

/** Functions that give a line of few digits, and the same in all digits; the list can have the focus. */
function list(lines) {
  const found = document.createElement("ul");
  for (const [few, all] of lines.slice(0, MOST_TERMS).map((written) => written())) {
    const item = document.createElement("li");
    item.append(digits("few", few), digits("all", all));
    found.append(item);
  }
  if (lines.length > MOST_TERMS) found.append(Object.assign(document.createElement("li"), { textContent: `… ${lines.length} ${text("terms")}` }));
  if (lines.length) found.tabIndex = 0;
  found.setAttribute("aria-label", text("terms"));
  return found;
}

function digits(name, content) {
  return Object.assign(document.createElement("span"), { className: name, textContent: content });
}

function line(content) {
  return Object.assign(document.createElement("p"), { textContent: content });
}

function total(result, shown = short) {
  const found = Object.assign(document.createElement("p"), { className: "total", tabIndex: 0 });
  found.append(digits("few", `= ${shown(result)}`), digits("all", `= ${full(result)}`));
  return found;
}

function joined(parts) {
  const found = document.createDocumentFragment();
  found.append(...parts);
  return found;
}
