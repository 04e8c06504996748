// Saving what is seen: the view as a picture, a whole tensor as a file of numbers.

import { drawing, painted } from "stridewise/drawing";
import { text } from "stridewise/messages";
import { npy } from "stridewise/npy";

/** Milliseconds until the address of a file is given back: by then every browser has taken it. */
const TAKEN = 10_000;

/**
 * A menu. `name` says what is seen (`conv2d_1-forward`); `grids()`, `texts()` and
 * `tensors()` ([what it is, name of the array]) are asked when something is saved or the menu opened.
 */
export function saveMenu({ name, grids, tensors, source, trace, texts }) {
  const menu = document.createElement("details");
  menu.className = "save";
  const said = document.createElement("p");
  said.setAttribute("role", "status");
  const title = () => `${trace.title} · ${name}`;
  const drawn = () => drawing(title(), grids(), texts());

  async function attempt(save) {
    said.textContent = "";
    try {
      const [blob, ...parts] = await save();
      const file = fileName(trace.title, ...parts);
      download(blob, file);
      said.textContent = text("saved", { file });
    } catch (error) {
      said.textContent = `${text("notSaved")} ${error.message}`;
    }
  }

  const svg = async () => [new Blob([drawn().text], { type: "image/svg+xml" }), name, "svg"];
  const png = async () => [await painted(drawn()), name, "png"];
  const chosen = document.createElement("select");
  chosen.setAttribute("aria-label", text("tensor"));
  const numbers = async () => {
    const array = await source.array(chosen.value);
    if (!array) throw new Error(text("noTensor"));
    return [new Blob([npy(array)], { type: "application/octet-stream" }), chosen.value, "npy"];
  };
  menu.addEventListener("toggle", () => menu.open && offer(chosen, tensors()));
  offer(chosen, tensors());
  const content = document.createElement("div");
  content.append(button("saveSvg", () => attempt(svg)), button("savePng", () => attempt(png)), chosen, button("saveNpy", () => attempt(numbers)), said);
  menu.append(Object.assign(document.createElement("summary"), { textContent: text("save") }), content);
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    event.stopPropagation();
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  return menu;
}

/** The tensors to choose from; the one that is chosen stays so. */
function offer(select, tensors) {
  const before = select.value;
  select.replaceChildren(...tensors.map(([label, array]) => new Option(label, array, false, array === before)));
}

function button(key, act) {
  const found = Object.assign(document.createElement("button"), { type: "button", textContent: text(key) });
  found.addEventListener("click", act);
  return found;
}

/** A name that every system takes: letters, digits, and few signs; the last part is the ending. */
export function fileName(...parts) {
  const ending = parts.pop();
  const name = parts.join("-").replace(/[^\p{L}\p{N}._-]+/gu, "-").replace(/-{2,}/g, "-").replace(/^[-.]+|[-.]+$/g, "");
  return `${[...name].slice(0, 100).join("") || "stridewise"}.${ending}`;
}

function download(blob, file) {
  const href = URL.createObjectURL(blob);
  const link = Object.assign(document.createElement("a"), { href, download: file });
  link.click();
  setTimeout(() => URL.revokeObjectURL(href), TAKEN);
}
