// Maps as pictures: one canvas a channel, drawn when it is scrolled into view.

import { colour } from "stridewise/colours";

/** Draw one channel of an array (rows, columns, channels). */
export function drawMap(canvas, array, channel, scale) {
  const [rows, columns, channels] = spatial(array.shape);
  canvas.width = columns;
  canvas.height = rows;
  const context = canvas.getContext("2d");
  const picture = context.createImageData(columns, rows);
  for (let at = 0; at < rows * columns; at++) {
    const rgb = colour(array.data[at * channels + channel], scale);
    picture.data.set(rgb, at * 4);
    picture.data[at * 4 + 3] = 255;
  }
  context.putImageData(picture, 0, 0);
}

/** Rows, columns and channels of a tensor of any rank: what is no image is one row of numbers. */
export function spatial(shape) {
  if (shape.length === 3) return shape;
  if (shape.length === 2) return [1, ...shape];
  const size = shape.reduce((a, b) => a * b, 1);
  return [1, size, 1];
}

/** Which channels to ask for: `count` from `first` on; all that there is where `spatial` sees no channels. */
export function someChannels(shape, first, count) {
  return shape.length === 2 || shape.length === 3 ? [first, first + count] : [0, -1];
}

const waiting = new Map();
const observer =
  "IntersectionObserver" in globalThis
    ? new IntersectionObserver((entries) => {
        for (const entry of entries) {
          if (!entry.isIntersecting) continue;
          observer.unobserve(entry.target);
          waiting.get(entry.target)?.();
          waiting.delete(entry.target);
        }
      }, { rootMargin: "300px" })
    : null;

/** Call `draw` when an element is about to be seen. */
export function whenSeen(element, draw) {
  if (!observer) return draw();
  waiting.set(element, draw);
  observer.observe(element);
}
