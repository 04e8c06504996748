// From scores to a probability, from that to the loss, and the gradient of both: spelled out.

import { text } from "stridewise/messages";
import { full } from "stridewise/numbers";

const LEAST = 1e-12; // as traces/loss.py has it

/** Probabilities, and what they are made of: e^(z − max) and their sum. */
export function softmax(data) {
  const most = data.reduce((a, b) => Math.max(a, b), -Infinity);
  const powers = Array.from(data, (value) => Math.exp(value - most));
  const sum = powers.reduce((a, b) => a + b, 0);
  return { most, powers, sum, shares: powers.map((power) => power / sum) };
}

/** The network's own softmax, if it ends in one: then what it gives are probabilities already. */
export function ownSoftmax(nodes, output) {
  return nodes.find((node) => node.name === output && node.title === "softmax");
}

/** The lines of the class picked. */
export function arithmetic(answer) {
  const found = Object.assign(document.createElement("div"), { className: "formula" });
  const heading = Object.assign(document.createElement("h3"), { textContent: `${text("formula")}: ${answer.title}` });
  const lines = (answer.isProbability ? ofProbabilities : ofScores)(answer);
  found.append(heading, ...lines.map((words) => Object.assign(document.createElement("p"), { textContent: words })));
  return found;
}

function ofScores({ data, gradient, loss }) {
  const at = loss.element;
  const made = softmax(data);
  const lines = [ofShare(data, made, at)];
  if (loss.kind === "element") return [...lines, ...ofElement("z", "dZ", data, gradient, at)];
  const power = `${few(data[at])} − ${bracketed(made.most)}`;
  lines.push(`${text("loss")} = −ln p = ln Σ − (z − max) = ln ${few(made.sum)} − (${power}) = ${valueOf(loss)}`);
  if (gradient) lines.push(`dZ = p − 1 = ${full(gradient[at])}; ${text("elsewhere")} dZ = p`);
  return lines;
}

/** Of a network's own softmax: from the scores that it takes, if these are known. */
function ofProbabilities({ data, gradient, loss, scores }) {
  const at = loss.element;
  const lines = scores ? [ofShare(scores.data, softmax(scores.data), at)] : [];
  if (loss.kind === "element") return [...lines, ...ofElement("p", "dP", data, gradient, at)];
  if (!scores) lines.push(`p = ${full(data[at])}: ${text("ownSoftmax")}`);
  const isTiny = data[at] < LEAST;
  if (isTiny) lines.push(text("tiny", { least: few(LEAST) }));
  lines.push(`${text("loss")} = −ln p = −ln ${few(isTiny ? LEAST : data[at])} = ${valueOf(loss)}`);
  if (gradient) lines.push(`dP = −1 / p = ${full(gradient[at])}; ${text("elsewhere")} dP = 0`);
  if (scores?.gradient && !isTiny) lines.push(`dZ = p − 1 = ${full(scores.gradient[at])}; ${text("elsewhere")} dZ = p`);
  return lines;
}

function ofShare(data, { most, powers, sum, shares }, at) {
  const power = `${few(data[at])} − ${bracketed(most)}`;
  return `p = e^(z − max) / Σ = e^(${power}) / ${few(sum)} = ${few(powers[at])} / ${few(sum)} = ${full(shares[at])}`;
}

function ofElement(name, gradientName, data, gradient, at) {
  const lines = [`${text("score")} = ${name} = ${full(data[at])}`];
  if (gradient) lines.push(`${gradientName} = ${full(gradient[at])}; ${text("elsewhere")} ${gradientName} = 0`);
  return lines;
}

function valueOf(loss) {
  return loss.value === null ? text("notFinite") : full(loss.value);
}

/** Enough digits to compute it again. */
export function few(value) {
  const size = Math.abs(value);
  if (size >= 1e-3 || size === 0 || Number.isNaN(size)) return full(Number(value.toPrecision(5)));
  return value.toExponential(3).replaceAll("-", "−");
}

function bracketed(value) {
  return value < 0 ? `(${few(value)})` : few(value);
}
