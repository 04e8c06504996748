// A layer without a window: its numbers as they are, forward and backward.

import { Grid } from "stridewise/grid";
import { someChannels, spatial } from "stridewise/maps";
import { text } from "stridewise/messages";
import { full } from "stridewise/numbers";

/** The grids of a tensor's channel, and of its gradient's, if it has one. */
export async function plainGrids(trace, source, state, said) {
  const shape = trace.tensors[state.layer];
  const [rows, columns] = spatial(shape);
  const kinds = [["y", state.layer], ["grad", text("gradOutput")]].filter(([kind]) => Object.hasOwn(trace.scales, `${kind}/${state.layer}`));
  const arrays = await Promise.all(kinds.map(([kind]) => source.array(`${kind}/${state.layer}`, ...someChannels(shape, state.output, 1))));
  return kinds.map(([kind, label], number) => {
    const { data } = arrays[number];
    const value = (r, c) => data[r * columns + c];
    const onPoint = (r, c) => said(text("status", { what: label, place: `(${r}, ${c})`, value: full(value(r, c)) }));
    return new Grid({ label, rows, columns, value, scale: trace.scales[`${kind}/${state.layer}`], onPoint });
  });
}
