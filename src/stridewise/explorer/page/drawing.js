// What a layer shows as one picture, SVG: its grids side by side, its formula below; on white, to be printed.

import { drawnGrid } from "stridewise/gridpicture";
import { MONOSPACE, shape, words } from "stridewise/svg";
import { wrapped } from "stridewise/wrapping";

const MARGIN = 16;
const GAP = 24;
const LEAST_WIDTH = 520;
const TITLE = 34;
const LINE = 18;
/** Between the grids and the formula. */
const PAUSE = 10;
/** Of a character of the formula, in pixels. */
const CHARACTER = 7.3;

/** The grids and lines of text under a title, as the text of a file, and its size. */
export function drawing(title, grids, lines) {
  const picture = shape("svg", { "font-family": "system-ui, sans-serif" });
  let [x, bottom] = [MARGIN, MARGIN + TITLE];
  for (const grid of grids) {
    const { element, width, height } = drawnGrid(grid);
    element.setAttribute("transform", `translate(${x} ${MARGIN + TITLE})`);
    picture.append(element);
    x += width + GAP;
    bottom = Math.max(bottom, MARGIN + TITLE + height);
  }
  const width = Math.ceil(Math.max(x - GAP, LEAST_WIDTH) + MARGIN);
  bottom += PAUSE;
  const columns = Math.floor((width - 2 * MARGIN) / CHARACTER);
  for (const line of lines.flatMap((each) => wrapped(each, columns))) {
    bottom += LINE;
    picture.append(words(line, MARGIN, bottom, { "font-family": MONOSPACE, "font-size": 12 }));
  }
  const height = Math.ceil(bottom + MARGIN);
  const size = { width, height, viewBox: `0 0 ${width} ${height}` };
  for (const [key, value] of Object.entries(size)) picture.setAttribute(key, value);
  picture.prepend(shape("title", {}, words(title, 0, 0).textContent), shape("rect", { width, height, fill: "#fff" }), words(title, MARGIN, MARGIN + 14, { "font-size": 16, "font-weight": 600 }));
  return { text: `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(picture)}\n`, width, height };
}

/** The same picture as a PNG, finer than it is large. */
export async function painted({ text, width, height }, fineness = 2) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: width * fineness, height: height * fineness });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error(`${canvas.width} × ${canvas.height}`))), "image/png"));
}
