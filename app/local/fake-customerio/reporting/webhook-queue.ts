import { type Attempt, postWebhook } from './post-webhook.ts';
import { isTaken, RETRY_BUDGET_MS, retryDelay } from './retry-delay.ts';
import type { ScaledClock } from './scaled-clock.ts';
import type { SendingSettings } from './sending-settings.ts';
import { signWebhook } from './sign-webhook.ts';

/** An event that waits for one endpoint. */
interface Waiting {
  readonly eventId: string;
  readonly body: string;
  attempts: number;
  /** By the scaled clock: when it is given up, and when its latest attempt was due. */
  deadline: number;
  due: number;
  delayMs: number;
  /** Of its first attempt, seconds since 1970. */
  signedAt?: number;
}

/** Counts of one endpoint since its start or reset. */
export interface QueueCounts {
  sent: number;
  /** Attempts, not events. */
  failed: number;
  /** Given up after seven days. */
  expired: number;
  /** Not kept, because too much waited already. */
  overflowed: number;
  /** Discarded because their webhook was disabled. */
  discarded: number;
}

/** What a queue needs of its surroundings. */
export interface QueueSurroundings {
  readonly clock: Pick<ScaledClock, 'elapsed' | 'scale' | 'alarm'>;
  readonly settings: SendingSettings;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Where a queue sends to; asked for before each attempt. */
export type Target = () => { readonly endpoint: string; readonly signingKey: string };

const lastOf = (attempt: Attempt): string => {
  if (attempt.kind === 'answered') return String(attempt.status);
  return attempt.kind === 'broken' ? attempt.code : attempt.kind;
};

/**
 * The events that wait for one endpoint, sent one after the other: whatever fails holds back the others until it was taken
 * or is seven days old (contract, section 7).
 */
export class WebhookQueue {
  readonly counts: QueueCounts = { sent: 0, failed: 0, expired: 0, overflowed: 0, discarded: 0 };
  readonly #target: Target;
  readonly #surroundings: QueueSurroundings;
  #waiting: Waiting[] = [];
  #bytes = 0;
  #current: Waiting | undefined;
  #last: string | undefined;
  #wake: (() => void) | undefined;
  #running = false;
  #abort = new AbortController();
  readonly #loops = new Set<Promise<void>>();

  constructor(target: Target, surroundings: QueueSurroundings) {
    this.#target = target;
    this.#surroundings = surroundings;
  }

  /** Adds an event behind the others; false when it does not fit any more. */
  push(eventId: string, body: string): boolean {
    const { queueSize, queueBytes } = this.#surroundings.settings;
    const bytes = Buffer.byteLength(body);
    if (this.#waiting.length >= queueSize || this.#bytes + bytes > queueBytes) {
      this.counts.overflowed += 1;
      return false;
    }
    this.#bytes += bytes;
    this.#waiting.push({ eventId, body, attempts: 0, deadline: 0, due: 0, delayMs: 0 });
    this.#start();
    return true;
  }

  /** Forgets what waits and ends the attempt that is under way. */
  clear(): void {
    this.#abort.abort();
    this.#abort = new AbortController();
    this.#unblock();
    this.counts.discarded += this.#waiting.length;
    this.#waiting = [];
    this.#bytes = 0;
    this.#current = undefined;
    this.#running = false;
  }

  /** {@link clear}, and waits until nothing of it is left. */
  async close(): Promise<void> {
    this.clear();
    await Promise.all(this.#loops);
  }

  /** What the controls show. Times are RFC 3339, at the present scale. */
  view(): object {
    const { clock, now } = this.#surroundings;
    const waitMs =
      this.#wake && this.#current ? (this.#current.due - clock.elapsed) / clock.scale : undefined;
    return {
      waiting: this.#waiting.length,
      ...this.counts,
      attempts: this.#current?.attempts ?? 0,
      last: this.#last ?? null,
      blocked_until: waitMs === undefined ? null : new Date(now() + Math.max(0, waitMs)).toISOString(),
    };
  }

  #start(): void {
    if (this.#running || this.#wake) return;
    this.#running = true;
    const loop = this.#run(this.#abort.signal);
    this.#loops.add(loop);
    void loop.finally(() => this.#loops.delete(loop));
  }

  async #run(signal: AbortSignal): Promise<void> {
    for (let item = this.#next(); item !== undefined; item = this.#next()) {
      const attempt = await this.#attempt(item, signal);
      // Cleared meanwhile: what is in the fields now belongs to another loop.
      if (signal.aborted) return;
      this.#last = lastOf(attempt);
      if (isTaken(attempt)) {
        this.counts.sent += 1;
        this.#remove(item);
      } else if (this.#postpone(item, attempt)) break;
    }
    this.#running = false;
  }

  /** What failed goes first, in any order. */
  #next(): Waiting | undefined {
    const at = this.#surroundings.settings.order === 'fifo' ? 0 : -1;
    this.#current ??= this.#waiting.at(at);
    return this.#current;
  }

  #attempt(item: Waiting, signal: AbortSignal): Promise<Attempt> {
    const { clock, settings, now } = this.#surroundings;
    if (item.attempts === 0) {
      item.due = clock.elapsed;
      item.deadline = item.due + RETRY_BUDGET_MS;
    }
    item.attempts += 1;
    const seconds = Math.floor(now() / 1000);
    item.signedAt ??= seconds;
    const { endpoint, signingKey } = this.#target();
    const timestamp = settings.retrySignature === 'original' ? item.signedAt : seconds;
    const headers = signWebhook(item.body, timestamp, signingKey);
    return postWebhook({ endpoint, body: item.body, headers, timeoutMs: settings.timeoutMs, signal });
  }

  /** Blocks the endpoint until the next attempt is due; false when the event was given up instead. */
  #postpone(item: Waiting, attempt: Attempt): boolean {
    const { clock } = this.#surroundings;
    this.counts.failed += 1;
    // A timer may ring a little early, which a large scale makes minutes of.
    const elapsed = Math.max(clock.elapsed, item.due);
    if (elapsed >= item.deadline) {
      this.counts.expired += 1;
      this.#remove(item);
      return false;
    }
    item.delayMs = retryDelay(attempt, item.delayMs);
    item.due = Math.min(elapsed + item.delayMs, item.deadline);
    this.#wake = clock.alarm(item.due, () => {
      this.#wake = undefined;
      this.#start();
    });
    return true;
  }

  #unblock(): void {
    this.#wake?.();
    this.#wake = undefined;
  }

  #remove(item: Waiting): void {
    this.#waiting.splice(this.#waiting.indexOf(item), 1);
    this.#bytes -= Buffer.byteLength(item.body);
    this.#current = undefined;
  }
}
