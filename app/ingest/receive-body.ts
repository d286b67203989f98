import type { IncomingMessage } from 'node:http';
import { LIMITS } from '../contract/limits.ts';
import type { Bytes } from '../runtime/http/body-budget.ts';
import { Problem } from '../runtime/http/problem.ts';
import { readBody } from '../runtime/http/read-body.ts';
import { bodyTooLarge } from './decompress-body.ts';
import { tooManyRequests } from './too-many-requests.ts';

/** A body; its bytes are taken from the budget and are to be given back. */
export interface RequestBody {
  readonly bytes: Buffer;
  readonly held: number;
}

/** There are no bytes left for a body. */
export const bodiesFull = (): Problem =>
  tooManyRequests('more request bodies are under way than this instance holds');

/** How long a body may take: a while, and the time that its size takes at a slow rate. Without a length what has come counts. */
const paceOf = (declared: number | undefined) => (received: number) =>
  LIMITS.bodyGraceMs + ((declared ?? received) / LIMITS.bodyBytesPerSecond) * 1_000;

const lengthOf = (request: IncomingMessage): number | undefined => {
  const text = request.headers['content-length'];
  return text === undefined ? undefined : Number(text);
};

/**
 * Reads a request's body as it comes, within its limits of size and time and within the budget, which counts bytes when they arrive.
 *
 * @throws Problem 400 `request_aborted`, 408, 413 or 429
 */
export const receiveBody = async (request: IncomingMessage, budget: Bytes): Promise<RequestBody> => {
  const declared = lengthOf(request);
  if (declared !== undefined && declared > LIMITS.batchBytes) throw bodyTooLarge();
  const body = await readBody(request, { bytes: LIMITS.batchBytes, withinMs: paceOf(declared), budget });
  switch (body.kind) {
    case 'read':
      return body;
    case 'too_large':
      throw bodyTooLarge();
    case 'full':
      throw bodiesFull();
    case 'slow':
      throw new Problem(
        408,
        'request_timeout',
        `the request body came slower than ${LIMITS.bodyBytesPerSecond} bytes a second`,
        { closes: true },
      );
    case 'aborted':
      throw new Problem(400, 'request_aborted', 'the request ended before its body was complete');
  }
};
