// The lines of the exercise that compute a step, with their values in this step.

const AXES = [
  { name: "d", start: "front_start", end: "front_end" },
  { name: "h", start: "vert_start", end: "vert_end" },
  { name: "w", start: "horiz_start", end: "horiz_end" },
];

/**
 * Lines of code and the value that each has at an output, which has three axes; lines are for those
 * that the layer has. `value` is the output's, or in the gradients' modes
 * the gradient that comes back there.
 */
export function codeLines(problem, mode, output, value) {
  const { window, inputChannels } = problem;
  const pooling = window.type !== "convolution";
  const own = AXES.slice(3 - window.rank);
  const loops = own.flatMap((axis, depth) => axisLines(window, axis, output[AXES.indexOf(axis)], "    ".repeat(depth)));
  const region = own.map((axis) => axis.start + ":" + axis.end + spacing(window.dilation[AXES.indexOf(axis)])).join(", ");
  const at = `[i, ${own.map((axis) => axis.name).join(", ")}, c]`;
  const channels = window.groups > 1 ? `${inputChannels[0]}:${inputChannels.at(-1) + 1}` : ":";
  const gradient = window.padding.some(([before, after]) => before || after) ? "dA_prev_pad" : "dA_prev";
  const slice = [`a_slice = a_prev_pad[${pooling ? "i, " : ""}${region}, ${pooling ? "c" : channels}]`, window.kernel.slice(3 - window.rank).join(" × ")];
  // Windows that hang over the end, or whose padding does not count, have fewer elements.
  const count = problem.counted(output);
  const isWhole = count === window.kernel.reduce((a, b) => a * b, 1);
  const back = `${pooling ? "dA" : "dZ"}${at}`;
  const steps = {
    convolution: {
      forward: [slice, [`Z${at} = conv_single_step(a_slice, W[..., c], b[..., c])`, value]],
      byInput: [[`da_prev_pad[${region}, ${channels}] += W[..., c] * ${back}`, `${back} = ${value}`]],
      byWeight: [slice, [`dW[..., c] += a_slice * ${back}`, `${back} = ${value}`], [`db[..., c] += ${back}`, value]],
    },
    max: {
      forward: [slice, [`A${at} = np.max(a_slice)`, value]],
      byInput: [slice, ["mask = create_mask_from_window(a_slice)", ""], [`${gradient}[i, ${region}, c] += mask * ${back}`, `${back} = ${value}`]],
    },
    average: {
      forward: [slice, [`A${at} = ${isWhole ? "np.mean(a_slice)" : `np.sum(a_slice) / ${count}`}`, value]],
      byInput: [[`${gradient}[i, ${region}, c] += ${isWhole ? `distribute_value(${back}, shape)` : `${back} / ${count}`}`, `${back} = ${value}`]],
    },
  }[window.type][mode];
  return [...loops, ...steps.map(([line, now]) => ["    ".repeat(own.length) + line, now])];
}

function spacing(dilation) {
  return dilation === 1 ? "" : `:${dilation}`;
}

/** The loop over one axis, and where its window begins and ends in the padded input. */
function axisLines(window, { name, start, end }, at, indent) {
  const axis = AXES.findIndex((each) => each.name === name);
  const first = 3 - window.rank;
  const alike = ["kernel", "stride", "dilation"].every((option) => window[option].slice(first).every((value) => value === window[option][first]));
  const [f, s, d] = ["f", "stride", "dilation"].map((word) => (alike ? word : `${word}_${name}`));
  const dilation = window.dilation[axis];
  const begins = at * window.stride[axis];
  const reach = (window.kernel[axis] - 1) * dilation + 1;
  return [
    [`${indent}for ${name} in range(n_${name.toUpperCase()}):`, `${name} = ${at}`],
    [`${indent}    ${start} = ${name} * ${s}`, begins],
    [`${indent}    ${end} = ${start} + ${dilation === 1 ? f : `(${f} - 1) * ${d} + 1`}`, begins + reach],
  ];
}
