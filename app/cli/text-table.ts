import { visibleText } from '../runtime/visible-text.ts';
import { cutToWidth, padToWidth, textWidth } from './text-width.ts';

/** Cells of a terminal. */
const WIDEST = 60;

const cellOf = (value: unknown): string => {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  // Before it is measured: what is escaped gets longer.
  return cutToWidth(visibleText(text), WIDEST);
};

/**
 * Rows as the lines of an aligned table for a terminal, numbers to the right; long values are cut between characters.
 *
 * @example textTable(['n'], [[1]]) // ['n', '-', '1']
 */
export const textTable = (
  columns: readonly string[],
  rows: readonly (readonly unknown[])[],
): readonly string[] => {
  const names = columns.map(visibleText);
  const cells = rows.map((row) => row.map(cellOf));
  const widths = names.map((name, index) =>
    cells.reduce((most, row) => Math.max(most, textWidth(row[index] ?? '')), textWidth(name)),
  );
  const isNumber = columns.map((_name, index) => rows.some((row) => typeof row[index] === 'number'));
  const lineOf = (row: readonly string[]): string =>
    row
      .map((cell, index) => padToWidth(cell, widths[index] ?? 0, isNumber[index] ? 'start' : 'end'))
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return [lineOf(names), rule, ...cells.map(lineOf)];
};
