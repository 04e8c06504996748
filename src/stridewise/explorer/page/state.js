// Where one is: the model, the layer, the channels, the mode, the cell, what is tried, where the gradient starts. All of it is
// in the address.

import { OPTIONS } from "stridewise/trial";

// A frame of a notebook has no address of its own: there it is kept here. A page may say where it begins.
const framed = location.protocol === "about:";
let kept = document.body.dataset.at ?? "";

const NUMBERS = ["output", "input", "plane", "tap"];
// Browsers refuse addresses that change too often.
const PAUSE = 250; // milliseconds

export function readState() {
  const query = new URLSearchParams((framed ? kept : location.hash || kept).slice(1));
  const state = { model: query.get("model"), layer: query.get("layer"), mode: query.get("mode") ?? "forward", cell: null, grow: query.has("grow"), pinned: query.has("pinned"), trial: {} };
  for (const name of NUMBERS) state[name] = whole(query.get(name)) ?? 0;
  Object.assign(state, { element: whole(query.get("element")), of: query.get("of"), lang: query.get("lang") });
  for (const option of OPTIONS) {
    const value = whole(query.get(option));
    if (value !== null) state.trial[option] = value;
  }
  const cell = query.get("cell")?.split(",").map(Number);
  if (cell?.length === 2 && cell.every(Number.isInteger)) state.cell = cell;
  return state;
}

function whole(text) {
  return text && /^\d{1,6}$/.test(text) ? Number(text) : null;
}

function hashOf(state) {
  const query = new URLSearchParams({ model: state.model, layer: state.layer, mode: state.mode, output: state.output, input: state.input });
  for (const name of ["plane", "tap"]) if (state[name]) query.set(name, state[name]);
  if (state.cell) query.set("cell", state.cell.join(","));
  for (const [option, value] of Object.entries(state.trial)) query.set(option, value);
  for (const name of ["element", "of", "lang"]) if (state[name] !== undefined) query.set(name, state[name]);
  for (const name of ["grow", "pinned"]) if (state[name]) query.set(name, "1");
  return `#${query}`;
}

let waiting = null;
let written = -Infinity;

export function writeState(state) {
  clearTimeout(waiting);
  kept = hashOf(state);
  if (!framed && kept !== location.hash) history.replaceState(null, "", kept);
  written = performance.now();
}

/** Write it, unless that has just been done: then after a pause. */
export function writeStateSoon(state) {
  clearTimeout(waiting);
  const rest = written + PAUSE - performance.now();
  if (rest <= 0) writeState(state);
  else waiting = setTimeout(() => writeState(state), rest);
}
