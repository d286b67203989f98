import type { BodyBudget } from '../runtime/http/body-budget.ts';
import { Gathered, type ReadBody } from '../runtime/http/gathered.ts';
import type { BodySink, Refusal } from '../runtime/http/take-body.ts';
import { BodyHashes, type HashedBody } from './hashed-body.ts';
import type { LargeTurn } from './large-turn.ts';
import type { Freshness, Signature } from './verify-signature.ts';

/** How bodies are taken by their size. */
export interface WebhookBodyOptions {
  /** Bytes above which one body is read at a time. */
  readonly largeBytes: number;
  /** Bytes up to which a body is read into memory. */
  readonly bodyBytes: number;
  /** Bytes up to which a longer one is hashed. */
  readonly hashedBytes: number;
  /** Milliseconds that a body has, without what it waits for its turn. */
  readonly bodyMs: number;
  /** Milliseconds that it has with that. */
  readonly totalMs: number;
  readonly budget: BodyBudget;
  readonly turn: LargeTurn;
  readonly given: Signature;
  readonly keys: readonly string[];
  readonly freshness: Freshness | undefined;
  /** `Content-Length`, where there is one. */
  readonly announced: number | undefined;
}

/** What a large body has while others wait for its turn: a moment, and the time of its size at this rate. */
const CROWDED_MS = 500;
const CROWDED_BYTES_PER_MS = 4_000;

/**
 * The body of a webhook. Up to 1 MB it is gathered in memory, above that when it is its turn; of more than 8 MB only hashes and the
 * beginning are kept.
 */
export class WebhookBody implements BodySink<ReadBody | HashedBody> {
  readonly #options: WebhookBodyOptions;
  readonly #gathered: Gathered;
  readonly #startedAt = performance.now();
  #hashes: BodyHashes | undefined;
  #length = 0;
  #turn: 'none' | 'waiting' | 'held' = 'none';
  #waitsFrom = 0;
  #waitedBefore = 0;
  #isDropped = false;

  constructor(options: WebhookBodyOptions) {
    const { bodyBytes: bytes, budget } = options;
    this.#options = options;
    this.#gathered = new Gathered({ bytes, budget });
  }

  add(chunk: Buffer): Refusal | undefined | Promise<Refusal | undefined> {
    const { announced = 0, bodyBytes, largeBytes, hashedBytes } = this.#options;
    this.#length += chunk.length;
    const length = Math.max(this.#length, announced);
    if (length > hashedBytes) return 'too_large';
    if (length > bodyBytes) return this.#hash(chunk);
    if (this.#length <= largeBytes || this.#turn === 'held') return this.#gathered.add(chunk);
    const has = this.#options.turn.take(this.#options.bodyMs - this.#elapsedMs);
    if (has !== true) return this.#wait(has, chunk);
    this.#turn = 'held';
    return this.#gathered.add(chunk);
  }

  end(): ReadBody | HashedBody {
    return this.#hashes?.end(this.#options.freshness) ?? this.#gathered.end();
  }

  drop(): void {
    this.#isDropped = true;
    this.#release();
  }

  /** One that is slow does not keep its turn from others: its sender is answered once the rest has come, or its time is over. */
  check(): Refusal | undefined {
    if (this.#turn !== 'held' || !this.#options.turn.isWanted) return undefined;
    const ownMs = this.#elapsedMs - this.#waitedMs;
    return ownMs > CROWDED_MS + this.#length / CROWDED_BYTES_PER_MS ? 'full' : undefined;
  }

  /** How long the body may take, in milliseconds since the start. */
  readonly withinMs = (): number => {
    const { bodyMs, totalMs } = this.#options;
    return Math.min(this.#waitedMs + bodyMs, Math.max(totalMs, bodyMs));
  };

  /** Whether its time ended before its own limit, because it had waited for others. */
  get isCutShort(): boolean {
    return this.#elapsedMs - this.#waitedMs < this.#options.bodyMs;
  }

  get #elapsedMs(): number {
    return performance.now() - this.#startedAt;
  }

  get #waitedMs(): number {
    return this.#waitedBefore + (this.#turn === 'waiting' ? performance.now() - this.#waitsFrom : 0);
  }

  async #wait(turn: Promise<boolean>, chunk: Buffer): Promise<Refusal | undefined> {
    this.#turn = 'waiting';
    this.#waitsFrom = performance.now();
    const isOurs = await turn;
    this.#waitedBefore = this.#waitedMs;
    this.#turn = isOurs ? 'held' : 'none';
    if (isOurs && !this.#isDropped) return this.#gathered.add(chunk);
    this.#release();
    return 'full';
  }

  #hash(chunk: Buffer): undefined {
    if (this.#hashes === undefined) {
      this.#hashes = new BodyHashes(this.#options.given, this.#options.keys);
      this.#hashes.add(this.#gathered.bytes);
      this.#release();
    }
    this.#hashes.add(chunk);
  }

  #release(): void {
    this.#gathered.drop();
    if (this.#turn !== 'held') return;
    this.#turn = 'none';
    this.#options.turn.give();
  }
}
