// Which cells a window meets: the page's only arithmetic with indices.
//
// Every window here has three axes: planes, rows, columns. A tensor or a window of fewer has ones
// in front, so that convolutions of one, two and three axes are one thing. A place is
// [plane, row, column], and a tap is a place in the kernel.

/** A window of a trace with all three axes, and how many it has of its own. */
export function solid(window) {
  const missing = 3 - window.kernel.length;
  const filled = (values, one) => [...Array(missing).fill(one), ...values];
  return {
    ...window,
    rank: window.kernel.length,
    kernel: filled(window.kernel, 1),
    stride: filled(window.stride, 1),
    padding: filled(window.padding, [0, 0]),
    dilation: filled(window.dilation, 1),
  };
}

/** Planes, rows, columns and channels of a tensor: a mean of all space is one pixel. */
export function solidShape(shape) {
  return [...Array(4 - shape.length).fill(1), ...shape];
}

/** How many cells a window spans along an axis, from its first tap to its last. */
export function reachOf(window, axis) {
  return (window.kernel[axis] - 1) * window.dilation[axis] + 1;
}

/** How many windows fit along each axis; with `ceil_mode` the last one may hang over the end. */
export function outputSize(window, size) {
  return size.map((cells, axis) => {
    const [before, after] = window.padding[axis];
    const steps = (cells + before + after - reachOf(window, axis)) / window.stride[axis];
    if (!window.ceil_mode) return Math.floor(steps) + 1;
    // It must still begin in the input or in the padding before it.
    const last = Math.ceil(steps);
    return (last * window.stride[axis] >= cells + before ? last - 1 : last) + 1;
  });
}

/** Where a tap of the window at an output stands in the input; outside of it is padding. */
export function tapPlace(window, axis, output, tap) {
  return output * window.stride[axis] - window.padding[axis][0] + tap * window.dilation[axis];
}

export function isInside(size, place) {
  return place.every((at, axis) => at >= 0 && at < size[axis]);
}

/** Every place of a block of this size, in the order of its numbers. */
export function places([planes, rows, columns]) {
  const found = [];
  for (let p = 0; p < planes; p++) for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) found.push([p, r, c]);
  return found;
}

/** The number of a place among all of a block of this size. */
export function indexOf(size, [plane, row, column]) {
  return (plane * size[1] + row) * size[2] + column;
}

/** The cells under the window at an output, each with its tap. */
export function cellsUnder(window, inputSize, output) {
  return places(window.kernel).map((tap) => {
    const place = output.map((at, axis) => tapPlace(window, axis, at, tap[axis]));
    return { tap, place, inside: isInside(inputSize, place) };
  });
}

/** The outputs whose window covers an input, each with the tap that meets it. */
export function outputsOver(window, outputs, place) {
  const along = place.map((at, axis) => {
    const met = [];
    for (let tap = window.kernel[axis] - 1; tap >= 0; tap--) {
      const output = (at + window.padding[axis][0] - tap * window.dilation[axis]) / window.stride[axis];
      if (Number.isInteger(output) && output >= 0 && output < outputs[axis]) met.push([output, tap]);
    }
    return met;
  });
  const found = [];
  for (const [p, t] of along[0]) for (const [r, i] of along[1]) for (const [c, j] of along[2]) found.push({ place: [p, r, c], tap: [t, i, j] });
  return found;
}

/** The inputs that a tap meets, each with the output in whose window it does. */
export function cellsOfTap(window, inputSize, outputs, tap) {
  return places(outputs).map((output) => {
    const place = output.map((at, axis) => tapPlace(window, axis, at, tap[axis]));
    return { place, output, inside: isInside(inputSize, place) };
  });
}

/** The input channels that an output channel sums, by groups. */
export function channelsOf(window, inputChannels, outputChannels, output) {
  if (window.type !== "convolution") return [output];
  const each = inputChannels / window.groups;
  const group = Math.floor(output / (outputChannels / window.groups));
  return Array.from({ length: each }, (_, number) => group * each + number);
}

/** The elements that a mean divides by: those inside, or also those of the padding. */
export function counted(window, inputSize, output) {
  const cells = cellsUnder(window, inputSize, output);
  if (!window.count_include_pad) return cells.filter((cell) => cell.inside).length;
  const within = (at, axis) => at < inputSize[axis] + window.padding[axis][1];
  return cells.filter((cell) => cell.place.every(within)).length;
}
