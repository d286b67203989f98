import type { IncomingMessage } from 'node:http';
import { Gathered, type GatheredLimits, type ReadBody } from './gathered.ts';
import { type NoBody, type TakeLimits, takeBody } from './take-body.ts';

/** What a body may be. */
export interface BodyLimits extends GatheredLimits, Pick<TakeLimits, 'withinMs'> {}

/** A body as it was received, or why there is none. */
export type Body = ReadBody | NoBody;

/** How much of a body that is refused is still taken. */
const DISCARDED = 16;

/**
 * Reads a body into memory, in bounded memory and time.
 *
 * @example const body = await readBody(request, { bytes: 1_000_000, withinMs: () => 3_000, budget })
 */
export const readBody = (request: IncomingMessage, limits: BodyLimits): Promise<Body> =>
  takeBody(request, new Gathered(limits), {
    withinMs: limits.withinMs,
    mostBytes: DISCARDED * limits.bytes,
  });
