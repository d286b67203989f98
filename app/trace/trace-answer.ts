import type { Trace, TraceStep } from './trace-step.ts';
import { type Verdict, verdicts } from './verdicts.ts';

/** A trace as it is answered by `GET /trace/:id` and printed by `cio-platform trace --json`. */
export interface TraceAnswer {
  readonly id: string;
  /** From when on was searched, RFC 3339. */
  readonly since: string;
  readonly verdicts: readonly Verdict[];
  /** Oldest first, with times in RFC 3339. */
  readonly steps: readonly (Omit<TraceStep, 'at'> & { readonly at: string })[];
  /** What was searched; false: not to its end. */
  readonly searched: Readonly<Record<string, boolean>>;
}

/** @param since milliseconds since 1970 */
export const traceAnswer = (id: string, since: number, found: Trace): TraceAnswer => ({
  id,
  since: new Date(since).toISOString(),
  verdicts: verdicts(found),
  steps: found.steps.map((step) => ({ ...step, at: new Date(step.at).toISOString() })),
  searched: found.searched,
});
