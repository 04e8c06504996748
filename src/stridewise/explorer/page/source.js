// Where the numbers come from: a server, the page itself, or a notebook. All answer alike.

function array(buffer, shape) {
  return { shape, data: new Float32Array(buffer) };
}

function decoded(text) {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  return bytes.buffer;
}

/** A server on this machine, which wants the token of the page's address. */
export class ServerSource {
  constructor(token) {
    this.token = token;
    this.known = new Map();
  }

  async trace() {
    const answer = await fetch(`trace?token=${this.token}`);
    if (!answer.ok) throw new Error(await answer.text());
    return answer.json();
  }

  /** An array, or some channels of it; what was asked for before is not fetched again. */
  array(name, first = 0, last = -1, step = 1) {
    const key = `${name}:${first}:${last}:${step}`;
    if (!this.known.has(key)) this.known.set(key, this.fetched(name, first, last, step));
    return this.known.get(key);
  }

  async fetched(name, first, last, step) {
    const query = new URLSearchParams({ token: this.token, name, first, last, step });
    const answer = await fetch(`array?${query}`);
    if (answer.status === 404) return null;
    if (!answer.ok) throw new Error(await answer.text());
    return array(await answer.arrayBuffer(), JSON.parse(answer.headers.get("X-Shape")));
  }
}

/** Everything is in the page. */
export class EmbeddedSource {
  constructor(content) {
    this.content = content;
  }

  async trace() {
    return this.content.trace;
  }

  async array(name, first = 0, last = -1, step = 1) {
    const found = this.content.arrays[name];
    if (!found) return null;
    found.array ??= array(decoded(found.data), found.shape);
    return coarser(channels(found.array, first, last), step);
  }
}

/** Every step-th element of all axes before the channels. */
function coarser(whole, step) {
  if (step === 1 || whole.shape.length < 2) return whole;
  const width = whole.shape.at(-1);
  let starts = [0]; // of the rows of channels that stay
  for (const size of whole.shape.slice(0, -1)) {
    const kept = Array.from({ length: Math.ceil(size / step) }, (_, at) => at * step);
    starts = starts.flatMap((start) => kept.map((place) => start * size + place));
  }
  const data = new Float32Array(starts.length * width);
  starts.forEach((start, at) => data.set(whole.data.subarray(start * width, (start + 1) * width), at * width));
  return { shape: [...whole.shape.slice(0, -1).map((size) => Math.ceil(size / step)), width], data };
}

/** Some channels of an array that is there as a whole. */
function channels(whole, first, last) {
  if (last < 0 || !whole.shape.length) return whole;
  const count = whole.shape.at(-1);
  const end = Math.min(last, count);
  const width = end - first;
  const rows = whole.data.length / count;
  const data = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) {
    data.set(whole.data.subarray(row * count + first, row * count + end), row * width);
  }
  return { shape: [...whole.shape.slice(0, -1), width], data };
}
