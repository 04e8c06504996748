// The whole of a map that is larger than its grid, as a picture: a frame shows where the grid is, and
// a click or a drag moves it. Keys move the grid itself, so this is for the pointer alone.

import { MOST_CELLS } from "stridewise/grid";
import { drawMap } from "stridewise/maps";

const MOST_PIXELS = 112;

/** A picture of a grid's map; null if the grid shows all of it. */
export function overview(grid) {
  const { rows, columns } = grid.options;
  if (rows <= MOST_CELLS && columns <= MOST_CELLS) return null;
  const found = Object.assign(document.createElement("div"), { className: "overview" });
  found.setAttribute("aria-hidden", "true");
  const frame = document.createElement("div");
  found.append(pictureOf(grid), frame);
  grid.onMoved = () => {
    const [top, left] = grid.corner;
    const within = (start, size) => [Math.max(0, start), Math.min(size, start + MOST_CELLS)].map((at) => (100 * at) / size);
    const [[y, bottom], [x, right]] = [within(top, rows), within(left, columns)];
    Object.assign(frame.style, { top: `${y}%`, height: `${bottom - y}%`, left: `${x}%`, width: `${right - x}%` });
  };
  grid.onMoved();
  const move = (event) => {
    const box = found.getBoundingClientRect();
    const row = Math.floor((rows * (event.clientY - box.top)) / box.height);
    const column = Math.floor((columns * (event.clientX - box.left)) / box.width);
    grid.moveTo([row - MOST_CELLS / 2, column - MOST_CELLS / 2]);
  };
  found.addEventListener("pointerdown", (event) => {
    found.setPointerCapture(event.pointerId);
    move(event);
  });
  found.addEventListener("pointermove", (event) => event.buttons && move(event));
  return found;
}

function pictureOf({ options }) {
  const { rows, columns, value, scale } = options;
  const step = Math.ceil(Math.max(rows, columns) / MOST_PIXELS);
  const canvas = document.createElement("canvas");
  const [height, width] = [rows, columns].map((size) => Math.ceil(size / step));
  const at = (place) => value(step * Math.floor(place / width), step * (place % width)) ?? 0;
  const data = Float32Array.from({ length: height * width }, (_, place) => at(place));
  drawMap(canvas, { shape: [height, width, 1], data }, 0, scale);
  return canvas;
}
