// The field that finds layers, and the keys that lead to it.

import { text } from "stridewise/messages";

/**
 * `find(words)` shows what matches and gives its number; `goTo()` goes to the first match.
 * Gives the elements: the field, and the line that says how many there are.
 */
export function searchField(find, goTo) {
  const field = document.createElement("input");
  field.type = "search";
  field.placeholder = text("search");
  field.setAttribute("aria-label", text("search"));
  field.setAttribute("aria-keyshortcuts", "/ Control+F");
  const said = document.createElement("p");
  said.className = "found";
  said.setAttribute("role", "status");
  field.addEventListener("input", () => {
    const words = field.value.trim().toLowerCase();
    const count = find(words);
    said.textContent = words ? text("found", { count }) : "";
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault(); // else the button that gets the focus is pressed by the same key
    goTo();
  });
  focusByKey(field);
  return [field, said];
}

function focusByKey(field) {
  function onKey(event) {
    // The page was drawn anew, in another language.
    if (!field.isConnected) return document.removeEventListener("keydown", onKey);
    const slash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey;
    const find = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "f";
    // Within the field the browser's own search is meant.
    if (!(slash || find) || event.defaultPrevented || isTyping(document.activeElement)) return;
    event.preventDefault();
    field.focus();
    field.select();
  }
  document.addEventListener("keydown", onKey);
}

function isTyping(element) {
  return element?.matches("textarea, select, input:not([type=range], [type=checkbox], [type=radio], [type=button], [type=file])");
}
