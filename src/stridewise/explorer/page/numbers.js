// Numbers for people: two decimals in a grid, all digits on demand, sums that visibly add up.

const MINUS = "−";

/** Few digits, for a cell. */
export function short(value, digits = 2, places = 1) {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value < 0 ? MINUS + "∞" : "∞";
  const size = Math.abs(value);
  const text = size !== 0 && (size < 5e-3 || size >= 1e4) ? Number(size.toPrecision(places + 1)).toExponential().replace("e+", "e") : size.toFixed(digits);
  return (value < 0 && Number(text) !== 0 ? MINUS : "") + text;
}

/** As many digits as a cell has room for: fewer decimals for larger numbers. */
export function brief(value, digits) {
  const size = Math.abs(value);
  return short(value, size < 10 ? digits : size < 100 ? Math.min(digits, 1) : 0, 0);
}

/** Hundredths, or so many decimals, of whatever size. */
export function fixed(value, digits = 2) {
  if (!Number.isFinite(value)) return short(value);
  const text = Math.abs(value).toFixed(digits);
  return (value < 0 && Number(text) !== 0 ? MINUS : "") + text;
}

/** An integer, with the minus of typography. */
export function whole(value) {
  return String(value).replace("-", MINUS);
}

/** All digits that float32 has. */
export function full(value) {
  return Number.isFinite(value) ? String(Number(value.toPrecision(9))).replace("-", MINUS) : short(value);
}

/** As many decimals as terms need to be more than zeros: two if any of them is a tenth. */
export function decimalsFor(terms) {
  const most = terms.reduce((size, term) => Math.max(size, Math.abs(term)), 0);
  return Number.isFinite(most) && most > 0 ? Math.min(Math.max(2, 1 - Math.floor(Math.log10(most))), 12) : 2;
}

/**
 * Terms rounded, to hundredths or to so many decimals, so that they add up to the sum as `fixed`
 * shows it: the largest rests are rounded up, as seats are given out in elections.
 */
export function addingUp(terms, sum, digits = 2) {
  if (![...terms, sum].every(Number.isFinite)) return terms.map((term) => short(term));
  const unit = 10 ** digits;
  const parts = terms.map((term) => Math.floor(term * unit));
  let lacking = Math.round(Number(sum.toFixed(digits)) * unit) - parts.reduce((a, b) => a + b, 0);
  const rests = terms.map((term, number) => [term * unit - parts[number], number]);
  rests.sort((a, b) => b[0] - a[0]);
  for (const [, number] of rests) {
    if (lacking <= 0) break;
    parts[number] += 1;
    lacking -= 1;
  }
  if (lacking !== 0) return terms.map((term) => short(term)); // rounding elsewhere: do not pretend
  return parts.map((part) => fixed(part / unit, digits));
}
