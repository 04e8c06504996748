// Another image or another model: chosen in fields, or dropped on the page.

import { text } from "stridewise/messages";

const OPTIONS = ["size", "scale", "mean", "std"];
const MODEL = ".onnx";
// What was written into the fields, for the next time that the page is drawn.
const written = {};

/** The fields, as far as the page can be asked for such things. */
export function showOpening(element, trace, ask) {
  const { questions } = trace;
  element.replaceChildren();
  element.hidden = !questions.includes("model");
  document.ondragover = document.ondrop = document.ondragleave = null;
  if (element.hidden) return;
  const details = document.createElement("details");
  const summary = Object.assign(document.createElement("summary"), { id: "opening-summary", textContent: text("opening") });
  const panel = Object.assign(document.createElement("div"), { className: "panel" });
  if (questions.includes("image")) panel.append(imageField(ask));
  const model = modelFields(ask);
  panel.append(model.element, Object.assign(document.createElement("p"), { textContent: text("dropping") }));
  details.append(summary, panel);
  details.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !details.open) return;
    event.stopPropagation();
    details.open = false;
    summary.focus();
  });
  element.append(details);
  takeDrops((file) => ask(file.name.toLowerCase().endsWith(MODEL) ? model.question(file) : { kind: "image", file }));
}

function imageField(ask) {
  const [label, field] = labelled("openImage", { type: "file", id: "open-image", accept: "image/*" });
  field.addEventListener("change", async () => {
    const [file] = field.files;
    if (file) await ask({ kind: "image", file });
    field.value = ""; // so that the same file can be chosen again
  });
  return label;
}

function modelFields(ask) {
  const element = document.createElement("fieldset");
  const [label, field] = labelled("openModel", { type: "file", id: "open-model", accept: MODEL });
  element.append(Object.assign(document.createElement("legend"), { textContent: text("model") }), label);
  const given = { size: "HxW", scale: "1", mean: "0", std: "1" };
  const fields = OPTIONS.map((name) => {
    const [of, option] = labelled(`${name}Option`, { type: "text", id: `open-${name}`, placeholder: given[name], autocomplete: "off" });
    option.value = written[name] ?? "";
    option.addEventListener("input", () => (written[name] = option.value));
    element.append(of);
    return option;
  });
  const question = (file) => ({
    kind: "model",
    file,
    ...Object.fromEntries(OPTIONS.map((name, at) => [name, fields[at].value.trim() || undefined])),
  });
  const open = Object.assign(document.createElement("button"), { type: "button", id: "open-it", textContent: text("open"), disabled: true });
  field.addEventListener("change", () => (open.disabled = !field.files.length));
  open.addEventListener("click", () => ask(question(field.files[0])));
  element.append(open);
  return { element, question };
}

function labelled(key, properties) {
  const label = Object.assign(document.createElement("label"), { textContent: text(key) });
  const field = Object.assign(document.createElement("input"), properties);
  label.append(field);
  return [label, field];
}

/** Files dropped anywhere; without this, the browser would leave the page to show them. */
function takeDrops(take) {
  const dragged = (event) => event.dataTransfer.types.includes("Files");
  const mark = (over) => document.body.classList.toggle("dropping", over);
  document.ondragover = (event) => {
    if (!dragged(event)) return;
    event.preventDefault();
    mark(true);
  };
  document.ondragleave = (event) => {
    if (!event.relatedTarget) mark(false);
  };
  document.ondrop = (event) => {
    if (!dragged(event)) return;
    event.preventDefault();
    mark(false);
    const [file] = event.dataTransfer.files;
    if (file) take(file);
  };
}
