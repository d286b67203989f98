import type { Bytes } from './body-budget.ts';
import type { BodySink, Refusal } from './take-body.ts';

/** A body as it was received. */
export interface ReadBody {
  readonly kind: 'read';
  readonly bytes: Buffer;
  /** Bytes to be given back to the budget once the body is done with. */
  readonly held: number;
}

/** How much is gathered. */
export interface GatheredLimits {
  /** Bytes of one body. */
  readonly bytes: number;
  /** Bytes for the bodies of all requests. */
  readonly budget: Bytes;
}

const FIRST_BYTES = 16_384;
const NOTHING = Buffer.alloc(0);

/**
 * A body in memory: the only chunk as it came, as of most bodies; of several one growing buffer: a list of chunks costs a hundred
 * times its bytes when every chunk is a single one. What it holds is taken from the budget.
 */
export class Gathered implements BodySink<ReadBody> {
  readonly #limits: GatheredLimits;
  #bytes: Buffer = NOTHING;
  #length = 0;
  #held = 0;

  constructor(limits: GatheredLimits) {
    this.#limits = limits;
  }

  /** What has come so far. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  add(chunk: Buffer): Refusal | undefined {
    const length = this.#length + chunk.length;
    if (length > this.#limits.bytes) return 'too_large';
    if (this.#length === 0) {
      if (!this.#hold(chunk.length)) return 'full';
      this.#bytes = chunk;
    } else {
      if (length > this.#bytes.length && !this.#grow(length)) return 'full';
      chunk.copy(this.#bytes, this.#length);
    }
    this.#length = length;
    return undefined;
  }

  end(): ReadBody {
    return { kind: 'read', bytes: this.bytes, held: this.#held };
  }

  drop(): void {
    this.#limits.budget.give(this.#held);
    this.#held = 0;
    this.#bytes = NOTHING;
    this.#length = 0;
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
