import { withoutQualify } from './without-qualify.ts';

/** What the views and the queries of users are written in is BigQuery's SQL; these are the words that PostgreSQL lacks. */
interface Rule {
  readonly find: RegExp;
  readonly put: string;
}

const UNIT = '(MICROSECOND|MILLISECOND|SECOND|MINUTE|HOUR|DAY|WEEK|MONTH|QUARTER|YEAR)';

/**
 * Applied to what is neither text, comment nor quoted name, in this order. All else that differs (COUNTIF, SAFE_DIVIDE, IF,
 * TIMESTAMP_DIFF, types such as INT64) exists in the local database as functions and types of those names.
 */
const RULES: readonly Rule[] = [
  { find: new RegExp(`\\bINTERVAL\\s+(\\d+)\\s+${UNIT}\\b`, 'gi'), put: "INTERVAL '$1 $2'" },
  { find: new RegExp(`,\\s*${UNIT}\\s*\\)`, 'gi'), put: ", '$1')" },
  { find: /\bCURRENT_(TIMESTAMP|DATE)\s*\(\s*\)/gi, put: 'CURRENT_$1' },
  { find: /\bTIMESTAMP\s*\(/gi, put: 'AS_TIMESTAMP(' },
  // PostgreSQL's own function of that name replaces the first place only.
  { find: /\bREGEXP_REPLACE\s*\(/gi, put: 'REPLACE_ALL(' },
  {
    find: /\bAPPROX_QUANTILES\s*\(\s*(\w+)\s*,\s*100\s*\)\s*\[\s*OFFSET\s*\(\s*(\d+)\s*\)\s*\]/gi,
    put: 'percentile_disc($2 / 100.0) WITHIN GROUP (ORDER BY $1)',
  },
];

/** Comments, texts and quoted names. What has no end goes to the end of the query, so that no character is looked at often. */
const PIECE =
  /(--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'(?:[^'\\]|\\[\s\S]?|'')*(?:'|$)|"(?:[^"\\]|\\[\s\S]?)*(?:"|$)|`[^`]*(?:`|$))/;
const ENDED = /^(?:--|\/\*[\s\S]*\*\/$|(['"`])[\s\S]*\1$)/;

/** A name in backquotes, dots and all: only the last two parts count, for a project is none of PostgreSQL's business. */
const nameOf = (quoted: string): string =>
  quoted
    .slice(1, -1)
    .split('.')
    .slice(-2)
    .map((part) => `"${part.replaceAll('"', '""')}"`)
    .join('.');

const ESCAPED: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };
const textOf = (quoted: string): string => {
  const text = quoted
    .slice(1, -1)
    .replace(/\\(.)/gs, (_all, character: string) => ESCAPED[character] ?? character);
  return `'${text.replaceAll("''", "'").replaceAll("'", "''")}'`;
};

const pieceOf = (piece: string, isQuoted: boolean): string => {
  // PostgreSQL says of it that it has no end.
  if (isQuoted && !ENDED.test(piece)) return piece;
  if (!isQuoted) return RULES.reduce((text, { find, put }) => text.replace(find, put), piece);
  if (piece.startsWith('`')) return nameOf(piece);
  if (piece.startsWith('"') || piece.startsWith("'")) return textOf(piece);
  return ' ';
};

/**
 * BigQuery's SQL as PostgreSQL understands it, as far as this platform's views and examples go: names in backquotes, texts in
 * double quotes, units of time, CURRENT_TIMESTAMP(), percentiles by APPROX_QUANTILES(x, 100)[OFFSET(n)], and rows chosen by QUALIFY
 * ({@link withoutQualify}). No parser: what is not known is passed on, and PostgreSQL says what it does not understand.
 *
 * @example toPostgres('SELECT `to` FROM `acme.customerio_events.delivery_events`')
 *   // 'SELECT "to" FROM "customerio_events"."delivery_events"'
 */
export const toPostgres = (sql: string): string =>
  withoutQualify(
    sql
      .split(PIECE)
      .map((piece, index) => pieceOf(piece, index % 2 === 1))
      .join(''),
  )
    .replace(/;\s*$/, '')
    .trim();
