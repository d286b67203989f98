import { visibleText } from '../runtime/visible-text.ts';

const WIDEST = 60;

const cellOf = (value: unknown): string => {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  // Before it is measured: what is escaped gets longer.
  const line = visibleText(text);
  return line.length > WIDEST ? `${line.slice(0, WIDEST - 1)}…` : line;
};

/**
 * Rows as the lines of an aligned table for a terminal, numbers to the right; long values are cut.
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
    Math.max(name.length, ...cells.map((row) => row[index]?.length ?? 0)),
  );
  const isNumber = columns.map((_name, index) => rows.some((row) => typeof row[index] === 'number'));
  const lineOf = (row: readonly string[]): string =>
    row
      .map((cell, index) =>
        isNumber[index] ? cell.padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0),
      )
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return [lineOf(names), rule, ...cells.map(lineOf)];
};
