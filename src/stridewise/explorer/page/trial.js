// What would come out with another stride, padding, dilation or kernel: worked out in the page,
// which may have no Python behind it. Nothing else on the page is.

import { scaleOf } from "stridewise/colours";
import { cellsOfTap, channelsOf, indexOf, isInside, outputSize, places, reachOf, solid, solidShape } from "stridewise/geometry";
import { Problem } from "stridewise/problem";

export const OPTIONS = ["kernel", "stride", "padding", "dilation"];
const MOST = 15;
// So much is worked out in a moment: cells that windows meet, and numbers multiplied there.
const MOST_CELLS = 1e6;
const MOST_MULTIPLY_ADDS = 3e7;

/** The axes that a window has of its own. */
function ownAxes(window) {
  return [0, 1, 2].slice(3 - window.rank);
}

/** A window with some options changed, to one number for all of its axes. */
export function changedWindow(window, trial) {
  const changed = { ...window };
  for (const option of OPTIONS) {
    const value = trial[option];
    if (value === undefined) continue;
    changed[option] = window[option].map((own, axis) => (ownAxes(window).includes(axis) ? (option === "padding" ? [value, value] : value) : own));
  }
  return changed;
}

/** Whether a window fits into an input of this size, and no side of its padding fills it. */
function fits(window, size) {
  if (window.type === "average" && window.dilation.some((dilation) => dilation > 1)) return false; // no average has one
  return ownAxes(window).every((axis) => {
    const reach = reachOf(window, axis);
    const [before, after] = window.padding[axis];
    const whole = window.kernel[axis] > 0 && window.dilation[axis] > 0 && window.stride[axis] > 0;
    return whole && reach <= size[axis] + before + after && Math.max(before, after) < reach;
  });
}

/** Whether a page works that out without letting anyone wait. */
function isQuick(window, size, channels) {
  const cells = [...window.kernel, ...outputSize(window, size)].reduce((a, b) => a * b, 1);
  return cells <= MOST_CELLS && cells * channels <= MOST_MULTIPLY_ADDS;
}

/** The least and the most that an option may be, with the others as they are; null if nothing may be tried. */
export function limits({ window, inputSize, inputChannels }, option) {
  const most = option === "stride" ? Math.max(...ownAxes(window).map((axis) => inputSize[axis])) : MOST;
  const values = Array.from({ length: Math.min(MOST, most) + 1 }, (_, value) => value);
  const valid = values.filter((value) => {
    const changed = changedWindow(window, { [option]: value });
    return fits(changed, inputSize) && isQuick(changed, inputSize, inputChannels.length);
  });
  return valid.length ? [valid[0], valid.at(-1)] : null;
}

/** Some options if they are possible together; else each taken to the nearest that is, or left out. */
export function clampedTrial(problem, trial) {
  const { window, inputSize, inputChannels } = problem;
  const whole = changedWindow(window, trial);
  const isSmall = OPTIONS.every((option) => (trial[option] ?? 1) <= MOST);
  if (isSmall && fits(whole, inputSize) && isQuick(whole, inputSize, inputChannels.length)) return trial;
  const found = {};
  for (const option of OPTIONS) {
    if (trial[option] === undefined) continue;
    const between = limits({ ...problem, window: changedWindow(window, found) }, option);
    if (between) found[option] = Math.min(Math.max(trial[option], between[0]), between[1]);
  }
  return found;
}

/** What a slider shows of an option: the number of its first axis. */
export function valueOf(window, option) {
  const value = window[option][3 - window.rank];
  return option === "padding" ? value[0] : value;
}

/**
 * The problem of a node with other options, its gradients for ones that come back. Weights are cut,
 * or filled up with zeros, around their middle.
 */
export async function tried(problem, trace, source, node, { output, input }, trial) {
  const { inputSize, inputChannels } = problem;
  const window = changedWindow(problem.window, trial);
  const size = outputSize(window, inputSize);
  const next = new Problem({ window, inputSize, outputSize: size, inputChannels, arrays: { x: problem.arrays.x }, scales: {}, tried: true });
  const outputs = places(size);
  next.arrays.gradY = new Float64Array(outputs.length).fill(1);
  const grads = window.type === "convolution" ? await convolved(next, problem, trace, source, node, { output, input }) : pooled(next, outputs);
  Object.assign(next.arrays, grads);
  for (const [key, data] of Object.entries(next.arrays)) next.scales[key] = key === "x" ? problem.scales.x : scaleOf(data);
  return next;
}

async function convolved(next, problem, trace, source, node, { output, input }) {
  const { window, inputSize, outputSize: size, inputChannels } = next;
  const [inputName] = node.inputs;
  const C_out = solidShape(trace.tensors[node.name])[3];
  const [first, last] = [inputChannels[0], inputChannels.at(-1) + 1];
  const [x, weight] = await Promise.all([source.array(`y/${inputName}`, first, last), source.array(`weight/${node.name}/weight`)]);
  const each = inputChannels.length;
  const own = solid(node.window).kernel;
  const weightAt = (tap, channel, filter) => {
    const place = tap.map((at, axis) => at - Math.floor((window.kernel[axis] - own[axis]) / 2));
    return isInside(own, place) ? weight.data[(indexOf(own, place) * each + channel) * C_out + filter] : 0;
  };
  const bias = problem.arrays.bias?.[0] ?? 0;
  const y = new Float64Array(next.arrays.gradY.length).fill(bias);
  const gradX = new Float64Array(next.arrays.x.length);
  const channel = input % each;
  const filters = Array.from({ length: C_out }, (_, filter) => filter).filter((filter) => channelsOf(window, solidShape(trace.tensors[inputName])[3], C_out, filter).includes(input));
  const [kernel, gradWeight] = [[], []];
  for (const tap of places(window.kernel)) {
    const back = filters.reduce((sum, filter) => sum + weightAt(tap, channel, filter), 0);
    const taps = Array.from({ length: each }, (_, number) => weightAt(tap, number, output));
    let met = 0;
    for (const cell of cellsOfTap(window, inputSize, size, tap)) {
      if (!cell.inside) continue;
      const at = indexOf(inputSize, cell.place);
      const to = indexOf(size, cell.output);
      for (let number = 0; number < each; number++) y[to] += x.data[at * each + number] * taps[number];
      gradX[at] += back;
      met += next.arrays.x[at];
    }
    kernel.push(taps[channel]);
    gradWeight.push(met);
  }
  const biases = problem.arrays.bias ? { bias: [bias], gradBias: [y.length] } : {};
  return { y, gradX, weight: kernel, gradWeight, ...biases };
}

function pooled(next, outputs) {
  const gradX = new Float64Array(next.arrays.x.length);
  const y = outputs.map((output) => {
    const cells = next.cellsUnder(output);
    const inside = cells.filter((cell) => cell.inside);
    const winners = next.window.type === "max" ? next.winners(cells) : [];
    const [winner] = winners;
    const count = next.counted(output);
    for (const cell of next.window.type === "max" ? winners.slice(0, 1) : inside) gradX[indexOf(next.inputSize, cell.place)] += winner ? 1 : 1 / count;
    if (next.window.type === "max") return winner ? next.x(winner.place) : -Infinity; // it stepped over the input
    return inside.reduce((sum, cell) => sum + next.x(cell.place), 0) / count;
  });
  return { y, gradX };
}
