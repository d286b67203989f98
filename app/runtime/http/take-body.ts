import type { IncomingMessage } from 'node:http';

/** Why a body is not taken although it comes. */
export type Refusal =
  | 'too_large'
  /** There was no room for it. */
  | 'full';

/** What becomes of a body's bytes. */
export interface BodySink<T> {
  /**
   * Takes the next bytes.
   *
   * @returns a refusal: nothing more is handed over; a promise: nothing more is read until it resolves
   */
  add(chunk: Buffer): Refusal | undefined | Promise<Refusal | undefined>;
  /** Asked now and then while a body is slow: a refusal, where it has to give way. @default it never has to */
  check?(): Refusal | undefined;
  /** What they have become, once all of them have come. */
  end(): T;
  /** Lets go of what it holds. May be called more than once. */
  drop(): void;
}

/** Why there is nothing of a body. `aborted`: the sender went away. */
export interface NoBody {
  readonly kind: Refusal | 'slow' | 'aborted';
}

/** How much of a body is taken, and for how long. */
export interface TakeLimits {
  /** How long a body may take of which so many bytes have come, in milliseconds since its reading began. Asked again and again. */
  readonly withinMs: (received: number) => number;
  /** Bytes after which not even a refused body is read on. */
  readonly mostBytes: number;
}

/** How often it is asked whether a slow body may go on, and for how long. */
const ASK_MS = 250;

/** One body on its way into a sink. */
class Taking<T> {
  readonly #request: IncomingMessage;
  readonly #sink: BodySink<T>;
  readonly #limits: TakeLimits;
  readonly #result = Promise.withResolvers<T | NoBody>();
  readonly #startedAt = performance.now();
  #length = 0;
  #refused: Refusal | undefined;
  #isSettled = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(request: IncomingMessage, sink: BodySink<T>, limits: TakeLimits) {
    this.#request = request;
    this.#sink = sink;
    this.#limits = limits;
  }

  start(): Promise<T | NoBody> {
    const request = this.#request;
    // Most bodies come with their headers: a timer is only worth its while for the others.
    process.nextTick(() => {
      if (!request.complete && !this.#isSettled) this.#wait();
    });
    request
      .on('data', this.#onData)
      .on('end', () => this.#end('read'))
      .on('close', () => this.#end('aborted'));
    if (request.destroyed) this.#end('aborted');
    return this.#result.promise;
  }

  #end(kind: 'slow' | 'aborted' | 'read'): void {
    // A request closes after its end as well.
    if (this.#isSettled) return;
    this.#isSettled = true;
    clearTimeout(this.#timer);
    if (kind === 'read' && this.#refused === undefined) return this.#result.resolve(this.#sink.end());
    this.#sink.drop();
    this.#result.resolve({ kind: kind === 'aborted' ? kind : (this.#refused ?? 'slow') });
  }

  #giveUp(): void {
    this.#request.off('data', this.#onData);
    this.#end('slow');
  }

  #wait(): void {
    const refusal = this.#refused === undefined ? this.#sink.check?.() : undefined;
    if (refusal !== undefined) this.#refuse(refusal);
    const leftMs = this.#limits.withinMs(this.#length) - (performance.now() - this.#startedAt);
    if (leftMs <= 0) return this.#giveUp();
    // At least a millisecond: a timer may fire a moment before its time by the other clock.
    this.#timer = setTimeout(() => this.#wait(), Math.min(ASK_MS, Math.max(1, leftMs)));
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#length += chunk.length;
    if (this.#refused === undefined) {
      const added = this.#sink.add(chunk);
      if (added instanceof Promise) void this.#pause(added);
      else if (added !== undefined) this.#refuse(added);
    }
    if (this.#refused !== undefined && this.#length > this.#limits.mostBytes) this.#giveUp();
  };

  async #pause(room: Promise<Refusal | undefined>): Promise<void> {
    this.#request.pause();
    const refusal = await room;
    if (refusal !== undefined) this.#refuse(refusal);
    this.#request.resume();
  }

  #refuse(refusal: Refusal): void {
    this.#refused = refusal;
    this.#sink.drop();
  }
}

/**
 * Takes a body as the bytes that came over the wire; it is not decompressed: these bytes are what is signed. One that is refused
 * is still read to its end, so that its sender reads the answer instead of a broken connection.
 *
 * @returns what the sink made of it, or why there is nothing; the sink has let go of everything then
 * @example await takeBody(request, new Gathered({ bytes: 1_000_000, budget }), { withinMs: () => 3_000, mostBytes: 2_000_000 })
 */
export const takeBody = <T>(
  request: IncomingMessage,
  sink: BodySink<T>,
  limits: TakeLimits,
): Promise<T | NoBody> => new Taking(request, sink, limits).start();
