// The network view: every layer in order, with its maps; a map that is chosen opens the layer.

import { scaleOf } from "stridewise/colours";
import { drawMap, someChannels, spatial, whenSeen } from "stridewise/maps";
import { text } from "stridewise/messages";

const MOST_MAPS = 16;

export class NetworkView {
  constructor(element, trace, source, choose) {
    this.trace = trace;
    this.source = source;
    this.choose = choose;
    const inputs = trace.inputs.map((name) => ({ name, title: text("input"), inputs: [], shape: trace.tensors[name], parameters: {}, multiply_adds: 0, window: null }));
    this.cards = [...inputs, ...trace.nodes].map((node) => this.card(node));
    this.element = element;
    element.replaceChildren(this.search(), ...this.cards);
  }

  search() {
    const field = document.createElement("input");
    field.type = "search";
    field.placeholder = text("search");
    field.setAttribute("aria-label", text("search"));
    field.addEventListener("input", () => {
      const wanted = field.value.toLowerCase();
      for (const card of this.cards) card.hidden = !card.dataset.words.includes(wanted);
    });
    return field;
  }

  card(node) {
    const card = document.createElement("section");
    card.className = "card";
    card.dataset.name = node.name;
    card.dataset.words = `${node.name} ${node.title}`.toLowerCase();
    const heading = document.createElement("h2");
    const open = document.createElement("button");
    open.textContent = node.name;
    open.addEventListener("click", () => this.choose(node.name, 0));
    heading.append(open);
    const facts = document.createElement("p");
    facts.className = "facts";
    facts.textContent = this.facts(node);
    const maps = document.createElement("div");
    maps.className = "maps";
    card.append(heading, facts, this.links(node), maps);
    whenSeen(maps, () => this.fill(maps, node));
    return card;
  }

  facts(node) {
    const numbers = Object.values(node.parameters).reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 1), 0);
    const parts = [node.title, node.shape.join(" × ")];
    if (numbers) parts.push(`${numbers.toLocaleString()} ${text("parameters")}`);
    if (node.multiply_adds) parts.push(`${node.multiply_adds.toLocaleString()} ${text("multiplyAdds")}`);
    return parts.join(" · ");
  }

  links(node) {
    const line = document.createElement("p");
    line.className = "links";
    const takers = this.trace.nodes.filter((each) => each.inputs.includes(node.name)).map((each) => each.name);
    const links = [...node.inputs.map((name) => ["←", name]), ...takers.map((name) => ["→", name])];
    for (const [arrow, name] of links) {
      const link = document.createElement("button");
      link.textContent = `${arrow} ${name}`;
      link.addEventListener("click", () => this.jump(name));
      line.append(link);
    }
    return line;
  }

  jump(name) {
    const card = this.cards.find((each) => each.dataset.name === name);
    card?.scrollIntoView({ block: "center" });
    card?.querySelector("button").focus();
  }

  async fill(element, node) {
    const [, , channels] = spatial(node.shape);
    const shown = Math.min(channels, MOST_MAPS);
    const array = await this.source.array(`y/${node.name}`, ...someChannels(node.shape, 0, shown));
    if (!array) return;
    const scale = scaleOf(array.data);
    for (let channel = 0; channel < shown; channel++) {
      const button = document.createElement("button");
      button.className = "map";
      button.setAttribute("aria-label", `${node.name}, ${text("channel")} ${channel}`);
      const canvas = document.createElement("canvas");
      drawMap(canvas, array, channel, scale);
      button.append(canvas);
      button.addEventListener("click", () => this.choose(node.name, channel));
      element.append(button);
    }
    if (channels > shown) element.append(Object.assign(document.createElement("span"), { textContent: `+ ${channels - shown}`, className: "more" }));
  }

  /** Show which layer is open. */
  select(name) {
    for (const card of this.cards) card.classList.toggle("open", card.dataset.name === name);
  }
}
