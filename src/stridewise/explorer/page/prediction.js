// What a network says at the end: the largest numbers as bars, the loss, and what it depends on.

import { scaleOf } from "stridewise/colours";
import { drawMap } from "stridewise/maps";
import { text } from "stridewise/messages";
import { full, short } from "stridewise/numbers";

const MOST_BARS = 10;
const MOST_CHANNELS = 3;

/** Bars of the first output, as probabilities; nothing if it is no vector. */
export async function showPrediction(element, trace, source) {
  const name = trace.outputs[0];
  const shape = trace.tensors[name];
  if (!trace.loss || shape.length !== 1) return;
  const { data } = await source.array(`y/${name}`);
  const shares = trace.loss.kind === "cross-entropy" ? softmax(data) : [...data];
  const order = [...shares.keys()].sort((a, b) => shares[b] - shares[a]).slice(0, MOST_BARS);
  const most = Math.max(...shares.map(Math.abs)) || 1;
  const rows = order.map((number) => {
    const row = document.createElement("tr");
    const label = trace.labels?.[number] ?? String(number);
    const meter = Object.assign(document.createElement("td"), { className: "meter" });
    const bar = document.createElement("div");
    bar.style.width = `${(100 * Math.abs(shares[number])) / most}%`;
    meter.append(bar);
    row.append(cell("th", label), meter, cell("td", shares[number].toFixed(4)), cell("td", full(data[number])));
    if (number === trace.loss.element) row.className = "chosen";
    return row;
  });
  const table = document.createElement("table");
  table.append(...rows);
  const heading = Object.assign(document.createElement("h2"), { textContent: text("prediction") });
  const loss = Object.assign(document.createElement("p"), { textContent: `${text("loss")} (${trace.loss.kind}): ${full(trace.loss.value)}` });
  element.replaceChildren(heading, table, loss, ...(await why(trace, source)));
}

/** The first image, and which of its pixels would change the loss: its gradient, by channel. */
async function why(trace, source) {
  const name = trace.inputs[0];
  const [image, gradient] = await Promise.all([source.array(`y/${name}`), source.array(`grad/${name}`)]);
  if (!gradient || gradient.shape.length !== 3) return [];
  const pictures = document.createElement("div");
  pictures.className = "why";
  for (const [key, array] of [["input", image], ["why", gradient]]) {
    for (let channel = 0; channel < Math.min(array.shape[2], MOST_CHANNELS); channel++) {
      const canvas = document.createElement("canvas");
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", `${text(key)}, ${text("channel")} ${channel}`);
      drawMap(canvas, array, channel, scaleOf(array.data));
      pictures.append(canvas);
    }
  }
  const said = text("whySaid", { scale: short(scaleOf(gradient.data)) });
  const heading = Object.assign(document.createElement("h3"), { textContent: text("why") });
  return [heading, pictures, cell("p", said)];
}

function softmax(data) {
  const most = Math.max(...data);
  const powers = [...data].map((value) => Math.exp(value - most));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

function cell(tag, content) {
  return Object.assign(document.createElement(tag), { textContent: content });
}
