import type { ApiAnswer, TrackSender } from '../customerio/port.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Credential } from './credential.ts';
import type { DeliveryMetrics } from './delivery-metrics.ts';
import { backoffMs } from './engine/backoff.ts';
import type { Clock, Gate } from './engine/gate.ts';
import { judge, type Refusal, type Verdict } from './engine/judge.ts';
import { countForRequest } from './engine/take-request.ts';
import type { Outcome } from './outcome.ts';
import type { Item } from './read-item.ts';
import type { DeliverySettings } from './settings.ts';

/** What the lanes of one generation share. */
export interface LaneOptions {
  readonly sender: TrackSender;
  readonly gate: Gate;
  readonly credential: Credential;
  readonly clock: Clock;
  readonly random: () => number;
  readonly settings: DeliverySettings;
  readonly settle: (outcomes: Outcome[]) => void;
  readonly logger: Logger;
  readonly metrics: DeliveryMetrics;
  /** Aborted: no new request is sent and waits end; the answer of one in flight still settles. */
  readonly closing: AbortSignal;
  /** Aborted: the generation is over and its results are void. */
  readonly over: AbortSignal;
}

const rejected = (item: Item, message: string, attempts: number): Outcome => ({
  kind: 'rejected',
  source: item.source,
  item,
  code: 'refused',
  stage: 'deliver',
  message,
  attempts,
});

const outcomesOf = (items: readonly Item[], refusals: readonly Refusal[], attempts: number): Outcome[] => {
  const refused = new Map(refusals.map(({ index, message }) => [index, message]));
  return items.map((item, index) => {
    const message = refused.get(index);
    return message === undefined ? { kind: 'delivered', item, attempts } : rejected(item, message, attempts);
  });
};

/**
 * The people of one lane, in order: one request in flight, filled with whatever waits, tried again in place until it is
 * settled. Suspects, whose records go alone after lone failures, branch off here.
 */
export class Lane {
  readonly #options: LaneOptions;
  #waiting: Item[] = [];
  #running: Promise<void> | undefined;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  push(item: Item): void {
    this.#waiting.push(item);
    this.#running ??= this.#run();
  }

  /** Resolves when no request is in flight. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    // Records that are handed over in this turn of the event loop share the first request.
    await Promise.resolve();
    while (this.#waiting.length > 0 && !this.#options.closing.aborted) {
      const count = countForRequest(this.#waiting, this.#options.settings.request);
      const items = this.#waiting.splice(0, count);
      await this.#deliver(items, 0);
    }
    this.#running = undefined;
  }

  async #deliver(items: readonly Item[], attemptsBefore: number): Promise<void> {
    const { closing, gate } = this.#options;
    for (let attempt = attemptsBefore + 1; ; attempt += 1) {
      const epoch = await gate.pass(closing);
      if (closing.aborted) return;
      const verdict = await this.#attempt(items, attempt);
      gate.answered(verdict, epoch);
      if (verdict.kind === 'hold' && verdict.code === 'unauthorized') this.#options.credential.refused();
      if (this.#options.over.aborted) return;
      if (verdict.kind === 'delivered') {
        this.#options.settle(outcomesOf(items, verdict.refusals, attempt));
        return;
      }
      if (verdict.kind === 'split') {
        await this.#split(items, verdict.message, attempt);
        return;
      }
      await this.#beforeRetry(verdict, attempt);
    }
  }

  async #attempt(items: readonly Item[], attempt: number): Promise<Verdict> {
    const { clock, logger, metrics } = this.#options;
    const startedAt = clock.now();
    const answer = await this.#send(items, attempt);
    const durationMs = clock.now() - startedAt;
    const verdict = judge(answer, items.length);
    metrics.attempts.add({ verdict: verdict.kind, status: String(answer.status ?? answer.fault ?? '') });
    metrics.duration.observe({}, durationMs / 1000);
    const refused = verdict.kind === 'delivered' ? verdict.refusals.length : undefined;
    const facts = {
      items: items.length,
      attempt,
      status: answer.status,
      fault: answer.fault,
      durationMs,
      refused,
    };
    const ids = items.slice(0, 10).map((item) => item.id);
    logger[verdict.kind === 'delivered' ? 'info' : 'warn'](
      { ...facts, verdict: verdict.kind, ids },
      'delivery.attempted',
    );
    return verdict;
  }

  #send(items: readonly Item[], attempt: number): Promise<ApiAnswer> {
    const { sender } = this.#options;
    const alone = items[0]?.mapped;
    if (alone?.kind === 'anonymous') return sender.anonymous(alone.anonymousId, alone.event, attempt);
    if (alone?.kind === 'metric') return sender.report(alone.report, attempt);
    const operations = items.flatMap(({ mapped }) => (mapped.kind === 'operation' ? [mapped.operation] : []));
    return sender.batch(operations, attempt);
  }

  /** Halves, in order, until the item at fault is alone. */
  async #split(items: readonly Item[], message: string, attempt: number): Promise<void> {
    const [only] = items;
    if (only && items.length === 1) return this.#options.settle([rejected(only, message, attempt)]);
    const middle = Math.ceil(items.length / 2);
    await this.#deliver(items.slice(0, middle), attempt);
    await this.#deliver(items.slice(middle), attempt);
  }

  async #beforeRetry(
    verdict: Exclude<Verdict, { kind: 'delivered' | 'split' }>,
    attempt: number,
  ): Promise<void> {
    const { settings, random, gate, clock, closing } = this.#options;
    if (verdict.kind === 'hold') return;
    const waitMs = backoffMs(settings.backoff, attempt, verdict.waitMs, random());
    if (verdict.everyLane) gate.pause(waitMs);
    else await clock.sleep(waitMs, closing);
  }
}
