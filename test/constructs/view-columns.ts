const TOKENS = /--[^\n]*|'(?:[^'\\]|\\.)*'|`[^`]*`|[A-Za-z_]\w*|\S/g;

/** The items of a query's outermost SELECT, each as its tokens. */
const selectedIn = (query: string): readonly (readonly string[])[] => {
  const tokens = [...query.matchAll(TOKENS)]
    .map(([token]) => token)
    .filter((token) => !token.startsWith('--'));
  if (tokens[0]?.toUpperCase() !== 'SELECT') throw new Error(`no query that begins with SELECT: ${query}`);
  const items: string[][] = [[]];
  let depth = 0;
  for (const token of tokens.slice(1)) {
    if (depth === 0 && token.toUpperCase() === 'FROM') return items;
    if (token === '(' || token === '[') depth += 1;
    if (token === ')' || token === ']') depth -= 1;
    if (depth === 0 && token === ',') items.push([]);
    else items.at(-1)?.push(token);
  }
  throw new Error(`no FROM: ${query}`);
};

/**
 * The columns of a view, read from its query: the last word of each item of the outermost SELECT is the column's name.
 *
 * @param columnsOf the columns of a table by its name, for `SELECT *`
 * @throws Error when the query is no SELECT, or an item has no name
 * @example viewColumns('SELECT a, MAX(b) AS c FROM `acme.d.t`', () => []) // ['a', 'c']
 */
export const viewColumns = (
  query: string,
  columnsOf: (table: string) => readonly string[],
): readonly string[] =>
  selectedIn(query).flatMap((item) => {
    const name = item.at(-1) ?? '';
    if (item.join('') === '*') {
      const [, table = ''] = /\bFROM\s+`[^`]*\.(\w+)`/i.exec(query) ?? [];
      return columnsOf(table);
    }
    if (!/^[A-Za-z_]\w*$/.test(name) || name.toUpperCase() === 'END')
      throw new Error(`no name: ${item.join(' ')}`);
    return [name];
  });
