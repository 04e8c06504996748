// Maps as pictures: one canvas a channel, coarse where a map is larger than its picture.

import { colour } from "stridewise/colours";

/** Pixels that a side of a small picture needs; it has less than twice as many. */
const PIXELS = 32;

/** Shades from zero to either end: more than the eye or a screen tells apart. */
const SHADES = 512;
// The shades by the square root of the share of the scale, as `colour` has them; NaN is the last one.
const shades = Array.from({ length: 2 * SHADES + 1 }, (_, at) => colour((at - SHADES) * Math.abs(at - SHADES), SHADES ** 2));
const pixels = new Uint32Array(Uint8Array.from([...shades, colour(NaN, 1)].flatMap((rgb) => [...rgb, 255])).buffer);

let picture; // the last one, which the next map of the same size is drawn into: a layer has hundreds

/** Draw one channel of an array (rows, columns, channels). */
export function drawMap(canvas, array, channel, scale) {
  const [rows, columns, channels] = spatial(array.shape);
  if (canvas.width !== columns || canvas.height !== rows) Object.assign(canvas, { width: columns, height: rows });
  // It is only ever put there: the memory of a graphics card would be in the way.
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (picture?.width !== columns || picture.height !== rows) picture = context.createImageData(columns, rows);
  const into = new Uint32Array(picture.data.buffer);
  for (let at = 0; at < into.length; at++) {
    const value = array.data[at * channels + channel];
    const share = Math.sqrt(Math.min(Math.abs(value) / scale, 1));
    into[at] = pixels[Number.isNaN(value) ? pixels.length - 1 : SHADES + Math.round(value < 0 ? -share * SHADES : share * SHADES)];
  }
  context.putImageData(picture, 0, 0);
}

/**
 * Rows, columns and channels of a tensor of any rank: slices of a volume lie below one another,
 * and what has no channels is one row of numbers.
 */
export function spatial(shape) {
  if (shape.length < 2) return [1, shape[0] ?? 1, 1];
  const rows = shape.slice(0, -2).reduce((a, b) => a * b, 1);
  return [rows, ...shape.slice(-2)];
}

/** Which channels to ask for: `count` from `first` on; all that there is where `spatial` sees no channels. */
export function someChannels(shape, first, count) {
  return shape.length < 2 ? [0, -1] : [first, first + count];
}

/** The step that leaves of a map what a small picture needs. */
export function coarseness(shape) {
  return Math.max(1, Math.floor(Math.max(...shape.slice(0, -1)) / PIXELS));
}
