/** A text, a quoted name, a word, or any other character. */
const TOKEN = /'(?:[^']|'')*'|"(?:[^"]|"")*"|\w+|\S/g;

/** What may follow a QUALIFY's condition. */
const AFTER: ReadonlySet<string> = new Set(['WINDOW', 'ORDER', 'LIMIT', 'UNION', 'INTERSECT', 'EXCEPT', ';']);

const MOST = 20;

interface Token {
  readonly word: string;
  /** Where it begins. */
  readonly at: number;
  /** In how many parentheses it stands; a parenthesis itself stands outside. */
  readonly depth: number;
}

const tokensOf = (sql: string): readonly Token[] => {
  let depth = 0;
  return [...sql.matchAll(TOKEN)].map(({ 0: text, index: at }) => {
    if (text === ')') depth -= 1;
    const token = { word: text.toUpperCase(), at, depth };
    if (text === '(') depth += 1;
    return token;
  });
};

const has = (tokens: readonly Token[], wanted: string): boolean => tokens.some(({ word }) => word === wanted);

/**
 * The rows of a source that a condition keeps. Where all of their columns are asked for, a row is taken as a whole, so that the
 * condition is not one of them; that is slower, since then no column can be left out and no filter can be applied before.
 */
const keptRows = (isWhole: boolean, source: string, condition: string): string => {
  if (!isWhole)
    return `SELECT * FROM (SELECT *, (${condition}) AS _is_kept ${source}) AS _judged WHERE _is_kept`;
  const judged = `SELECT _row, (${condition}) AS _is_kept FROM (SELECT * ${source}) AS _row`;
  return `SELECT (_judged._row).* FROM (${judged}) AS _judged WHERE _judged._is_kept`;
};

/** The SELECT that a QUALIFY belongs to, in PostgreSQL's words; undefined where it is of a kind that is not understood. */
const withoutOne = (sql: string, tokens: readonly Token[], qualify: Token): string | undefined => {
  const isBeside = ({ depth }: Token): boolean => depth === qualify.depth;
  const before = tokens.filter(({ at }) => at < qualify.at);
  const select = before.findLast((token) => isBeside(token) && token.word === 'SELECT');
  const from = before.find(
    (token) => isBeside(token) && token.word === 'FROM' && token.at > (select?.at ?? 0),
  );
  if (select === undefined || from === undefined) return undefined;
  const after = tokens.filter(({ at }) => at > qualify.at);
  const next = after.find(
    (token) => token.depth < qualify.depth || (isBeside(token) && AFTER.has(token.word)),
  );
  const end = next?.at ?? sql.length;
  const listed = before.filter(({ at }) => at > select.at && at < from.at);
  const isSimple =
    !has(listed, 'OVER') &&
    !has(
      before.filter((token) => isBeside(token) && token.at > from.at),
      'GROUP',
    ) &&
    has(
      after.filter(({ at }) => at < end),
      'OVER',
    );
  if (!isSimple) return undefined;
  const list = sql.slice(select.at + 'SELECT'.length, from.at).trim();
  const source = sql.slice(from.at, qualify.at).trim();
  const condition = sql.slice(qualify.at + 'QUALIFY'.length, end).trim();
  const kept = keptRows(has(listed.filter(isBeside), '*'), source, condition);
  return `${sql.slice(0, select.at)}SELECT ${list} FROM (${kept}) AS _kept ${sql.slice(end)}`.trimEnd();
};

/**
 * Puts subqueries in the place of QUALIFY, which PostgreSQL lacks: any condition with window functions over the columns of
 * the SELECT's source. A SELECT that groups, or has window functions in its list, is left as it is, for PostgreSQL to refuse: there the
 * condition would be judged over other rows than in BigQuery.
 *
 * One that is left makes PostgreSQL refuse the query, so that those behind it are not looked at: the work grows with the length of the
 * query and no more.
 *
 * @param sql without comments, and with texts and names quoted as PostgreSQL does
 * @param most how many are put; further ones are left as they are
 * @example withoutQualify('SELECT a FROM t QUALIFY RANK() OVER (ORDER BY b) < 3')
 */
export const withoutQualify = (sql: string, most = MOST): string => {
  const tokens = tokensOf(sql);
  const qualify = tokens.find(({ word }) => word === 'QUALIFY');
  if (qualify === undefined || most === 0) return sql;
  const without = withoutOne(sql, tokens, qualify);
  return without === undefined ? sql : withoutQualify(without, most - 1);
};
