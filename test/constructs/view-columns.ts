const TOKENS = /--[^\n]*|'(?:[^'\\]|\\.)*'|`[^`]*`|[A-Za-z_]\w*|\S/g;

/** A `*` is of this table. */
const WHOLE = /^(?:\s*--.*\n)*\s*SELECT\s+\*\s+FROM\s+`[^`]*\.(\w+)`/i;

/** Where the outermost SELECT begins: at once, or after what stands in a WITH; else -1. */
const selectAt = (tokens: readonly string[]): number => {
  if (tokens[0]?.toUpperCase() !== 'WITH') return tokens[0]?.toUpperCase() === 'SELECT' ? 0 : -1;
  let depth = 0;
  return tokens.findIndex((token) => {
    if (token === '(') depth += 1;
    if (token === ')') depth -= 1;
    return depth === 0 && token.toUpperCase() === 'SELECT';
  });
};

/** The items of a query's outermost SELECT, each as its tokens. */
const selectedIn = (query: string): readonly (readonly string[])[] => {
  const tokens = [...query.matchAll(TOKENS)]
    .map(([token]) => token)
    .filter((token) => !token.startsWith('--'));
  const select = selectAt(tokens);
  if (select === -1) throw new Error(`no query that begins with SELECT or WITH: ${query}`);
  const items: string[][] = [[]];
  let depth = 0;
  for (const token of tokens.slice(select + 1)) {
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
 * @throws Error when the query is no SELECT, an item has no name, or `*` is of no table
 * @example viewColumns('SELECT a, MAX(b) AS c FROM `acme.d.t`', () => []) // ['a', 'c']
 */
export const viewColumns = (
  query: string,
  columnsOf: (table: string) => readonly string[],
): readonly string[] =>
  selectedIn(query).flatMap((item) => {
    const name = item.at(-1) ?? '';
    if (item.join('') === '*') {
      const [, table] = WHOLE.exec(query) ?? [];
      if (table === undefined) throw new Error(`no table for *: ${query}`);
      return columnsOf(table);
    }
    if (!/^[A-Za-z_]\w*$/.test(name) || name.toUpperCase() === 'END')
      throw new Error(`no name: ${item.join(' ')}`);
    return [name];
  });
