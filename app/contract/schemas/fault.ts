import type * as z from 'zod';

/** One broken rule of an event: the field's path and the rule, never the value. */
export interface Fault {
  readonly field: string;
  readonly rule: string;
}

const fieldOf = (path: readonly PropertyKey[]): string => path.map(String).join('.');

/** The faults a schema found, in its order. */
export const faultsOf = (error: z.ZodError): readonly Fault[] =>
  error.issues.map((issue) => ({ field: fieldOf(issue.path), rule: issue.message }));
