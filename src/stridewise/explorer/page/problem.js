// One layer as its window sees it: the numbers of one output channel and one input channel.

import { cellsOfTap, cellsUnder, channelsOf, counted, indexOf, isInside, outputsOver, solid, solidShape } from "stridewise/geometry";

export class Problem {
  /** `arrays` has x, y, gradX, gradY, weight, gradWeight, bias, gradBias, as far as there are any. */
  constructor({ window, inputSize, outputSize, inputChannels, arrays, scales, tried = false }) {
    Object.assign(this, { window, inputSize, outputSize, inputChannels, arrays, scales, tried });
  }

  // The number at a place; beyond the input there is zero.

  x(place) {
    return isInside(this.inputSize, place) ? this.arrays.x[indexOf(this.inputSize, place)] : 0;
  }

  y(place) {
    return this.arrays.y[indexOf(this.outputSize, place)];
  }

  gradX(place) {
    return this.arrays.gradX[indexOf(this.inputSize, place)];
  }

  gradY(place) {
    return this.arrays.gradY[indexOf(this.outputSize, place)];
  }

  weight(tap) {
    return this.arrays.weight[indexOf(this.window.kernel, tap)];
  }

  gradWeight(tap) {
    return this.arrays.gradWeight[indexOf(this.window.kernel, tap)];
  }

  // Who meets whom.

  cellsUnder(output) {
    return cellsUnder(this.window, this.inputSize, output);
  }

  outputsOver(place) {
    return outputsOver(this.window, this.outputSize, place);
  }

  cellsOfTap(tap) {
    return cellsOfTap(this.window, this.inputSize, this.outputSize, tap);
  }

  counted(output) {
    return counted(this.window, this.inputSize, output);
  }

  /** The cells of a window that hold its largest number, the first one first; a NaN wins alone. */
  winners(cells) {
    const inside = cells.filter((cell) => cell.inside);
    const odd = inside.find((cell) => Number.isNaN(this.x(cell.place)));
    if (odd) return [odd];
    const most = inside.reduce((found, cell) => Math.max(found, this.x(cell.place)), -Infinity);
    return inside.filter((cell) => this.x(cell.place) === most);
  }

  /** What the gradient of an output is multiplied with on its way to the cell that a tap meets. */
  share(output, tap) {
    if (this.window.type === "convolution") return this.weight(tap);
    if (this.window.type === "average") return 1 / this.counted(output);
    const [winner] = this.winners(this.cellsUnder(output));
    return Number(winner?.tap.every((at, axis) => at === tap[axis]) ?? false);
  }
}

/** The problem of a node, for a pair of channels; `output` and `input` are taken to what there is. */
export async function loadProblem(trace, source, node, { output, input }) {
  const window = solid(node.window);
  const [inputName] = node.inputs;
  const [, , , C_in] = solidShape(trace.tensors[inputName]);
  const [, , , C_out] = solidShape(trace.tensors[node.name]);
  const inputChannels = channelsOf(window, C_in, C_out, output);
  const channel = inputChannels.includes(input) ? input : inputChannels[0];
  const each = window.type === "convolution" ? channel % inputChannels.length : 0;
  const names = {
    x: [`y/${inputName}`, channel],
    y: [`y/${node.name}`, output],
    gradX: [`grad/${inputName}`, channel],
    gradY: [`grad/${node.name}`, output],
  };
  if (window.type === "convolution") {
    Object.assign(names, {
      weight: [`weight/${node.name}/weight`, output],
      gradWeight: [`grad_weight/${node.name}/weight`, output],
      bias: [`weight/${node.name}/bias`, output],
      gradBias: [`grad_weight/${node.name}/bias`, output],
    });
  }
  const known = Object.entries(names).filter(([, [name]]) => Object.hasOwn(trace.scales, name));
  const found = await Promise.all(known.map(([, [name, at]]) => source.array(name, at, at + 1)));
  const arrays = Object.fromEntries(known.map(([key], number) => [key, found[number].data]));
  for (const key of ["weight", "gradWeight"]) {
    if (arrays[key]) arrays[key] = arrays[key].filter((_, at) => at % inputChannels.length === each);
  }
  const scales = Object.fromEntries(known.map(([key, [name]]) => [key, trace.scales[name]]));
  const [inputSize, outputSize] = [inputName, node.name].map((name) => solidShape(trace.tensors[name]).slice(0, 3));
  return new Problem({ window, inputSize, outputSize, inputChannels, arrays, scales });
}
