const MOST_EDITS = 3;

/** How many letters must be put in, taken out or changed to turn one word into the other. */
const edits = (one: string, other: string): number => {
  let above = Array.from({ length: other.length + 1 }, (_none, index) => index);
  for (const [row, letter] of [...one].entries()) {
    const line = [row + 1];
    for (const [column, wanted] of [...other].entries()) {
      const changed = (above[column] ?? 0) + (letter === wanted ? 0 : 1);
      line.push(Math.min(changed, (above[column + 1] ?? 0) + 1, (line[column] ?? 0) + 1));
    }
    above = line;
  }
  return above.at(-1) ?? 0;
};

/** The name that was probably meant, if one is near. */
export const nearName = (written: string, names: readonly string[]): string | undefined => {
  if (written.length > 40) return undefined;
  const [best] = names
    .map((name) => ({ name, distance: edits(written.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, distance }) => distance <= Math.min(MOST_EDITS, Math.floor(name.length / 3)))
    .sort((one, other) => one.distance - other.distance);
  return best?.name;
};
