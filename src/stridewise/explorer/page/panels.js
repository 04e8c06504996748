// Grids side by side, each with its caption and a picture of its whole map; below, what colours mean.

import { legend } from "stridewise/legend";
import { overview } from "stridewise/overview";

export function panels(grids) {
  const row = block("panels");
  row.append(...grids.map(panel));
  const found = block("");
  found.append(row, legend(grids.map(({ options }) => [options.label, options.scale])));
  return found;
}

function panel(grid) {
  const figure = document.createElement("figure");
  const scroll = block("scroll");
  scroll.append(grid.element);
  const caption = Object.assign(document.createElement("figcaption"), { textContent: grid.options.label });
  figure.append(...[caption, overview(grid), scroll].filter(Boolean));
  return figure;
}

function block(className) {
  return Object.assign(document.createElement("div"), { className });
}
