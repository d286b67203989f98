import { EventEmitter } from 'node:events';
import type { Metric, ObjectMetric } from '../contract/warehouse.ts';
import type { Reading, WebhookEvent } from './reading.ts';
import { settleWithin } from './settle-within.ts';

/** What {@link CustomerIOWebhooks} emits: everything that is signed as `*`, each event by its metric and by its pair. */
export type WebhookListeners = { '*': [reading: Reading] } & {
  [M in Metric | ObjectMetric]: [event: WebhookEvent];
};

/** A listener that failed or was late. */
export interface ListenerFault {
  /** What it listened to, such as `email:bounced`. */
  readonly listener: string;
  readonly error: Error;
}

/** What became of a webhook. Not stored: it must be sent again, and no other listener has heard of it. */
export type HandlingResult =
  | { readonly stored: true; readonly faults: readonly ListenerFault[] }
  | { readonly stored: false; readonly error: Error };

/** Time limits, in milliseconds; a deadline of the request shortens them. */
export interface HandlingLimits {
  /** @default 2500 for the listeners of `*` */
  readonly storeMs?: number;
  /** @default 1000 for all the others */
  readonly listenerMs?: number;
}

const STORE_MS = 2_500;
const LISTENER_MS = 1_000;

const STORED: HandlingResult = { stored: true, faults: [] };

/** Of a time limit, what a deadline leaves. */
const leftOf = (ms: number, deadline: number): number =>
  Math.max(0, Math.min(ms, Math.round(deadline - performance.now())));

const NAME = /^\w+$/;
/** Names that mean something else to an emitter. */
const RESERVED: ReadonlySet<string> = new Set(['error', 'newListener', 'removeListener']);

const namesOf = ({ objectType, metric }: WebhookEvent): readonly string[] => {
  if (!NAME.test(metric)) return [];
  const own = RESERVED.has(metric) ? [] : [metric];
  return NAME.test(objectType) ? [...own, `${objectType}:${metric}`] : own;
};

/**
 * Passes webhooks on. Listeners of `*` store them, and whether they succeed decides the answer; afterwards those of the
 * metric (`bounced`) and of the pair (`email:bounced`) are run side by side. Listeners may be asynchronous: they are awaited,
 * each within a time limit, and one that throws, rejects or never settles is reported without harm to the event or to the
 * others. A webhook may come more than once: recognise it by `eventId`. A metric that is not documented yet is emitted
 * by its name too; the types only know the documented ones.
 *
 * @example
 * const webhooks = new CustomerIOWebhooks();
 * webhooks.on('*', streamTo(stream));
 * webhooks.on('email:bounced', async ({ data }) => markUndeliverable(data['recipient']));
 */
export class CustomerIOWebhooks extends EventEmitter<WebhookListeners> {
  readonly #storeMs: number;
  readonly #listenerMs: number;

  constructor({ storeMs = STORE_MS, listenerMs = LISTENER_MS }: HandlingLimits = {}) {
    super();
    this.#storeMs = storeMs;
    this.#listenerMs = listenerMs;
  }

  /**
   * Runs the listeners of a webhook; without one of `*` nothing stores it, so it counts as not stored. Never throws.
   *
   * @param deadline when it must be answered, in milliseconds of `performance.now`: no listener is waited for after it.
   * @default only the limits count
   */
  async handle(reading: Reading, deadline = Number.POSITIVE_INFINITY): Promise<HandlingResult> {
    if (this.listenerCount('*') === 0) return { stored: false, error: new Error('nothing listens to *') };
    const [fault] = await this.#run('*', reading, leftOf(this.#storeMs, deadline));
    if (fault !== undefined) return { stored: false, error: fault.error };
    if (reading.kind === 'quarantine') return STORED;
    const { event } = reading;
    const heard = namesOf(event).filter((name) => this.listenerCount(name as '*') > 0);
    if (heard.length === 0) return STORED;
    const ms = leftOf(this.#listenerMs, deadline);
    const faults = await Promise.all(heard.map((name) => this.#run(name, event, ms)));
    return { stored: true, faults: faults.flat() };
  }

  /** The faults of its listeners. */
  async #run(name: string, payload: unknown, ms: number): Promise<readonly ListenerFault[]> {
    // Called one by one: emit() would drop their promises and stop at the first that throws.
    const listeners = this.rawListeners(name as '*') as ((this: this, payload: unknown) => unknown)[];
    const running = listeners.map((listener) => settleWithin(() => listener.call(this, payload), ms, name));
    const faults: ListenerFault[] = [];
    for (const settled of running) {
      const error = await settled;
      if (error !== undefined) faults.push({ listener: name, error });
    }
    return faults;
  }
}
