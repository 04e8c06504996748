// What a page's view does cell by cell, done for all cells of a trace with one node: its output,
// the gradient by its input, and that by its weights, each in the order of its array. With `trial`,
// what the page itself worked out for other options.
async ([content, trial]) => {
  const { EmbeddedSource } = await import("stridewise/source");
  const { channelsOf, places, solid, solidShape } = await import("stridewise/geometry");
  const { loadProblem } = await import("stridewise/problem");
  const { clampedTrial, tried } = await import("stridewise/trial");

  const source = new EmbeddedSource(content);
  const trace = await source.trace();
  const [node] = trace.nodes;
  const channels = trace.inputs.concat(node.name).map((name) => solidShape(trace.tensors[name])[3]);
  const [C_in, C_out] = channels;
  const range = (size) => Array.from({ length: size }, (_, number) => number);
  const sum = (items, term) => items.reduce((total, item) => total + term(item), 0);

  const problems = new Map();
  for (const output of range(C_out)) {
    for (const input of channelsOf(solid(node.window), C_in, C_out, output)) {
      let problem = await loadProblem(trace, source, node, { output, input });
      const options = trial && clampedTrial(problem, trial);
      if (trial && JSON.stringify(options) !== JSON.stringify(trial)) throw new Error(`clamped to ${JSON.stringify(options)}`);
      if (trial) problem = await tried(problem, trace, source, node, { output, input }, trial);
      problems.set(`${output},${input}`, problem);
    }
  }
  const all = [...problems.values()];
  const [{ window, inputSize, outputSize }] = all;
  const of = (output, input) => problems.get(`${output},${input}`);
  const inputsOf = (output) => range(C_in).filter((input) => of(output, input));
  const inside = (problem, place) => problem.cellsUnder(place).filter((cell) => cell.inside);
  const forward = {
    convolution: (place, k) =>
      sum(inputsOf(k), (i) => sum(inside(of(k, i), place), (cell) => of(k, i).x(cell.place) * of(k, i).weight(cell.tap))) +
      (of(k, inputsOf(k)[0]).arrays.bias?.[0] ?? 0),
    max: (place, k) => of(k, k).x(of(k, k).winners(of(k, k).cellsUnder(place))[0].place),
    average: (place, k) => sum(inside(of(k, k), place), (cell) => of(k, k).x(cell.place)) / of(k, k).counted(place),
  };
  const back = (problem, place) => sum(problem.outputsOver(place), (each) => problem.gradY(each.place) * problem.share(each.place, each.tap));
  const byWeight = (problem, tap) => sum(problem.cellsOfTap(tap), (cell) => problem.x(cell.place) * problem.gradY(cell.output));
  const kernelChannels = range(of(0, 0).inputChannels.length);
  return {
    shape: [...outputSize, C_out],
    y: places(outputSize).flatMap((place) => range(C_out).map((k) => forward[window.type](place, k))),
    gradX: places(inputSize).flatMap((place) => range(C_in).map((i) => sum(range(C_out).filter((k) => of(k, i)), (k) => back(of(k, i), place)))),
    gradWeight: window.type === "convolution" ? places(window.kernel).flatMap((tap) => kernelChannels.flatMap((c) => range(C_out).map((k) => byWeight(of(k, inputsOf(k)[c]), tap)))) : [],
    // What is shown as the result, for the first channels.
    shown: {
      y: places(outputSize).map((place) => of(0, 0).y(place)),
      gradX: places(inputSize).map((place) => of(0, 0).gradX(place)),
      gradWeight: of(0, 0).arrays.gradWeight ? [...of(0, 0).arrays.gradWeight] : [],
    },
  };
};
