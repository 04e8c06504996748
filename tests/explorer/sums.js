// What a page's view does cell by cell, done for all cells of a trace with one node: its output,
// the gradient by its input, and that by its weights, each in the order of its array.
async (content) => {
  const geometry = await import("stridewise/geometry");
  const { cellsUnder, cellsOfTap, channelsOf, counted, outputsOver } = geometry;
  const { EmbeddedSource } = await import("stridewise/source");
  const { winning } = await import("stridewise/winners");

  const source = new EmbeddedSource(content);
  const { nodes, inputs, tensors } = await source.trace();
  const [{ name, window }] = nodes;
  const input = tensors[inputs[0]];
  const output = tensors[name];
  const read = async (key) => (await source.array(key))?.data;
  const x = await read(`y/${inputs[0]}`);
  const gradY = await read(`grad/${name}`);
  const weight = await read(`weight/${name}/weight`);
  const bias = await read(`weight/${name}/bias`);

  const each = input[2] / (window.groups ?? 1);
  const [kernelRows, kernelColumns] = window.kernel;
  const xAt = (cell, c) => (cell.inside ? x[(cell.row * input[1] + cell.column) * input[2] + c] : 0);
  const gradAt = (row, column, k) => gradY[(row * output[1] + column) * output[2] + k];
  const weightAt = ([i, j], c, k) => weight[((i * kernelColumns + j) * each + (c % each)) * output[2] + k];
  const under = (row, column) => cellsUnder(window, input, row, column);
  const count = (row, column) => counted(window, input, row, column);
  const channels = (k) => channelsOf(window, input[2], output[2], k);
  const winner = (row, column, k) => {
    const view = { state: { output: k }, x: (r, c) => xAt({ row: r, column: c, inside: true }, k) };
    return winning(view, under(row, column))[0];
  };
  const sum = (items, term) => items.reduce((total, item) => total + term(item), 0);
  const range = (size) => Array.from({ length: size }, (_, number) => number);
  const everywhere = ([rows, columns, depth], value) =>
    range(rows).flatMap((r) => range(columns).flatMap((c) => range(depth).map((k) => value(r, c, k))));

  const forward = {
    convolution: (r, c, k) =>
      sum(channels(k), (i) => sum(under(r, c), (cell) => xAt(cell, i) * weightAt(cell.tap, i, k))) + (bias?.[k] ?? 0),
    max: (r, c, k) => xAt(winner(r, c, k), k),
    average: (r, c, k) => sum(under(r, c), (cell) => xAt(cell, k)) / count(r, c),
  };
  const share = {
    convolution: (at, i, k) => weightAt(at.tap, i, k),
    max: (at, i, k, row, column) => {
      const { row: r, column: c } = winner(at.row, at.column, k);
      return Number(r === row && c === column);
    },
    average: (at) => 1 / count(at.row, at.column),
  };
  const back = (row, column, i) =>
    sum(outputsOver(window, output, row, column), (at) =>
      sum(
        range(output[2]).filter((k) => channels(k).includes(i)),
        (k) => gradAt(at.row, at.column, k) * share[window.type](at, i, k, row, column),
      ),
    );
  const byWeight = (i, j) =>
    everywhere([1, each, output[2]], (_, c, k) =>
      sum(cellsOfTap(window, input, output, [i, j]), (cell) => xAt(cell, channels(k)[c]) * gradAt(...cell.output, k)),
    );
  return {
    y: everywhere(output, forward[window.type]),
    gradX: everywhere(input, back),
    gradWeight: weight ? everywhere([kernelRows, kernelColumns, 1], byWeight).flat() : [],
  };
};
