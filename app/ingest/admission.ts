import type { RequestHandler } from 'express';
import { LIMITS } from '../contract/limits.ts';
import { Problem } from '../runtime/http/problem.ts';

/** What limits how much one ingest takes on at once. */
export interface AdmissionOptions {
  /** Bytes of events that wait for Kafka. */
  readonly waitingBytes: () => number;
  /** Whether the process is stopping. */
  readonly stopping: () => boolean;
}

const RETRY_SECONDS = 1;

/**
 * Lets a request in, or answers 429 while too much waits for Kafka or too many bodies are in memory, and 503 while the
 * process stops. A body without a length, or a compressed one, counts as the largest that is allowed.
 */
export const admission = (options: AdmissionOptions): RequestHandler => {
  let bodies = 0;
  return (request, response, next) => {
    if (options.stopping()) {
      response.set('Connection', 'close');
      throw new Problem(503, 'stopping', 'this instance is stopping: send again', {
        retryAfterSeconds: RETRY_SECONDS,
      });
    }
    if (bodies > LIMITS.bodiesBytes || options.waitingBytes() > LIMITS.waitingBytes) {
      throw new Problem(
        429,
        'too_many_requests',
        'more events wait for Kafka than this instance holds: slow down',
        {
          retryAfterSeconds: RETRY_SECONDS,
        },
      );
    }
    const plain = request.headers['content-encoding'] === undefined;
    const declared = plain ? Number(request.headers['content-length']) : Number.NaN;
    const bytes = declared >= 0 ? Math.min(declared, LIMITS.batchBytes) : LIMITS.batchBytes;
    bodies += bytes;
    response.once('close', () => {
      bodies -= bytes;
    });
    next();
  };
};
