import type { Reference } from './provider-schema-references.ts';

/**
 * The circles in which parts of a stack wait for each other, each once, as the addresses on the way.
 *
 * @example cyclesIn([a to b, b to a]) // [['a', 'b', 'a']]
 */
export const cyclesIn = (references: readonly Reference[]): readonly (readonly string[])[] => {
  // A variable names itself in the condition of its own validation.
  const waits = references.filter(({ owner, target }) => owner !== target || !owner.startsWith('var.'));
  const next = Map.groupBy(waits, ({ owner }) => owner);
  const done = new Set<string>();
  const cycles: string[][] = [];
  const visit = (address: string, way: readonly string[]): void => {
    const start = way.indexOf(address);
    if (start >= 0) cycles.push([...way.slice(start), address]);
    if (start >= 0 || done.has(address)) return;
    const targets = new Set((next.get(address) ?? []).map(({ target }) => target));
    for (const target of targets) visit(target, [...way, address]);
    done.add(address);
  };
  for (const address of next.keys()) visit(address, []);
  return cycles;
};
