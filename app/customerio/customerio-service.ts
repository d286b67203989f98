import { EventEmitter } from 'node:events';
import {
  type AnonymousEvent,
  aliasOperation,
  type DeliveryReport,
  eventOperation,
  groupOperation,
  identifyOperation,
  type Operation,
  type PersonAction,
} from '../contract/operations.ts';
import type { JsonObject } from '../contract/record.ts';
import { CustomerIOError, codeOf, isAccepted } from './customerio-error.ts';
import type { ApiAnswer, TrackApi, TrackSender } from './port.ts';

/** One lifecycle event of one call: the ids it carries (an event's id, else the person's or object's). */
export interface Lifecycle {
  readonly ids: readonly string[];
  /** 1 for the first try. */
  readonly attempt: number;
}
export interface Finished extends Lifecycle {
  readonly durationMs: number;
}
export interface Failed extends Finished {
  /** `http_<status>`, `refused` for items a 207 lists, or what failed below HTTP. */
  readonly code: string;
}

/** The lifecycle events of {@link CustomerIOService}. */
export interface ServiceEvents {
  'identify:start': [Lifecycle];
  'identify:success': [Finished];
  'identify:error': [Failed];
  'track:start': [Lifecycle];
  'track:success': [Finished];
  'track:error': [Failed];
}

type Kind = 'identify' | 'track';
const KINDS: readonly Kind[] = ['identify', 'track'];
const TRACK_ACTIONS: readonly string[] = [
  'event',
  'page',
  'screen',
  'viewed_content',
  'clicked_content',
] satisfies readonly PersonAction[];
/** Of identifiers, what says most of whom or what they name. */
const IDENTIFIERS = ['id', 'email', 'cio_id', 'object_id', 'anonymous_id'] as const;

interface Named {
  readonly kind: Kind;
  readonly id: string;
}

const nameOf = (operation: Operation): Named => {
  const identifiers = operation.identifiers ?? (operation['primary'] as JsonObject | undefined) ?? {};
  const named = IDENTIFIERS.map((name) => identifiers[name]).find((value) => value != null);
  const id = operation['id'] ?? named ?? '';
  return { kind: TRACK_ACTIONS.includes(operation.action) ? 'track' : 'identify', id: String(id) };
};

const refusedIndexes = (answer: ApiAnswer): ReadonlySet<unknown> => {
  const errors =
    answer.status === 207 ? (answer.json as { errors?: unknown } | undefined)?.errors : undefined;
  return new Set(Array.isArray(errors) ? errors.map((error) => error?.batch_index) : []);
};

/** What can be said of a person's event. */
export interface EventOptions {
  /** A ULID: the same event sent again under it is not counted twice. */
  readonly id: string;
  /** Whole seconds since 1970; default now. */
  readonly timestamp?: number;
}

/**
 * The service layer over the Track API: one request a call, no retries of its own, with lifecycle events that cost nothing
 * while nobody listens. The delivery engine sends everything through it.
 *
 * @example
 * const service = new CustomerIOService(createTrackClient({ siteId, apiKey, region: 'eu', timeoutMs: 10_000, connections: 4 }));
 * service.on('track:error', ({ ids, code }) => logger.warn({ ids, code }, 'not sent'));
 * await service.trackEvent('u1', 'Bought', { price: 3 }, { id: '01J9Z3M8Q4N6T1V5W7X9Y2B3C4' });
 */
export class CustomerIOService extends EventEmitter<ServiceEvents> implements TrackSender {
  readonly #api: TrackApi;
  readonly #now: () => number;

  /** @param now milliseconds since 1970 */
  constructor(api: TrackApi, now: () => number = Date.now) {
    super();
    this.#api = api;
    this.#now = now;
  }

  /** Writes attributes of a person. @throws CustomerIOError */
  identifyUser(userId: string, traits: JsonObject = {}, timestamp: number = this.#seconds()): Promise<void> {
    return this.#entity(identifyOperation({ person: { id: userId }, traits, timestamp }));
  }

  /** Sends an event of a person. @throws CustomerIOError */
  trackEvent(userId: string, name: string, attributes: JsonObject, options: EventOptions): Promise<void> {
    return this.#event('event', userId, name, attributes, options);
  }

  /** Sends a page view. @throws CustomerIOError */
  page(userId: string, name: string, attributes: JsonObject, options: EventOptions): Promise<void> {
    return this.#event('page', userId, name, attributes, options);
  }

  /** Sends a screen view. @throws CustomerIOError */
  screen(userId: string, name: string, attributes: JsonObject, options: EventOptions): Promise<void> {
    return this.#event('screen', userId, name, attributes, options);
  }

