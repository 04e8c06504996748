// Which cells of a window hold its largest number.

/** The first one first; a NaN wins alone. */
export function winning(view, cells) {
  const inside = cells.filter((cell) => cell.inside).map((cell) => [cell, view.x(cell.row, cell.column, view.state.output)]);
  const odd = inside.find(([, value]) => Number.isNaN(value));
  if (odd) return [odd[0]];
  const most = Math.max(...inside.map(([, value]) => value));
  return inside.filter(([, value]) => value === most).map(([cell]) => cell);
}
