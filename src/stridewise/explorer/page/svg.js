// Parts of pictures, SVG. Looks are attributes, not styles: so a file needs nothing else.

const SVG = "http://www.w3.org/2000/svg";
/** What no XML may hold. */
const FORBIDDEN = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

export const INK = "#16202a";
export const QUIET = "#55606b";
export const MONOSPACE = "ui-monospace, Menlo, Consolas, monospace";

/** One element of a picture. */
export function shape(name, attributes, ...children) {
  const found = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) found.setAttribute(key, value);
  found.append(...children);
  return found;
}

/** A line of text, from (x, y) on. */
export function words(content, x, y, attributes = {}) {
  return shape("text", { x, y, fill: INK, "font-size": 13, ...attributes }, content.replace(FORBIDDEN, ""));
}
