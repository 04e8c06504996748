// Something else to be shown: says that it is under way, shows what goes wrong, starts the page again.

import { text } from "stridewise/messages";

const byId = (id) => document.getElementById(id);
let busy = false;
let next = null; // the last that was asked meanwhile

/** A function that asks the source a question; `start` draws the page of the new document. */
export function asking(source, start) {
  return async function ask(question) {
    if (busy) {
      next = () => ask(question);
      return;
    }
    busy = true;
    byId("working").textContent = text("working");
    tell("");
    try {
      const shown = await source.ask(question);
      const { id } = document.activeElement;
      await start(shown);
      refocus(byId(id));
    } catch (error) {
      tell(error.message);
    } finally {
      busy = false;
      byId("working").textContent = "";
      const waiting = next;
      next = null;
      waiting?.();
    }
  };
}

/** Show words about what went wrong until somebody has read them. */
export function tell(words) {
  const problem = byId("problem");
  problem.replaceChildren();
  if (!words) return;
  const close = Object.assign(document.createElement("button"), { type: "button", textContent: text("close") });
  close.addEventListener("click", () => {
    tell("");
    byId("language").focus();
  });
  problem.append(Object.assign(document.createElement("pre"), { textContent: words }), close);
}

/** Keep a person who uses the keyboard where they were. */
function refocus(element) {
  if (!element) return;
  element.focus();
  if (document.activeElement !== element) element.closest("details")?.querySelector("summary").focus();
}
