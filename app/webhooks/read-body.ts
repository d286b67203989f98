import type { IncomingMessage } from 'node:http';

/** What a body may be. */
export interface BodyLimits {
  readonly bytes: number;
  /** Milliseconds until all of it must have come. */
  readonly withinMs: number;
}

/** A body as it was received, or why there is none. */
export type Body =
  | { readonly kind: 'read'; readonly bytes: Buffer }
  | { readonly kind: 'too_large' }
  | { readonly kind: 'slow' }
  /** The sender went away. */
  | { readonly kind: 'aborted' };

const FIRST_BYTES = 16_384;
/** How much of a body that is too large is still taken, so that its sender reads the answer instead of a broken connection. */
const DISCARDED = 16;

/**
 * The only chunk as it came, as of most bodies; of several one growing buffer: a list of chunks costs a hundred times its bytes
 * when every chunk is a single one.
 */
class Gathered {
  #bytes: Buffer = Buffer.alloc(0);
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

  get all(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }
}

/**
 * Reads a body as the bytes that came over the wire, in bounded memory and time. It is not decompressed: these bytes are what
 * is signed.
 *
 * @example const body = await readBody(request, { bytes: 1_000_000, withinMs: 3_000 })
 */
export const readBody = (request: IncomingMessage, limits: BodyLimits): Promise<Body> => {
  const { promise, resolve } = Promise.withResolvers<Body>();
  const gathered = new Gathered();
  let length = 0;
  const isTooLarge = (): boolean => length > limits.bytes;
  const settle = (body: Body): void => {
    clearTimeout(timer);
    resolve(body);
  };
  const giveUp = (kind: 'too_large' | 'slow'): void => {
    request.off('data', onData);
    settle({ kind: isTooLarge() ? 'too_large' : kind });
  };
  const onData = (chunk: Buffer): void => {
    length += chunk.length;
    if (!isTooLarge()) gathered.add(chunk);
    else if (length > DISCARDED * limits.bytes) giveUp('too_large');
  };
  const onEnd = (): void =>
    settle(isTooLarge() ? { kind: 'too_large' } : { kind: 'read', bytes: gathered.all });
  const onClose = (): void => settle({ kind: 'aborted' });
  const timer = setTimeout(giveUp, limits.withinMs, 'slow');
  request.on('data', onData).on('end', onEnd).on('close', onClose);
  if (request.destroyed) onClose();
  return promise;
};
