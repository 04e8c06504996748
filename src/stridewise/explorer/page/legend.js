// What the colours of a layer mean: one strip, and where it ends for each kind of number.

import { drawMap } from "stridewise/maps";
import { text } from "stridewise/messages";
import { short } from "stridewise/numbers";

const SIDE = 50;

/** The scale of colours from one end to the other, drawn by what draws the maps. */
export function strip() {
  const canvas = document.createElement("canvas");
  const data = Float32Array.from({ length: 2 * SIDE + 1 }, (_, at) => at - SIDE);
  drawMap(canvas, { shape: [1, data.length, 1], data }, 0, SIDE);
  return canvas;
}

/** A legend of pairs: what is shown, and the largest number of it. */
export function legend(scales) {
  const colours = strip();
  colours.setAttribute("aria-hidden", "true");
  const ends = scales.map(([label, scale]) => `${label} ±${short(scale)}`).join(" · ");
  const found = Object.assign(document.createElement("p"), { className: "legend" });
  found.append(colours, Object.assign(document.createElement("span"), { textContent: text("legend", { ends }) }));
  return found;
}
