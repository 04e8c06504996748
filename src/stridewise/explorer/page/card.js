// One layer in the list: its name, facts and links, and its maps as pictures as long as it is near.

import { coarseness, drawMap, someChannels, spatial } from "stridewise/maps";
import { text } from "stridewise/messages";
import { short } from "stridewise/numbers";

const FIRST_MAPS = 16;
const MORE_MAPS = 64;
/** Of a small picture, in pixels. */
const HEIGHT = 32;
const WIDEST = 130;

export class Card {
  /** `actions`: choose(name, channel) opens the layer, jump(name) goes to another card. */
  constructor(node, takers, scale, source, actions) {
    Object.assign(this, { node, source, scale, actions });
    this.near = false;
    this.shown = FIRST_MAPS;
    this.element = document.createElement("section");
    this.element.className = "card";
    this.element.dataset.name = node.name;
    this.words = `${node.name} ${node.title}`.toLowerCase();
    this.maps = document.createElement("div");
    this.maps.className = "maps";
    this.maps.addEventListener("click", (event) => this.onClick(event));
    const content = document.createElement("div");
    content.className = "content";
    content.append(this.heading(), this.facts(), this.links(takers), this.maps);
    this.element.append(content);
  }

  heading() {
    const heading = document.createElement("h2");
    const open = Object.assign(document.createElement("button"), { textContent: this.node.name });
    open.addEventListener("click", () => this.actions.choose(this.node.name, 0));
    heading.append(open);
    return heading;
  }

  facts() {
    const { title, shape, parameters, multiply_adds: work } = this.node;
    const count = Object.values(parameters).reduce((sum, each) => sum + each.reduce((a, b) => a * b, 1), 0);
    const parts = [title, shape.join(" × ")];
    if (count) parts.push(`${count.toLocaleString()} ${text("parameters")}`);
    if (work) parts.push(`${work.toLocaleString()} ${text("multiplyAdds")}`);
    if (this.scale !== undefined) parts.push(`±${short(this.scale)}`);
    return Object.assign(document.createElement("p"), { className: "facts", textContent: parts.join(" · ") });
  }

  links(takers) {
    const line = Object.assign(document.createElement("p"), { className: "links" });
    const links = [...this.node.inputs.map((name) => ["←", name]), ...takers.map((name) => ["→", name])];
    for (const [arrow, name] of links) {
      const link = Object.assign(document.createElement("button"), { textContent: `${arrow} ${name}` });
      link.addEventListener("click", () => this.actions.jump(name));
      line.append(link);
    }
    return line;
  }

  /** Only what is near has pictures; a card that gives them back keeps its height, so that nothing moves. */
  setNear(near, height) {
    if (near === this.near || this.maps.contains(document.activeElement)) return;
    this.near = near;
    this.element.style.minHeight = near || !height ? "" : `${height}px`; // none: the search hides it
    this.maps.replaceChildren();
    if (near) this.extend(this.shown);
  }

  /** Add the next maps: first their places, which are as large as they will be. */
  extend(count) {
    const [rows, columns, channels] = spatial(this.node.shape);
    this.maps.querySelector(".more")?.remove();
    const first = this.maps.children.length;
    this.shown = Math.min(channels, first + count);
    const width = Math.min(Math.max(HEIGHT, Math.round((HEIGHT * columns) / rows)), WIDEST);
    for (let channel = first; channel < this.shown; channel++) {
      const button = Object.assign(document.createElement("button"), { className: "map" });
      button.dataset.channel = channel;
      button.setAttribute("aria-label", `${this.node.name}, ${text("channel")} ${channel}`);
      button.style.width = `${width}px`;
      this.maps.append(button);
    }
    if (channels > this.shown) this.maps.append(this.more(channels - this.shown));
    this.draw(first, this.shown);
  }

  more(left) {
    const words = text("more", { count: Math.min(left, MORE_MAPS) });
    const button = Object.assign(document.createElement("button"), { className: "more", textContent: words });
    button.setAttribute("aria-label", `${this.node.name}: ${words}`);
    return button;
  }

  async draw(first, last) {
    const { name, shape } = this.node;
    const array = await this.source.array(`y/${name}`, ...someChannels(shape, first, last - first), coarseness(shape));
    if (!array) return;
    for (const button of [...this.maps.children].slice(first, last)) { // none if it is far by now
      const canvas = document.createElement("canvas");
      drawMap(canvas, array, button.dataset.channel - first, this.scale ?? 1);
      button.replaceChildren(canvas);
    }
  }

  onClick(event) {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.channel) return this.actions.choose(this.node.name, Number(button.dataset.channel));
    const next = this.shown;
    this.extend(MORE_MAPS);
    this.maps.children[next].focus();
  }
}
