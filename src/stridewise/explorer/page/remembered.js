// Arrays that were asked for lately, up to so many bytes.

/** Answers by what was asked; the one whose last use is longest ago goes first. */
export class Remembered {
  constructor(most) {
    this.most = most;
    this.clear();
  }

  clear() {
    this.kept = new Map(); // the last one used is the last one in it
    this.size = 0;
  }

  /** The promise of an array; `load` makes it if nobody remembers. */
  get(key, load) {
    const entry = this.kept.get(key) ?? { size: 0, array: null };
    this.kept.delete(key);
    this.kept.set(key, entry);
    entry.array ??= load().then(
      (array) => {
        if (this.kept.get(key) === entry) this.weigh(entry, array?.data.byteLength ?? 0);
        return array;
      },
      (error) => {
        if (this.kept.get(key) === entry) this.kept.delete(key); // the next one may have more luck
        throw error;
      },
    );
    return entry.array;
  }

  weigh(entry, size) {
    entry.size = size;
    this.size += size;
    for (const [key, oldest] of this.kept) {
      if (this.size <= this.most) return;
      this.kept.delete(key);
      this.size -= oldest.size;
    }
  }
}
