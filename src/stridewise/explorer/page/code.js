// The lines of the exercise that compute a step, with their values in this step.

/** Lines of code and the value that each has at an output; `window` is that of the layer. */
export function codeLines(window, mode, [row, column], value) {
  const [f_h, f_w] = window.kernel;
  const [s_h, s_w] = window.stride;
  const square = f_h === f_w && s_h === s_w;
  const names = square ? { f: ["f", "f"], s: ["stride", "stride"] } : { f: ["f_h", "f_w"], s: ["stride_h", "stride_w"] };
  const start = [row * s_h, column * s_w];
  const lines = [
    ["for h in range(n_H):", `h = ${row}`],
    [`    vert_start = h * ${names.s[0]}`, start[0]],
    [`    vert_end = vert_start + ${names.f[0]}`, start[0] + f_h],
    ["    for w in range(n_W):", `w = ${column}`],
    [`        horiz_start = w * ${names.s[1]}`, start[1]],
    [`        horiz_end = horiz_start + ${names.f[1]}`, start[1] + f_w],
  ];
  const slice = "a_prev_pad[vert_start:vert_end, horiz_start:horiz_end, :]";
  const last = {
    convolution: {
      forward: [[`        a_slice = ${slice}`, `${f_h} × ${f_w}`], ["        Z[i, h, w, c] = conv_single_step(a_slice, W[..., c], b[..., c])", value]],
      byInput: [["        da_prev_pad[vert_start:vert_end, horiz_start:horiz_end, :] += W[..., c] * dZ[i, h, w, c]", value]],
      byWeight: [[`        a_slice = ${slice}`, `${f_h} × ${f_w}`], ["        dW[..., c] += a_slice * dZ[i, h, w, c]", value], ["        db[..., c] += dZ[i, h, w, c]", ""]],
    },
    max: {
      forward: [["        A[i, h, w, c] = np.max(a_slice)", value]],
      byInput: [["        mask = create_mask_from_window(a_slice)", ""], ["        dA_prev[i, vert_start:vert_end, horiz_start:horiz_end, c] += mask * dA[i, h, w, c]", value]],
    },
    average: {
      forward: [["        A[i, h, w, c] = np.mean(a_slice)", value]],
      byInput: [["        dA_prev[i, vert_start:vert_end, horiz_start:horiz_end, c] += distribute_value(dA[i, h, w, c], shape)", value]],
    },
  };
  return [...lines, ...last[window.type][mode]];
}
