// The page: find the numbers, draw the network, open the layer that the address names.

import { asking, tell } from "stridewise/asking";
import { LayerView } from "stridewise/layer";
import { FrameSource } from "stridewise/frame";
import { chooseLanguage, language, otherLanguage, text } from "stridewise/messages";
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

let view = null;

async function start(numbers, given) {
  const trace = given ?? (await asLinked(numbers));
  view?.close(); // nobody plays on behind the new page, or asks it for layers of the old one
  document.title = `${trace.title} · ${text("title")}`;
  byId("title").textContent = trace.title;
  const other = byId("language");
  other.textContent = text("language");
  other.onclick = () => {
    chooseLanguage(otherLanguage());
    start(numbers, trace);
  };
  const whole = (state) => ({ ...state, model: trace.title, element: trace.loss?.element, of: trace.loss?.of, lang: language() });
  const layer = new LayerView(byId("layer"), byId("status"), trace, numbers, {
    opened: (state) => {
      writeState(whole(state));
      network.select(state.layer);
    },
    changed: (state) => writeStateSoon(whole(state)),
    left: (name) => network.jump(name),
  });
  view = layer;
  const network = new NetworkView(byId("network"), trace, numbers, (name, channel) => {
    layer.open({ ...readState(), layer: name, output: channel, input: 0, plane: 0, tap: 0, cell: null, pinned: false, trial: {} });
    byId("layer").scrollIntoView({ block: "start" });
  });
  document.onkeydown = (event) => {
    const writes = event.target.matches("select, input:not([type=range], [type=checkbox])");
    if (event.key === "Escape" && !event.defaultPrevented && !writes) layer.escape();
  };
  window.onhashchange = () => layer.open(known(trace, readState()));
  const ask = asking(numbers, (shown) => start(numbers, shown));
  showOpening(byId("opening"), trace, ask);
  await showPrediction(byId("prediction"), trace, numbers, ask);
  if (view !== layer) return; // the page has been started again meanwhile
  await layer.open(known(trace, readState()));
  if (view !== layer) return;
  network.reveal(layer.state.layer);
  byId("skip").textContent = text("skip");
  byId("skip").onclick = () => byId("layer").querySelector("button, select, [tabindex='0']")?.focus();
  document.body.dataset.ready = "true";
}

/** The trace that the address is of: another class may have been picked in it. */
async function asLinked(numbers) {
  const trace = await numbers.trace();
  const { model, element, of } = readState();
  const isOurs = trace.questions.includes("pick") && trace.loss && model === trace.title && element !== null;
  if (!isOurs || (element === trace.loss.element && of === trace.loss.of)) return trace;
  return numbers.ask({ kind: "pick", element, of }).catch((error) => {
    tell(error.message);
    return trace;
  });
}

/** A state whose layer exists in this model; else the first layer with a window. */
function known(trace, state) {
  const isOurs = state.model === null || state.model === trace.title;
  if (isOurs && state.layer && Object.hasOwn(trace.tensors, state.layer)) return state;
  if (state.layer) tell(text("unknownLink", { layer: state.layer, model: state.model ?? trace.title }));
  const first = trace.nodes.find((node) => node.window) ?? trace.nodes[0];
  return { ...state, layer: first?.name ?? trace.inputs[0], output: 0, input: 0, plane: 0, tap: 0, cell: null, pinned: false, trial: {} };
}

chooseLanguage(readState().lang ?? navigator.language);
addEventListener("unhandledrejection", ({ reason }) => tell(`${text("failed")}: ${reason.message}`));
start(source());
