// Which cells a window meets: the page's only arithmetic with indices. Rows and columns are 0 and 1.

/** Where a tap of the window at an output stands in the input; outside of it is padding. */
export function tapPlace(window, axis, output, tap) {
  return output * window.stride[axis] - window.padding[axis][0] + tap * window.dilation[axis];
}

/** The cells under the window at an output: [tap row, tap column, row, column, inside]. */
export function cellsUnder(window, inputSize, row, column) {
  const cells = [];
  for (let i = 0; i < window.kernel[0]; i++) {
    for (let j = 0; j < window.kernel[1]; j++) {
      const r = tapPlace(window, 0, row, i);
      const c = tapPlace(window, 1, column, j);
      const inside = r >= 0 && r < inputSize[0] && c >= 0 && c < inputSize[1];
      cells.push({ tap: [i, j], row: r, column: c, inside });
    }
  }
  return cells;
}

/** The outputs whose window covers an input, each with the tap that meets it. */
export function outputsOver(window, outputSize, row, column) {
  const along = [row, column].map((place, axis) => {
    const met = [];
    for (let tap = 0; tap < window.kernel[axis]; tap++) {
      const moved = place + window.padding[axis][0] - tap * window.dilation[axis];
      const output = moved / window.stride[axis];
      if (Number.isInteger(output) && output >= 0 && output < outputSize[axis]) met.push([output, tap]);
    }
    return met.reverse();
  });
  const outputs = [];
  for (const [r, i] of along[0]) for (const [c, j] of along[1]) outputs.push({ row: r, column: c, tap: [i, j] });
  return outputs;
}

/** The inputs that a tap meets, each with the output in whose window it does. */
export function cellsOfTap(window, inputSize, outputSize, tap) {
  const cells = [];
  for (let r = 0; r < outputSize[0]; r++) {
    for (let c = 0; c < outputSize[1]; c++) {
      const row = tapPlace(window, 0, r, tap[0]);
      const column = tapPlace(window, 1, c, tap[1]);
      const inside = row >= 0 && row < inputSize[0] && column >= 0 && column < inputSize[1];
      cells.push({ row, column, output: [r, c], inside });
    }
  }
  return cells;
}

/** The input channels that an output channel sums, by groups. */
export function channelsOf(window, inputChannels, outputChannels, output) {
  if (window.type !== "convolution") return [output];
  const each = inputChannels / window.groups;
  const group = Math.floor(output / (outputChannels / window.groups));
  return Array.from({ length: each }, (_, number) => group * each + number);
}

/** The elements that a mean divides by: those inside, or also those of the padding. */
export function counted(window, inputSize, row, column) {
  const cells = cellsUnder(window, inputSize, row, column);
  if (!window.count_include_pad) return cells.filter((cell) => cell.inside).length;
  const within = (place, axis) => place < inputSize[axis] + window.padding[axis][1];
  return cells.filter((cell) => within(cell.row, 0) && within(cell.column, 1)).length;
}
