/** Why a statement failed: PostgreSQL refused it, it took too long, or the database is gone. */
export type PostgresErrorCode = 'refused' | 'late' | 'gone';

/** A statement that failed. */
export class PostgresError extends Error {
  override readonly name = 'PostgresError';
  readonly code: PostgresErrorCode;

  constructor(code: PostgresErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Rows of a query, as JSON values: times are RFC 3339, days `2026-01-31`, integers beyond 2^53 text. */
export interface Rows {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
  /** Whether a limit left any out. */
  readonly truncated: boolean;
}

/** The most that is read of an answer: rows, and bytes of the rows as JSON. */
export interface RowsLimits {
  readonly rows: number;
  readonly bytes: number;
}

/** A database of this process alone. */
export interface Database {
  /** Runs one statement, or several without parameters. @throws PostgresError */
  run(sql: string, parameters?: readonly string[]): Promise<void>;
  /**
   * Reads by one SELECT, which can change nothing.
   *
   * @param most rows beyond are not read, and never leave the database's thread
   * @param withinMs milliseconds; when they are over the whole database is ended, for nothing less stops a query
   * @throws PostgresError
   */
  select(sql: string, most: RowsLimits, withinMs: number): Promise<Rows>;
  /** Whether it has ended: every call then fails as `gone`. */
  readonly ended: boolean;
  close(): Promise<void>;
}
