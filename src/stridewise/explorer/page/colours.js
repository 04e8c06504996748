// Blue for what is below zero, orange for what is above, white at zero; one scale a layer.

const BELOW = [33, 102, 172];
const ABOVE = [179, 88, 6];
const ZERO = [247, 247, 247];
const NOT_A_NUMBER = [200, 60, 160];

/** The largest size of a finite number. */
export function scaleOf(data) {
  let most = 0;
  for (const value of data) if (Number.isFinite(value) && Math.abs(value) > most) most = Math.abs(value);
  return most || 1;
}

/** Red, green and blue of a number on a scale. */
export function colour(value, scale) {
  if (Number.isNaN(value)) return NOT_A_NUMBER;
  const share = Math.sqrt(Math.min(Math.abs(value) / scale, 1));
  const end = value < 0 ? BELOW : ABOVE;
  return ZERO.map((from, at) => Math.round(from + (end[at] - from) * share));
}

export function css([red, green, blue]) {
  return `rgb(${red} ${green} ${blue})`;
}

/** Black or white, whichever is read more easily on a colour (WCAG 2, relative luminance). */
export function ink(rgb) {
  const [r, g, b] = rgb.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.18 ? "#000" : "#fff";
}
