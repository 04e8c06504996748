// What a network says at the end: the largest numbers as bars, the loss, and where the gradient starts.

import { text } from "stridewise/messages";
import { full } from "stridewise/numbers";
import { classButton, elementField, startChoice } from "stridewise/picking";
import { arithmetic, few, ownSoftmax, softmax } from "stridewise/softmax";
import { why } from "stridewise/why";

const MOST_BARS = 10;

/** Bars of the first output, as probabilities; of what is no vector, the element that is picked. */
export async function showPrediction(element, trace, source, ask) {
  element.replaceChildren();
  if (!trace.loss) return;
  const answer = await answered(trace, source);
  const parts = [line("h2", text("prediction"))];
  const canPick = trace.questions.includes("pick");
  if (canPick && answer.isVector) parts.push(startChoice(trace.loss, ask));
  if (answer.isVector) parts.push(table(answer, canPick ? ask : null));
  if (canPick && answer.size > (answer.isVector ? MOST_BARS : 1)) parts.push(elementField(trace.loss, answer.size, ask));
  parts.push(line("p", result(answer)));
  if (answer.isVector) parts.push(arithmetic(answer));
  element.replaceChildren(...parts, ...(await why(trace, source, answer.title)));
}

/** The output: its numbers, what they are as probabilities, and their gradient if there is one. */
async function answered({ outputs: [output], tensors, labels, loss, nodes }, source) {
  const numbersOf = async (name) => {
    const [y, gradient] = await Promise.all([source.array(`y/${name}`), source.array(`grad/${name}`)]);
    return { data: y.data, gradient: gradient?.data };
  };
  const { data, gradient } = await numbersOf(output);
  const isVector = tensors[output].length === 1 && data.length > 1;
  const own = ownSoftmax(nodes, output);
  const isProbability = Boolean(own);
  const scores = isVector && own && isTakenOnce(own.inputs[0], nodes) && tensors[own.inputs[0]].length === 1 ? await numbersOf(own.inputs[0]) : null;
  const name = (number) => (isVector ? (labels?.[number] ?? String(number)) : String(number));
  const title = `${text(isVector ? "class" : "element")} ${name(loss.element)}`;
  const shares = isVector && !isProbability ? softmax(data).shares : [...data];
  return { data, gradient, scores, size: data.length, isVector, isProbability, shares, name, title, loss };
}

/** Whether one node alone takes a tensor: only then its gradient comes from there alone. */
function isTakenOnce(name, nodes) {
  return nodes.flatMap((node) => node.inputs).filter((input) => input === name).length === 1;
}

function table(answer, ask) {
  const { data, gradient, shares, loss } = answer;
  const order = [...shares.keys()].sort((a, b) => shares[b] - shares[a]).slice(0, MOST_BARS);
  if (!order.includes(loss.element)) order.push(loss.element);
  const most = shares.reduce((size, share) => Math.max(size, Math.abs(share)), 0) || 1;
  const columns = [[text("class"), "", "p"], answer.isProbability ? [] : ["z"], gradient ? [answer.isProbability ? "dP" : "dZ"] : []];
  const head = document.createElement("tr");
  head.append(...columns.flat().map((words) => Object.assign(line(words ? "th" : "td", words), { scope: "col" })));
  const rows = order.map((number) => {
    const row = document.createElement("tr");
    const heading = Object.assign(document.createElement("th"), { scope: "row" });
    heading.append(ask ? classButton(number, answer.name(number), loss, ask) : answer.name(number));
    const cells = [numeral(shares[number], shareOf(shares[number]))];
    if (!answer.isProbability) cells.push(numeral(data[number]));
    if (gradient) cells.push(numeral(gradient[number]));
    row.append(heading, meter(shares[number] / most), ...cells);
    if (number === loss.element) row.className = "chosen";
    return row;
  });
  const found = document.createElement("table");
  found.createTHead().append(head);
  found.createTBody().append(...rows);
  const scroll = Object.assign(document.createElement("div"), { className: "scroll" });
  scroll.append(found);
  return scroll;
}

/** Four decimals, or what is left of a share that has none. */
function shareOf(share) {
  return share !== 0 && Math.abs(share) < 5e-4 ? few(share) : share.toFixed(4);
}

/** A number in few digits, and in all of them for whoever points at it. */
function numeral(value, shown = few(value)) {
  return Object.assign(line("td", shown), { title: full(value), className: "numeral" });
}

function meter(share) {
  const cell = Object.assign(document.createElement("td"), { className: "meter" });
  const bar = document.createElement("div");
  bar.style.width = `${100 * Math.abs(share)}%`;
  cell.append(bar);
  return cell;
}

/** What the gradient starts from, and how large it is. */
function result({ loss, title }) {
  const value = loss.value === null ? text("notFinite") : full(loss.value);
  if (loss.kind === "element") return `${text("score")} (${title}): ${value}`;
  return `${text("loss")} (${text(loss.kind)}): ${value}`;
}

function line(tag, content) {
  return Object.assign(document.createElement(tag), { textContent: content });
}
