import { Problem } from '../runtime/http/problem.ts';

const RETRY_SECONDS = 1;

/** The answer to more than an instance, or a source's share of it, can hold. */
export const tooManyRequests = (why: string): Problem =>
  new Problem(429, 'too_many_requests', `${why}: slow down`, { retryAfterSeconds: RETRY_SECONDS });