  /** Writes a group as an object, related to the person. @throws CustomerIOError */
  group(userId: string, groupId: string, traits: JsonObject = {}): Promise<void> {
    return this.#entity(groupOperation({ member: { id: userId }, groupId, traits }));
  }

  /** Merges the person known by `previousId` into `userId`. @throws CustomerIOError */
  alias(userId: string, previousId: string): Promise<void> {
    return this.#entity(aliasOperation({ person: { id: userId }, previous: { id: previousId } }));
  }

  /** Sends an event of somebody not known yet (v1 `/events`). @throws CustomerIOError */
  async trackAnonymous(anonymousId: string, event: AnonymousEvent): Promise<void> {
    const answer = await this.anonymous(anonymousId, event);
    if (!isAccepted(answer)) throw new CustomerIOError(answer);
  }

  /** Reports what a delivery came to (v1 `/metrics`). @throws CustomerIOError */
  async reportMetric(report: DeliveryReport): Promise<void> {
    const answer = await this.report(report);
    if (!isAccepted(answer)) throw new CustomerIOError(answer);
  }

  /** Sends operations in one v2 batch and gives the answer as it is; a 207 lists the refused ones. */
  batch(operations: readonly Operation[], attempt = 1): Promise<ApiAnswer> {
    return this.#observed(
      () => this.#api.batch(operations),
      () => operations.map(nameOf),
      attempt,
    );
  }

  /** {@link trackAnonymous} that gives the answer as it is. */
  anonymous(anonymousId: string, event: AnonymousEvent, attempt = 1): Promise<ApiAnswer> {
    const named = (): Named[] => [{ kind: 'track', id: event.id ?? anonymousId }];
    return this.#observed(() => this.#api.trackAnonymous(anonymousId, event), named, attempt);
  }

  /** {@link reportMetric} that gives the answer as it is; its lifecycle events are those of `track`, by the delivery's id. */
  report(report: DeliveryReport, attempt = 1): Promise<ApiAnswer> {
    const named = (): Named[] => [{ kind: 'track', id: report.delivery_id }];
    return this.#observed(() => this.#api.reportMetric(report), named, attempt);
  }

  #seconds(): number {
    return Math.floor(this.#now() / 1000);
  }

  #event(
    action: 'event' | 'page' | 'screen',
    userId: string,
    name: string,
    attributes: JsonObject,
    { id, timestamp = this.#seconds() }: EventOptions,
  ): Promise<void> {
    return this.#entity(
      eventOperation({ action, identifiers: { id: userId }, name, id, timestamp, attributes }),
    );
  }

  async #entity(operation: Operation): Promise<void> {
    const answer = await this.#observed(
      () => this.#api.entity(operation),
      () => [nameOf(operation)],
      1,
    );
    if (!isAccepted(answer)) throw new CustomerIOError(answer);
  }

  async #observed(call: () => Promise<ApiAnswer>, names: () => Named[], attempt: number): Promise<ApiAnswer> {
    if (this.eventNames().length === 0) return call();
    const named = names();
    const startedAt = this.#now();
    for (const kind of KINDS) {
      const ids = named.filter((name) => name.kind === kind).map((name) => name.id);
      if (ids.length > 0) this.#tell(`${kind}:start`, { ids, attempt });
    }
    const answer = await call();
    this.#finished(answer, named, { attempt, durationMs: this.#now() - startedAt });
    return answer;
  }

  /** A listener that throws is its own fault, never a reason to send again. */
  #tell<E extends keyof ServiceEvents>(event: E, ...facts: ServiceEvents[E]): void {
    try {
      (this as EventEmitter).emit(event, ...facts);
    } catch (error) {
      process.emitWarning(Error.isError(error) ? error : String(error));
    }
  }

  #finished(answer: ApiAnswer, named: readonly Named[], facts: Omit<Finished, 'ids'>): void {
    const refused = refusedIndexes(answer);
    const accepted = isAccepted(answer);
    for (const kind of KINDS) {
      const good = named.filter((name, index) => name.kind === kind && accepted && !refused.has(index));
      const bad = named.filter((name, index) => name.kind === kind && !(accepted && !refused.has(index)));
      const code = accepted ? 'refused' : codeOf(answer);
      if (good.length > 0) this.#tell(`${kind}:success`, { ...facts, ids: good.map((name) => name.id) });
      if (bad.length > 0) this.#tell(`${kind}:error`, { ...facts, ids: bad.map((name) => name.id), code });
    }
  }
}
