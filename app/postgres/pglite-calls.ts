import type { Rows, RowsLimits } from './port.ts';

/** What is asked of the thread. */
export type PgliteCall =
  | {
      readonly id: number;
      readonly kind: 'run';
      readonly sql: string;
      readonly parameters?: readonly string[];
    }
  | { readonly id: number; readonly kind: 'select'; readonly sql: string; readonly most: RowsLimits };

/** What it answers: rows of a select, nothing of a run, or what PostgreSQL said against it. */
export interface PgliteAnswer {
  readonly id: number;
  readonly rows?: Rows | undefined;
  readonly error?: string;
}
