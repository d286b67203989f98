import type { Attempt } from './post-webhook.ts';

const SECOND = 1000;
const HOUR = 3600 * SECOND;

/** How long Customer.io goes on with one event (contract, section 7). */
export const RETRY_BUDGET_MS = 7 * 24 * HOUR;

/** The first delay of the plain backoff and the longest of all: the contract knows neither. */
const FIRST_MS = 10 * SECOND;
const LONGEST_MS = 12 * HOUR;

/** After these the first retry comes an hour later (contract, section 7). */
const HOUR_STATUSES: readonly number[] = [400, 401, 402, 403, 404, 405, 410, 429, 500, 502, 521];

/** Failures to reach a host at all are not in the contract's list; end of file, refused, reset and TLS errors are. */
const UNREACHABLE: readonly string[] = ['ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH'];

/** Whether the receiver took it: any 2xx. */
export const isTaken = (attempt: Attempt): boolean =>
  attempt.kind === 'answered' && attempt.status >= 200 && attempt.status <= 299;

const waitsAnHour = (attempt: Attempt): boolean => {
  if (attempt.kind === 'answered') return HOUR_STATUSES.includes(attempt.status);
  return attempt.kind === 'broken' && !UNREACHABLE.includes(attempt.code);
};

/**
 * The wait before the next attempt: it doubles each time up to 12 hours, and is an hour at least after the failures that
 * the contract lists (section 7).
 *
 * @param attempt a failed one
 * @param previousMs the wait before it, 0 before the first
 * @example retryDelay({ kind: 'answered', status: 404 }, 0) // 3600000
 */
export const retryDelay = (attempt: Attempt, previousMs: number): number => {
  const least = waitsAnHour(attempt) ? HOUR : FIRST_MS;
  return Math.min(LONGEST_MS, Math.max(least, 2 * previousMs));
};
