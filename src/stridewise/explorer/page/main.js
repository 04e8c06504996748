// The page: find the numbers, draw the network, open the layer that the address names.

import { asking, tell } from "stridewise/asking";
import { LayerView } from "stridewise/layer";
import { FrameSource } from "stridewise/frame";
import { chooseLanguage, otherLanguage, text } from "stridewise/messages";
import { NetworkView } from "stridewise/network";
import { showOpening } from "stridewise/opening";
import { showPrediction } from "stridewise/prediction";
import { EmbeddedSource, ServerSource } from "stridewise/source";
import { readState, writeState, writeStateSoon } from "stridewise/state";

const byId = (id) => document.getElementById(id);

function source() {
  const content = byId("content");
  if (content) return new EmbeddedSource(JSON.parse(content.textContent));
  if (byId("framed")) return new FrameSource();
  return new ServerSource(new URLSearchParams(location.search).get("token"));
}

async function start(numbers, given) {
  const trace = given ?? (await numbers.trace());
  document.title = `${trace.title} · ${text("title")}`;
  byId("title").textContent = trace.title;
  const other = byId("language");
  other.textContent = text("language");
  other.onclick = () => {
    layer.player?.stop();
    chooseLanguage(otherLanguage());
    start(numbers, trace);
  };
  const layer = new LayerView(byId("layer"), byId("status"), trace, numbers, {
    opened: (state) => {
      writeState({ ...state, model: trace.title });
      network.select(state.layer);
    },
    changed: (state) => writeStateSoon({ ...state, model: trace.title }),
    left: (name) => network.jump(name),
  });
  const network = new NetworkView(byId("network"), trace, numbers, (name, channel) => {
    layer.open({ ...readState(), layer: name, output: channel, input: 0, plane: 0, tap: 0, cell: null, pinned: false, trial: {} });
    byId("layer").scrollIntoView({ block: "start" });
  });
  document.onkeydown = (event) => {
    if (event.key === "Escape" && !event.defaultPrevented && !event.target.matches("input, select")) layer.escape();
  };
  window.onhashchange = () => layer.open(known(trace, readState()));
  const ask = asking(numbers, (shown) => {
    layer.player?.stop();
    return start(numbers, shown);
  });
  showOpening(byId("opening"), trace, ask);
  await showPrediction(byId("prediction"), trace, numbers, ask);
  await layer.open(known(trace, readState()));
  document.body.dataset.ready = "true";
}

/** A state whose layer exists in this model; else the first layer with a window. */
function known(trace, state) {
  const isOurs = state.model === null || state.model === trace.title;
  if (isOurs && state.layer && Object.hasOwn(trace.tensors, state.layer)) return state;
  const first = trace.nodes.find((node) => node.window) ?? trace.nodes[0];
  return { ...state, layer: first.name, output: 0, input: 0, cell: null, trial: {} };
}

chooseLanguage(navigator.language);
addEventListener("unhandledrejection", ({ reason }) => tell(`${text("failed")}: ${reason.message}`));
start(source());
