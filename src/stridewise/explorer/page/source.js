// Where the numbers come from: a server, the page itself, or a notebook. All answer alike.

import { text } from "stridewise/messages";
import { Remembered } from "stridewise/remembered";

const MOST_REMEMBERED = 64e6; // bytes
const FIELDS = ["element", "of", "size", "scale", "mean", "std"];

function array(buffer, shape) {
  return { shape, data: new Float32Array(buffer) };
}

function decoded(letters) {
  const bytes = Uint8Array.from(atob(letters), (character) => character.charCodeAt(0));
  return bytes.buffer;
}

/** A server on this machine, which wants the token of the page's address. */
export class ServerSource {
  constructor(token) {
    this.token = token;
    this.known = new Remembered(MOST_REMEMBERED);
  }

  async trace() {
    return this.shown(await this.answered("trace"));
  }

  /** An array, or some channels of it; what was asked for lately is not fetched again. */
  array(name, first = 0, last = -1, step = 1) {
    return this.known.get(`${name}:${first}:${last}:${step}`, () => this.fetched(name, first, last, step));
  }

  async fetched(name, first, last, step) {
    const { run, scales } = this.document;
    if (!Object.hasOwn(scales, name)) return null;
    const answer = await this.answered("array", { run, name, first, last, step }).catch((error) => this.stillWanted(run, error));
    const buffer = await answer.arrayBuffer();
    return this.stillWanted(run) ?? array(buffer, JSON.parse(answer.headers.get("X-Shape")));
  }

  /** Whoever asked for numbers of an earlier run is gone, and waits for ever. */
  stillWanted(run, error) {
    if (run !== this.document.run) return new Promise(() => {});
    if (error) throw error;
    return null;
  }

  /** Let something else be shown: another element, image or model. */
  async ask({ kind, file, ...options }) {
    const given = FIELDS.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]);
    if (kind === "model") given.push(["title", file.name]);
    return this.shown(await this.answered(kind, Object.fromEntries(given), { method: "POST", body: file }));
  }

  async answered(path, query = {}, options = {}) {
    const answer = await fetch(`${path}?${new URLSearchParams({ token: this.token, ...query })}`, options).catch(() => {
      throw new Error(text(options.body ? "notTaken" : "noServer"));
    });
    if (!answer.ok) throw new Error(await answer.text());
    return answer;
  }

  async shown(answer) {
    this.document = await answer.json();
    this.known.clear();
    return this.document;
  }
}

/** Everything is in the page. */
export class EmbeddedSource {
  constructor(content) {
    this.content = content;
  }

  async trace() {
    return { ...this.content.trace, questions: [] };
  }

  async array(name, first = 0, last = -1, step = 1) {
    const found = this.content.arrays[name];
    if (!found) return null;
    found.array ??= array(decoded(found.data), found.shape);
    return part(found.array, first, last, step);
  }
}

/** Some channels of an array that is there as a whole, at every step-th place. */
function part(whole, first, last, step) {
  const { shape, data } = whole;
  if (!shape.length || (last < 0 && step === 1)) return whole;
  const count = shape.at(-1);
  const begin = last < 0 ? 0 : Math.min(first, count);
  const end = last < 0 ? count : Math.max(begin, Math.min(last, count));
  const places = shape.slice(0, -1).map((size) => Array.from({ length: Math.ceil(size / step) }, (_, at) => at * step));
  const rows = places.reduce((starts, along, axis) => starts.flatMap((start) => along.map((at) => start * shape[axis] + at)), [0]);
  const width = end - begin;
  const kept = new Float32Array(rows.length * width);
  rows.forEach((row, at) => kept.set(data.subarray(row * count + begin, row * count + end), at * width));
  return { shape: [...places.map((along) => along.length), width], data: kept };
}
