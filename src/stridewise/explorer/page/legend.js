// What the colours of a layer mean: one strip, and where it ends for each kind of number.

import { colour } from "stridewise/colours";
import { text } from "stridewise/messages";
import { short } from "stridewise/numbers";

const SIDE = 50;

/** A legend of pairs: what is shown, and the largest number of it. */
export function legend(scales) {
  const strip = document.createElement("canvas");
  Object.assign(strip, { width: 2 * SIDE + 1, height: 1 });
  strip.setAttribute("aria-hidden", "true");
  const context = strip.getContext("2d");
  const picture = context.createImageData(strip.width, 1);
  for (let at = 0; at < strip.width; at++) picture.data.set([...colour(at - SIDE, SIDE), 255], 4 * at);
  context.putImageData(picture, 0, 0);
  const ends = scales.map(([label, scale]) => `${label} ±${short(scale)}`).join(" · ");
  const found = Object.assign(document.createElement("p"), { className: "legend" });
  found.append(strip, Object.assign(document.createElement("span"), { textContent: text("legend", { ends }) }));
  return found;
}
