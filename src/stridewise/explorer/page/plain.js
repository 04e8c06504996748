// A layer without a window: its numbers as they are, forward and backward, and its parameters.

import { Grid } from "stridewise/grid";
import { someChannels, spatial } from "stridewise/maps";
import { text } from "stridewise/messages";
import { full } from "stridewise/numbers";

// A parameter is loaded as a whole.
const MOST_NUMBERS = 1e6;

/** The grids of a tensor's channel, of its gradient's, and of vectors and matrices that the layer has learned. */
export async function plainGrids(trace, source, node, state, said) {
  const { layer, output } = state;
  const shape = trace.tensors[layer];
  const [rows, columns] = spatial(shape);
  const channel = someChannels(shape, output, 1);
  const kinds = [
    { name: `y/${layer}`, label: layer, rows, columns, channel },
    { name: `grad/${layer}`, label: text("gradOutput"), rows, columns, channel },
    ...Object.entries(node?.parameters ?? {}).flatMap(([name, own]) => parameterKinds(layer, name, own)),
  ].filter(({ name }) => Object.hasOwn(trace.scales, name));
  const arrays = await Promise.all(kinds.map(({ name, channel }) => source.array(name, ...channel)));
  return kinds.map(({ name, label, rows, columns }, number) => {
    const { data } = arrays[number];
    const value = (r, c) => data[r * columns + c];
    const onPoint = (r, c) => said(text("status", { what: label, place: `(${r}, ${c})`, value: full(value(r, c)) }));
    return new Grid({ label, rows, columns, value, scale: trace.scales[name], onPoint });
  });
}

function parameterKinds(layer, name, shape) {
  if (shape.length > 2 || shape.reduce((a, b) => a * b, 1) > MOST_NUMBERS) return [];
  const [rows, columns] = [1, ...shape].slice(-2);
  const kind = { rows, columns, channel: [] };
  return [
    { ...kind, name: `weight/${layer}/${name}`, label: name },
    { ...kind, name: `grad_weight/${layer}/${name}`, label: text("gradOf", { name }) },
  ];
}
