// Lines of text that fit a width: a picture does not break lines by itself.

/** Characters that are twice as wide: those of Chinese, and its punctuation. */
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u;

/** A text broken at its spaces, and within a word only where that alone is too long. */
export function wrapped(text, columns) {
  const lines = [];
  for (const paragraph of text.split("\n")) {
    let [line, used] = ["", 0];
    for (const word of paragraph.split(/(?<=\s)/u)) {
      const letters = [...word];
      const length = letters.reduce((sum, letter) => sum + widthOf(letter), 0);
      if (line && used + length > columns && length <= columns) [line, used] = [taken(lines, line), 0];
      for (const letter of letters) {
        if (used + widthOf(letter) > columns) [line, used] = [taken(lines, line), 0];
        line += letter;
        used += widthOf(letter);
      }
    }
    lines.push(line.trimEnd());
  }
  return lines;
}

function taken(lines, line) {
  lines.push(line.trimEnd());
  return "";
}

function widthOf(letter) {
  return WIDE.test(letter) ? 2 : 1;
}
