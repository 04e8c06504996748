// Branches of a network beside the list of its layers: from a producer to those that take it further down.

const MOST_LANES = 4;

/**
 * For every entry of the list the pieces of rail beside it: `{lane, kind}`, where the kind is
 * `start`, `through`, `stop` (a taker that is not the last) or `end`; and how many lanes there are.
 * What the next entry takes needs no rail. Where all lanes are taken, a branch has none.
 */
export function rails(entries) {
  const place = new Map(entries.map(({ name }, at) => [name, at]));
  const takers = entries.map(() => new Set());
  entries.forEach(({ inputs }, at) => {
    for (const name of inputs) if (place.has(name) && at > place.get(name) + 1) takers[place.get(name)].add(at);
  });
  const pieces = entries.map(() => []);
  const freeFrom = []; // by lane: the entry from which on nothing runs there
  takers.forEach((taken, from) => {
    if (!taken.size) return;
    const to = Math.max(...taken);
    let lane = freeFrom.findIndex((free) => free <= from);
    if (lane < 0) lane = freeFrom.length;
    if (lane === MOST_LANES) return;
    freeFrom[lane] = to + 1;
    for (let at = from; at <= to; at++) {
      const kind = at === from ? "start" : at === to ? "end" : taken.has(at) ? "stop" : "through";
      pieces[at].push({ lane, kind });
    }
  });
  return { pieces, lanes: freeFrom.length };
}

/** The pieces beside one entry as elements; the links of the entry say the same in words. */
export function drawnRails(pieces) {
  const found = document.createElement("div");
  found.className = "rails";
  found.setAttribute("aria-hidden", "true");
  for (const { lane, kind } of pieces) {
    const piece = document.createElement("i");
    piece.className = kind;
    piece.style.setProperty("--lane", lane);
    found.append(piece);
  }
  return found;
}
