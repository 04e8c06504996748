// A notebook's kernel as the source of numbers: this page is in a frame, and asks its parent.

import { tell } from "stridewise/asking";
import { text } from "stridewise/messages";
import { Remembered } from "stridewise/remembered";

const MOST_REMEMBERED = 64e6; // bytes
// Servers of notebooks end a connection on which a message of more than 10 MB comes.
const PIECE = 4e6;
const PATIENCE = 10_000; // milliseconds

export class FrameSource {
  constructor() {
    this.known = new Remembered(MOST_REMEMBERED);
    this.waiting = new Map();
    // Other frames of the same widget count their questions too.
    this.name = crypto.getRandomValues(new Uint32Array(4)).join("-");
    this.count = 0;
    addEventListener("message", ({ source, data }) => {
      if (source === parent) this.hear(data);
    });
    const { body } = document;
    new ResizeObserver(() => parent.postMessage({ kind: "height", height: body.offsetHeight }, "*")).observe(body);
  }

  async trace() {
    const slow = setTimeout(() => tell(text("noKernel")), PATIENCE);
    const opened = await this.opened({ kind: "trace" });
    clearTimeout(slow);
    tell("");
    return opened;
  }

  /** An array, or some channels of it, or every so many-th element; null if there is none. */
  array(name, first = 0, last = -1, step = 1) {
    const question = { kind: "array", run: this.run, name, first, last, step };
    return this.known.get(JSON.stringify(question), () => this.fetched(question));
  }

  async fetched(question) {
    const { shape, buffer, error } = await this.asked(question).catch((error) => ({ error }));
    if (question.run !== this.run) return new Promise(() => {}); // whoever asked is gone
    if (error) throw error;
    return shape && { shape, data: new Float32Array(buffer) };
  }

  /** Let something else be shown: another class, image, model. */
  async ask({ file, ...question }) {
    if (!file) return this.opened(question);
    return this.opened({ ...question, title: file.name, file: await this.sent(file, question.kind) });
  }

  async opened(question) {
    const { document: opened } = await this.asked(question);
    this.run = opened.run;
    this.known.clear();
    return opened;
  }

  /** Send a file in pieces; gives the name that it has in the kernel. */
  async sent(file, of) {
    const name = `${this.name}-${this.count}`;
    for (let at = 0; at < file.size; at += PIECE) {
      const buffer = await file.slice(at, at + PIECE).arrayBuffer();
      await this.asked({ kind: "piece", file: name, of, at }, buffer);
    }
    return name;
  }

  asked(question, buffer) {
    const id = `${this.name}-${this.count++}`;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      parent.postMessage({ ...question, id, buffer }, "*", buffer ? [buffer] : []);
    });
  }

  hear(answer) {
    const waiting = this.waiting.get(answer?.id);
    this.waiting.delete(answer?.id);
    if (answer?.error) waiting?.reject(new Error(answer.error));
    else waiting?.resolve(answer);
  }
}
