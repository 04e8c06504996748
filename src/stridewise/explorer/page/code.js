// The lines of the exercise that compute a step, with their values in this step.

/**
 * Lines of code and the value that each has at an output. `window` is that of the layer; `value` is
 * the output's, or in the gradients' modes the gradient that comes back there.
 */
export function codeLines(window, mode, [row, column], value) {
  const pooling = window.type !== "convolution";
  const loops = [
    ...axisLines(window, 0, "h", row, ""),
    ...axisLines(window, 1, "w", column, "    "),
  ];
  const spaced = window.dilation.map((dilation) => (dilation === 1 ? "" : `:${dilation}`));
  const region = `vert_start:vert_end${spaced[0]}, horiz_start:horiz_end${spaced[1]}`;
  const slice = [`a_slice = a_prev_pad[${pooling ? "i, " : ""}${region}, ${pooling ? "c" : ":"}]`, window.kernel.join(" × ")];
  const back = `${pooling ? "dA" : "dZ"}[i, h, w, c]`;
  const steps = {
    convolution: {
      forward: [slice, ["Z[i, h, w, c] = conv_single_step(a_slice, W[..., c], b[..., c])", value]],
      byInput: [[`da_prev_pad[${region}, :] += W[..., c] * ${back}`, `${back} = ${value}`]],
      byWeight: [slice, [`dW[..., c] += a_slice * ${back}`, `${back} = ${value}`], [`db[..., c] += ${back}`, value]],
    },
    max: {
      forward: [slice, ["A[i, h, w, c] = np.max(a_slice)", value]],
      byInput: [slice, ["mask = create_mask_from_window(a_slice)", ""], [`dA_prev[i, ${region}, c] += mask * ${back}`, `${back} = ${value}`]],
    },
    average: {
      forward: [slice, ["A[i, h, w, c] = np.mean(a_slice)", value]],
      byInput: [[`dA_prev[i, ${region}, c] += distribute_value(${back}, shape)`, `${back} = ${value}`]],
    },
  }[window.type][mode];
  return [...loops, ...steps.map(([line, now]) => [`        ${line}`, now])];
}

/** The loop over one axis, and where its window begins and ends in the padded input. */
function axisLines(window, axis, name, at, indent) {
  const { kernel, stride, dilation } = window;
  const start = { h: "vert_start", w: "horiz_start" }[name];
  const end = start.replace("start", "end");
  const square = kernel[0] === kernel[1] && stride[0] === stride[1] && dilation[0] === dilation[1];
  const [f, s, d] = ["f", "stride", "dilation"].map((word) => (square ? word : `${word}_${name}`));
  const reach = (kernel[axis] - 1) * dilation[axis] + 1;
  const first = at * stride[axis];
  return [
    [`${indent}for ${name} in range(n_${name.toUpperCase()}):`, `${name} = ${at}`],
    [`${indent}    ${start} = ${name} * ${s}`, first],
    [`${indent}    ${end} = ${start} + ${dilation[axis] === 1 ? f : `(${f} - 1) * ${d} + 1`}`, first + reach],
  ];
}
