import { atExit } from './at-exit.ts';

/**
 * Work that need not be done before the next answer: what is given in one turn of the event loop is done together at its end, or
 * when the process exits, also by an uncaught error. Done so, it costs less, and answers do not wait for it.
 *
 * @param work is given the items of a turn, at least one
 * @example
 * const write = afterTurn((lines: readonly string[]) => file.write(lines.join('')));
 * write('a line\n');
 */
export const afterTurn = <T>(work: (items: readonly T[]) => void): ((item: T) => void) => {
  let items: T[] = [];
  const flush = (): void => {
    const some = items;
    items = [];
    if (some.length > 0) work(some);
  };
  atExit(flush);
  return (item) => {
    if (items.length === 0) setImmediate(flush);
    items.push(item);
  };
};
