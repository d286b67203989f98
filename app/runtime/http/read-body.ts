import type { IncomingMessage } from 'node:http';
import type { Bytes } from './body-budget.ts';

/** What a body may be. */
export interface BodyLimits {
  readonly bytes: number;
  /** How long a body may take of which so many bytes have come, in milliseconds since its reading began. */
  readonly withinMs: (received: number) => number;
  /** Bytes for the bodies of all requests. */
  readonly budget: Bytes;
}

/** A body as it was received, or why there is none. */
export type Body =
  | {
      readonly kind: 'read';
      readonly bytes: Buffer;
      /** Bytes to be given back to the budget once the body is done with. */
      readonly held: number;
    }
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
 * when every chunk is a single one. What it holds is taken from the budget.
 */
class Gathered {
  readonly #limits: BodyLimits;
  #bytes: Buffer = NOTHING;
  #length = 0;
  #held = 0;

  constructor(limits: BodyLimits) {
    this.#limits = limits;
  }

  /** Whether the budget had bytes for it. */
  add(chunk: Buffer): boolean {
    const length = this.#length + chunk.length;
    if (this.#length === 0) {
      if (!this.#hold(chunk.length)) return false;
      this.#bytes = chunk;
    } else {
      if (length > this.#bytes.length && !this.#grow(length)) return false;
      chunk.copy(this.#bytes, this.#length);
    }
    this.#length = length;
    return true;
  }

  drop(): void {
    this.#limits.budget.give(this.#held);
    this.#held = 0;
    this.#bytes = NOTHING;
    this.#length = 0;
  }

  get body(): Body {
    return { kind: 'read', bytes: this.#bytes.subarray(0, this.#length), held: this.#held };
  }

  #grow(length: number): boolean {
    const wanted = Math.max(FIRST_BYTES, length, this.#bytes.length * 2);
    const bytes = Math.max(length, Math.min(wanted, this.#limits.bytes));
    if (!this.#hold(bytes)) return false;
    const grown = Buffer.allocUnsafe(bytes);
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
    return true;
  }

  /** Holds so many bytes instead of those it held. */
  #hold(bytes: number): boolean {
    if (!this.#limits.budget.take(bytes - this.#held)) return false;
    this.#held = bytes;
    return true;
  }
}

/**
 * Reads a body as the bytes that came over the wire, in bounded memory and time. It is not decompressed: these bytes are what
 * is signed. One that is refused is still taken to its end, so that its sender reads the answer instead of a broken connection.
 *
 * @example const body = await readBody(request, { bytes: 1_000_000, withinMs: () => 3_000, budget })
 */
export const readBody = (request: IncomingMessage, limits: BodyLimits): Promise<Body> => {
  const { bytes: most, withinMs } = limits;
  const { promise, resolve } = Promise.withResolvers<Body>();
  const gathered = new Gathered(limits);
  let length = 0;
  let refused: 'too_large' | 'full' | undefined;
  let isSettled = false;
  const end = (kind: 'slow' | 'aborted' | 'read'): void => {
    // A request closes after its end as well.
    if (isSettled) return;
    isSettled = true;
    clearTimeout(timer);
    if (kind === 'read' && refused === undefined) return resolve(gathered.body);
    gathered.drop();
    resolve({ kind: kind === 'aborted' ? kind : (refused ?? 'slow') });
  };
  const giveUp = (): void => {
    request.off('data', onData);
    end('slow');
  };
  const wait = (elapsedMs: number): void => {
    const leftMs = withinMs(length) - elapsedMs;
    if (leftMs <= 0) return giveUp();
    // At least a millisecond: a timer may fire a moment before its time by the other clock.
    timer = setTimeout(() => wait(performance.now() - startedAt), Math.max(1, leftMs));
  };
  const onData = (chunk: Buffer): void => {
    length += chunk.length;
    if (length > most) refused = 'too_large';
    else if (refused === undefined && !gathered.add(chunk)) refused = 'full';
    if (refused === undefined) return;
    gathered.drop();
    if (length > DISCARDED * most) giveUp();
  };
  let timer: NodeJS.Timeout | undefined;
  const startedAt = performance.now();
  // Most bodies come with their headers: a timer is only worth its while for the others.
  process.nextTick(() => {
    if (!request.complete && !isSettled) wait(0);
  });
  request
    .on('data', onData)
    .on('end', () => end('read'))
    .on('close', () => end('aborted'));
  if (request.destroyed) end('aborted');
  return promise;
};
