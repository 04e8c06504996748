// Where one is: the layer, the channels, the mode, the cell. All of it is in the address.

const NUMBERS = ["output", "input"];

export function readState() {
  const query = new URLSearchParams(location.hash.slice(1));
  const state = { layer: query.get("layer"), mode: query.get("mode") ?? "forward", output: 0, input: 0, cell: null };
  for (const name of NUMBERS) {
    const number = Number(query.get(name));
    if (Number.isInteger(number) && number >= 0) state[name] = number;
  }
  const cell = query.get("cell")?.split(",").map(Number);
  if (cell?.length === 2 && cell.every(Number.isInteger)) state.cell = cell;
  return state;
}

export function writeState(state) {
  const query = new URLSearchParams({ layer: state.layer, mode: state.mode, output: state.output, input: state.input });
  if (state.cell) query.set("cell", state.cell.join(","));
  const hash = `#${query}`;
  // A frame of a notebook has no address of its own.
  if (location.protocol !== "about:" && hash !== location.hash) history.replaceState(null, "", hash);
}
