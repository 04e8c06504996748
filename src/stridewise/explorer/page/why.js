// What the answer depends on: the first image, and the gradient by each of its pixels.

import { drawMap } from "stridewise/maps";
import { text } from "stridewise/messages";
import { short } from "stridewise/numbers";

const MOST_CHANNELS = 3;

/** The image and its gradient, by channel; nothing if that is no image. `name` is the class's. */
export async function why({ inputs: [input], loss, scales }, source, name) {
  const [image, gradient] = await Promise.all([source.array(`y/${input}`), source.array(`grad/${input}`)]);
  if (!gradient || gradient.shape.length !== 3) return [];
  const start = loss.kind === "element" ? "Score" : "Loss";
  const title = text(`why${start}`, { name });
  const pictures = Object.assign(document.createElement("div"), { className: "why" });
  for (const [words, array, scale] of [[text("input"), image, scales[`y/${input}`]], [title, gradient, scales[`grad/${input}`]]]) {
    for (let channel = 0; channel < Math.min(array.shape[2], MOST_CHANNELS); channel++) {
      const canvas = document.createElement("canvas");
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", `${words}, ${text("channel")} ${channel}`);
      drawMap(canvas, array, channel, scale);
      pictures.append(canvas);
    }
  }
  const said = text(`why${start}Said`, { name, scale: short(scales[`grad/${input}`]) });
  return [element("h3", title), pictures, element("p", said)];
}

function element(tag, content) {
  return Object.assign(document.createElement(tag), { textContent: content });
}
