// The network view: every layer in order, with its maps; a map that is chosen opens the layer.

import { Card } from "stridewise/card";
import { strip } from "stridewise/legend";
import { text } from "stridewise/messages";
import { watch } from "stridewise/nearness";
import { drawnRails, rails } from "stridewise/rails";
import { searchField } from "stridewise/search";

export class NetworkView {
  constructor(element, trace, source, choose) {
    this.element = element;
    const inputs = trace.inputs.map((name) => ({ name, title: text("input"), inputs: [], shape: trace.tensors[name], parameters: {}, multiply_adds: 0, window: null }));
    const nodes = [...inputs, ...trace.nodes];
    const takers = new Map(nodes.map(({ name }) => [name, []]));
    for (const node of trace.nodes) for (const name of new Set(node.inputs)) takers.get(name)?.push(node.name);
    const actions = { choose, jump: (name) => this.jump(name) };
    this.cards = new Map(nodes.map((node) => [node.name, new Card(node, takers.get(node.name), trace.scales[`y/${node.name}`], source, actions)]));
    const list = [...this.cards.values()];
    this.addRails(nodes, list);
    element.setAttribute("aria-label", text("network"));
    const top = document.createElement("div");
    top.className = "top";
    top.append(...searchField((words) => this.find(words), () => this.goToFirst()), legend());
    element.replaceChildren(top, ...list.map((card) => card.element));
    watch(element, list.map((card) => card.element), (one, near, height) => this.cards.get(one.dataset.name).setNear(near, height));
  }

  addRails(nodes, list) {
    const { pieces, lanes } = rails(nodes);
    this.element.style.setProperty("--lanes", lanes);
    list.forEach((card, at) => {
      card.element.classList.toggle("follows", at > 0 && nodes[at].inputs.includes(nodes[at - 1].name));
      if (pieces[at].length) card.element.prepend(drawnRails(pieces[at]));
    });
  }

  /** Show the layers whose name or type has the words in it; gives their number. */
  find(words) {
    let count = 0;
    for (const card of this.cards.values()) {
      card.element.hidden = !card.words.includes(words);
      count += !card.element.hidden;
    }
    this.element.classList.toggle("searched", words !== ""); // then neighbours in the list are none in the network
    return count;
  }

  goToFirst() {
    const card = [...this.cards.values()].find((each) => !each.element.hidden);
    if (card) this.jump(card.node.name);
  }

  jump(name) {
    const card = this.cards.get(name);
    if (!card) return;
    card.element.hidden = false;
    card.element.scrollIntoView({ block: "center" });
    card.element.querySelector("h2 button").focus({ preventScroll: true });
  }

  /** Bring a layer's card into view, and move nothing but the list for it. */
  reveal(name) {
    const card = this.cards.get(name)?.element;
    if (!card) return;
    const [list, own] = [this.element, card].map((each) => each.getBoundingClientRect());
    if (own.top < list.top || own.bottom > list.bottom) this.element.scrollTop += own.top - list.top - list.height / 3;
  }

  /** Show which layer is open. */
  select(name) {
    for (const card of this.cards.values()) card.element.classList.toggle("open", card.node.name === name);
  }
}

/** The scale of colours, with its ends. */
function legend() {
  const canvas = strip();
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", text("mapLegend"));
  const line = Object.assign(document.createElement("p"), { className: "scale" });
  const end = (sign) => Object.assign(document.createElement("span"), { textContent: sign });
  line.append(end("−"), canvas, end("+"));
  line.title = text("mapLegend");
  return line;
}
