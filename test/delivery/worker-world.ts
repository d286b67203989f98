import { setTimeout as wait } from 'node:timers/promises';
import type { AnonymousEvent, DeliveryReport, Operation } from '../../app/contract/operations.ts';
import { TOPICS } from '../../app/contract/topics.ts';
import type { ApiAnswer, TrackSender } from '../../app/customerio/port.ts';
import type { Credential } from '../../app/delivery/credential.ts';
import { deliveryMetrics } from '../../app/delivery/delivery-metrics.ts';
import { DELIVERY, type DeliverySettings } from '../../app/delivery/settings.ts';
import { TrackWorker } from '../../app/delivery/track-worker.ts';
import { InMemoryBus } from '../../app/kafka/in-memory-bus.ts';
import type { BusRecord, OutgoingRecord } from '../../app/kafka/port.ts';
import { systemClock } from '../../app/runtime/clock.ts';
import { type Logger, silentLogger } from '../../app/runtime/logger.ts';
import { createMetrics } from '../../app/runtime/metrics.ts';

/** A credential that tests set and change. */
export class TestCredential implements Credential {
  isSet: boolean;
  /** How often the API refused it. */
  refusals = 0;
  readonly #listeners = new Set<() => void>();

  constructor(isSet = true) {
    this.isSet = isSet;
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  refused(): void {
    this.refusals += 1;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Another one was found, or it was taken away. */
  change(isSet = true): void {
    this.isSet = isSet;
    for (const listener of this.#listeners) listener();
  }
}

export const OK: ApiAnswer = { status: 200, json: {} };

/** Answers each request as a script says; `sent` are the names in each, `done` those of accepted requests in order. */
export class ScriptedSender implements TrackSender {
  readonly sent: (readonly string[])[] = [];
  readonly done: string[] = [];
  script: (names: readonly string[], call: number) => ApiAnswer | Promise<ApiAnswer> = () => OK;

  batch(operations: readonly Operation[]): Promise<ApiAnswer> {
    return this.#take(operations.map((one) => `${one.identifiers?.['id']}-${one['name']}`));
  }

  anonymous(anonymousId: string, event: AnonymousEvent): Promise<ApiAnswer> {
    return this.#take([`${anonymousId}-${event.name}`]);
  }

  report(report: DeliveryReport): Promise<ApiAnswer> {
    return this.#take([`${report.delivery_id}-${report.metric}`]);
  }

  async #take(names: readonly string[]): Promise<ApiAnswer> {
    this.sent.push(names);
    const answer = await this.script(names, this.sent.length - 1);
    if (answer.status === 200) this.done.push(...names);
    return answer;
  }
}

const SETTINGS = {
  ...DELIVERY,
  backoff: { baseMs: 2, capMs: 5 },
  probe: { firstMs: 20, mostMs: 40 },
  commitMs: 10,
  settleRetryMs: 5,
};

/** A worker on a bus of its own, and what the tests look at. */
export class WorkerWorld {
  readonly bus = new InMemoryBus();
  readonly sender = new ScriptedSender();
  credential = new TestCredential();
  /** Replaces {@link SETTINGS} in part. */
  settings: Partial<DeliverySettings> = {};
  logger: Logger = silentLogger;
  /** Replaces what the settler publishes with. */
  publish = (records: readonly OutgoingRecord[]): Promise<void> => this.bus.send(records);

  async start(): Promise<TrackWorker> {
    await this.bus.ensureTopics(Object.values(TOPICS), 'create', 1);
    const worker = this.make();
    await worker.start();
    return worker;
  }

  /** A worker that has not joined. */
  make(): TrackWorker {
    return new TrackWorker({
      bus: this.bus,
      sender: this.sender,
      credential: this.credential,
      publish: (records) => this.publish(records),
      lanes: 3,
      processed: 'batch',
      settings: { ...SETTINGS, ...this.settings },
      clock: systemClock,
      random: () => 0.5,
      logger: this.logger,
      metrics: deliveryMetrics(createMetrics()),
    });
  }

  /** Everything in a topic from its beginning. */
  async read(topic: string): Promise<readonly BusRecord[]> {
    const all: BusRecord[] = [];
    const subscription = await this.bus.subscribe(
      { group: `reader-${topic}-${Math.random()}`, topics: [topic] },
      {
        joined: () => undefined,
        revoked: () => undefined,
        records: (_generation, some) => all.push(...some),
      },
    );
    await wait(30);
    await subscription.stop();
    return all;
  }
}

/** Waits until something is so. */
export const until = async (isSo: () => boolean): Promise<void> => {
  for (let tries = 0; !isSo(); tries += 1) {
    if (tries > 400) throw new Error('it did not happen');
    await wait(5);
  }
};
