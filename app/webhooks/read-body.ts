import type { IncomingMessage } from 'node:http';
import type { BodyBudget } from './body-budget.ts';

/** What a body may be. */
export interface BodyLimits {
  readonly bytes: number;
  /** Milliseconds until all of it must have come. */
  readonly withinMs: number;
  /** Bytes for the bodies of all requests. */
  readonly budget: BodyBudget;
}

/** A body as it was received, whose bytes are to be given back to the budget, or why there is none. */
export type Body =
  | { readonly kind: 'read'; readonly bytes: Buffer }
  | { readonly kind: 'too_large' }
  | { readonly kind: 'slow' }
  /** The budget had no bytes left for it. */
  | { readonly kind: 'full' }
  /** The sender went away. */
  | { readonly kind: 'aborted' };

const FIRST_BYTES = 16_384;
/** How much of a body that is refused is still taken. */
const DISCARDED = 16;
const NOTHING = Buffer.alloc(0);

/**
 * The only chunk as it came, as of most bodies; of several one growing buffer: a list of chunks costs a hundred times its bytes
 * when every chunk is a single one.
 */
class Gathered {
  #bytes: Buffer = NOTHING;
  #length = 0;

  add(chunk: Buffer): void {
    const length = this.#length + chunk.length;
    if (this.#length === 0) this.#bytes = chunk;
    else {
      if (length > this.#bytes.length) this.#grow(length);
      chunk.copy(this.#bytes, this.#length);
    }
    this.#length = length;
  }

  #grow(length: number): void {
    const grown = Buffer.allocUnsafe(Math.max(FIRST_BYTES, length, this.#bytes.length * 2));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }

  get length(): number {
    return this.#length;
  }

  get all(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }
}

/**
 * Reads a body as the bytes that came over the wire, in bounded memory and time. It is not decompressed: these bytes are what
 * is signed. One that is refused is still taken to its end, so that its sender reads the answer instead of a broken connection.
 *
 * @example const body = await readBody(request, { bytes: 1_000_000, withinMs: 3_000, budget })
 */
export const readBody = (request: IncomingMessage, limits: BodyLimits): Promise<Body> => {
  const { bytes: most, withinMs, budget } = limits;
  const { promise, resolve } = Promise.withResolvers<Body>();
  let gathered = new Gathered();
  let length = 0;
  let refused: 'too_large' | 'full' | undefined;
  let isSettled = false;
  const drop = (): void => {
    budget.give(gathered.length);
    gathered = new Gathered();
  };
  const end = (kind: 'slow' | 'aborted' | 'read'): void => {
    // A request closes after its end as well.
    if (isSettled) return;
    isSettled = true;
    clearTimeout(timer);
    if (kind === 'read' && refused === undefined) return resolve({ kind, bytes: gathered.all });
    drop();
    resolve({ kind: kind === 'aborted' ? kind : (refused ?? 'slow') });
  };
  const giveUp = (): void => {
    request.off('data', onData);
    end('slow');
  };
  const onData = (chunk: Buffer): void => {
    length += chunk.length;
    if (length > most) refused = 'too_large';
    else if (refused === undefined && !budget.take(chunk.length)) refused = 'full';
    if (refused === undefined) return gathered.add(chunk);
    drop();
    if (length > DISCARDED * most) giveUp();
  };
  let timer: NodeJS.Timeout | undefined;
  // Most bodies come with their headers: a timer is only worth its while for the others.
  process.nextTick(() => {
    if (!request.complete && !isSettled) timer = setTimeout(giveUp, withinMs);
  });
  request
    .on('data', onData)
    .on('end', () => end('read'))
    .on('close', () => end('aborted'));
  if (request.destroyed) end('aborted');
  return promise;
};
