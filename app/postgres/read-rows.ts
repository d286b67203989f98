import { type messages, type PGlite, protocol, types } from '@electric-sql/pglite';
import type { Rows, RowsLimits } from './port.ts';

const integer = (text: string): number | string => (Number.isSafeInteger(Number(text)) ? Number(text) : text);
const time = (text: string): string => new Date(text).toISOString();

/** Values as JSON has them, in place of PGlite's own. */
export const PARSERS = {
  [types.INT8]: integer,
  [types.NUMERIC]: Number,
  [types.DATE]: (text: string) => text,
  [types.TIMESTAMP]: (text: string) => time(`${text}Z`),
  [types.TIMESTAMPTZ]: time,
};

/** How many rows are fetched together: so many at most are computed in vain. */
const STEP = 20;

/** What one FETCH gave: rows as texts, and whether that is all of them. */
interface Fetched {
  readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[];
  readonly texts: readonly (readonly (string | null)[])[];
  readonly isWhole: boolean;
}

/**
 * PostgreSQL sends an answer in small pieces: those beyond the limit are dropped as they come.
 *
 * @param mostBytes as they are sent, which may be a little more or less than as JSON
 */
const fetchRows = async (database: PGlite, rows: number, mostBytes: number): Promise<Fetched> => {
  const parser = new protocol.Parser();
  const received: messages.BackendMessage[] = [];
  let bytes = 0;
  await database.execProtocolRawStream(protocol.serialize.query(`FETCH ${rows} FROM answer`), {
    onRawData: (piece) => {
      bytes += piece.length;
      // A copy: the piece lies in PostgreSQL's own memory.
      if (bytes <= mostBytes) parser.parse(piece.slice(), (message) => received.push(message));
    },
  });
  const { DatabaseError, DataRowMessage, RowDescriptionMessage } = protocol.messages;
  const error = received.find((message) => message instanceof DatabaseError);
  if (error !== undefined) throw error;
  const described = received.find((message) => message instanceof RowDescriptionMessage);
  const texts = received.flatMap((message) => (message instanceof DataRowMessage ? [message.fields] : []));
  return { fields: described?.fields ?? [], texts, isWhole: bytes <= mostBytes };
};

/** As BigQuery, which tells names apart without regard to case: an answer is used by the names of its columns. */
const checkNames = (columns: readonly string[]): void => {
  const found = new Set<string>();
  for (const column of columns) {
    const name = column.toLowerCase();
    if (found.has(name)) {
      throw new Error(
        `two columns of the answer are named ${JSON.stringify(column)}: give each a name of its own with AS`,
      );
    }
    found.add(name);
  }
};

/**
 * Reads the cursor named `answer` of a database with {@link PARSERS}, up to limits. Rows stay in PostgreSQL until they are fetched, so
 * that what is held outside is bounded too.
 *
 * @returns `truncated` where a limit was met; bytes are those of the rows as JSON
 * @throws Error where two columns have one name, the first row alone is above the limit, or PostgreSQL refuses
 */
export const readRows = async (database: PGlite, most: RowsLimits): Promise<Rows> => {
  const rows: unknown[][] = [];
  let columns: readonly string[] = [];
  let bytes = 0;
  for (;;) {
    const wanted = Math.min(STEP, most.rows + 1 - rows.length);
    const { fields, texts, isWhole } = await fetchRows(database, wanted, 2 * most.bytes);
    if (columns.length === 0) checkNames(fields.map(({ name }) => name));
    columns = fields.map(({ name }) => name);
    for (const text of texts) {
      const row = text.map((value, index) =>
        types.parseType(value, fields[index]?.dataTypeID ?? 0, database.parsers),
      );
      bytes += Buffer.byteLength(JSON.stringify(row)) + 1;
      if (bytes > most.bytes || rows.length === most.rows) return answerOf(columns, rows, most);
      rows.push(row);
    }
    if (!isWhole) return answerOf(columns, rows, most);
    if (texts.length < wanted) return { columns, rows, truncated: false };
  }
};

const answerOf = (columns: readonly string[], rows: readonly unknown[][], most: RowsLimits): Rows => {
  if (rows.length > 0 || most.rows === 0) return { columns, rows, truncated: true };
  throw new Error(`one row is larger than ${most.bytes / 1e6} MB, the most of an answer: select less of it`);
};
