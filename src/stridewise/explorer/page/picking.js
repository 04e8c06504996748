// Where the gradient starts: at which class or element, from its loss or its score.

import { text } from "stridewise/messages";

const STARTS = ["loss", "score"];

/** A class's name as the button that lets the gradient start from it. */
export function classButton(element, name, loss, ask) {
  const button = pressed(name, element === loss.element, () => ask({ kind: "pick", element, of: loss.of }));
  return Object.assign(button, { id: `pick-${element}`, title: text("pick") });
}

/** Two buttons: from the loss, or from the score as it is. */
export function startChoice(loss, ask) {
  const group = Object.assign(document.createElement("div"), { className: "starts" });
  const title = Object.assign(document.createElement("span"), { id: "starts-title", textContent: text("startsFrom") });
  group.setAttribute("role", "group");
  group.setAttribute("aria-labelledby", title.id);
  const buttons = STARTS.map((of) => {
    const button = pressed(text(`${of}Start`), of === loss.of, () => ask({ kind: "pick", element: loss.element, of }));
    return Object.assign(button, { id: `pick-${of}` });
  });
  group.append(title, ...buttons);
  return group;
}

/** A number for what has no button. */
export function elementField(loss, size, ask) {
  const line = Object.assign(document.createElement("div"), { className: "starts" });
  const label = Object.assign(document.createElement("label"), { textContent: text("elementOf", { last: size - 1 }) });
  const field = Object.assign(document.createElement("input"), { type: "number", id: "pick-element", min: 0, max: size - 1, step: 1, value: loss.element });
  const pick = () => field.reportValidity() && ask({ kind: "pick", element: Number(field.value), of: loss.of });
  field.required = true;
  field.addEventListener("keydown", (event) => event.key === "Enter" && pick());
  const button = Object.assign(document.createElement("button"), { type: "button", id: "pick-it", textContent: text("pick") });
  button.addEventListener("click", pick);
  label.append(field);
  line.append(label, button);
  return line;
}

function pressed(words, isPressed, act) {
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: words });
  button.setAttribute("aria-pressed", isPressed);
  button.addEventListener("click", act);
  return button;
}
