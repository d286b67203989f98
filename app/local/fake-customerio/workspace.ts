import { isDeepStrictEqual } from 'node:util';
import { isUlid, type Json, textOf } from './operation-fault.ts';
import { type FakeEvent, Person } from './person.ts';

/** Counts of what the fake did since its start or reset. */
export interface FakeStats {
  requests: number;
  operations: number;
  identifies: number;
  events: number;
  /** Events that were recognised by their id and dropped. */
  duplicates: number;
  /** Operations that were refused. */
  refused: number;
  /** Operations that named a suppressed person and were ignored. */
  suppressed: number;
  /** Requests that a scripted fault answered. */
  faulted: number;
  rateLimited: number;
  /** Reports of what deliveries came to that were taken, also of unknown deliveries. */
  reports: number;
}

const emptyStats = (): FakeStats => ({
  requests: 0,
  operations: 0,
  identifies: 0,
  events: 0,
  duplicates: 0,
  refused: 0,
  suppressed: 0,
  faulted: 0,
  rateLimited: 0,
  reports: 0,
});

const CREATING = ['id', 'email', 'phone'] as const;

/** E-mail addresses compare without case. */
const blockOf = ([name, value]: readonly [string, unknown]): string =>
  `${name}\0${name === 'email' ? textOf(value).toLowerCase() : textOf(value)}`;

/** What changed of a person's subscription, as a metric of a webhook. */
export type SubscriptionChange = 'subscribed' | 'unsubscribed' | 'cio_subscription_preferences_changed';

/** Who hears of what a workspace reports. */
export interface WorkspaceListener {
  changed(person: Person, change: SubscriptionChange): void;
  /** A device tells that a message was delivered, opened or converted; `timestamp` in seconds since 1970. */
  reached(deliveryId: string, metric: string, timestamp: number | undefined): void;
}

const SILENT: WorkspaceListener = { changed: () => undefined, reached: () => undefined };

/** How a call names a person. */
export type Identifiers = Json;

/** What is kept of somebody not known yet, until a person takes it over. */
interface Anonymous {
  readonly events: FakeEvent[];
  readonly relationships: Map<string, unknown>;
}

/** The people, objects and event ids of one fake workspace. */
export class Workspace {
  readonly stats: FakeStats = emptyStats();
  readonly listener: WorkspaceListener;
  readonly #byId = new Map<string, Person>();
  readonly #byEmail = new Map<string, Person>();
  readonly #byCioId = new Map<string, Person>();
  readonly objects = new Map<string, Record<string, unknown>>();
  readonly anonymous = new Map<string, Anonymous>();
  readonly #seenIds = new Set<string>();
  readonly #suppressed = new Set<string>();
  #nextCioId = 1;

  constructor(listener: WorkspaceListener = SILENT) {
    this.listener = listener;
  }

  get people(): readonly Person[] {
    return [...this.#byCioId.values()];
  }

  byId(id: string): Person | undefined {
    return this.#byId.get(id);
  }

  /** The person that identifiers name, if there is one. */
  find(identifiers: Identifiers): Person | undefined {
    const { id, email, cio_id: cioId } = identifiers;
    if (id !== undefined) return this.#byId.get(textOf(id));
    if (email !== undefined) return this.#byEmail.get(textOf(email).toLowerCase());
    if (cioId !== undefined) return this.#byCioId.get(textOf(cioId));
    const phone = identifiers['phone'];
    return phone === undefined
      ? undefined
      : this.people.find((person) => isDeepStrictEqual(person.attribute('phone'), phone));
  }

  /** The person that identifiers name, made if need be; undefined for an unknown cio_id, or none of a person's identifiers. */
  findOrCreate(identifiers: Identifiers): Person | undefined {
    const known = this.find(identifiers);
    if (known || !CREATING.some((name) => identifiers[name] !== undefined)) return known;
    const person = new Person(`a${String(this.#nextCioId++).padStart(7, '0')}`);
    this.#byCioId.set(person.cioId, person);
    if (identifiers['id'] !== undefined) this.setId(person, textOf(identifiers['id']));
    const now = Number.NEGATIVE_INFINITY;
    if (identifiers['email'] !== undefined) this.setEmail(person, textOf(identifiers['email']), now);
    if (identifiers['phone'] !== undefined) person.write('phone', identifiers['phone'], now);
    return person;
  }

  /**
   * Gives a person an id; false when it belongs to somebody else, or the person has another one that may not change.
   */
  setId(person: Person, id: string, mayChange = false): boolean {
    const owner = this.#byId.get(id);
    if (owner === person) return true;
    if (owner !== undefined || (person.id !== undefined && !mayChange)) return false;
    if (person.id !== undefined) this.#byId.delete(person.id);
    person.id = id;
    this.#byId.set(id, person);
    return true;
  }

  /** Gives a person an e-mail address, or with `''` takes it away; false when it belongs to somebody else. */
  setEmail(person: Person, email: string, timestamp: number): boolean {
    const owner = this.#byEmail.get(email.toLowerCase());
    if (owner !== undefined && owner !== person) return false;
    const before = person.attribute('email');
    person.write('email', email, timestamp);
    if (person.attribute('email') !== email) return true;
    if (typeof before === 'string') this.#byEmail.delete(before.toLowerCase());
    if (email !== '') this.#byEmail.set(email.toLowerCase(), person);
    return true;
  }

  remove(person: Person): void {
    if (person.id !== undefined) this.#byId.delete(person.id);
    const email = person.attribute('email');
    if (typeof email === 'string') this.#byEmail.delete(email.toLowerCase());
    this.#byCioId.delete(person.cioId);
  }

  /** What is kept of somebody not known yet. */
  anonymousOf(anonymousId: string): Anonymous {
    const known = this.anonymous.get(anonymousId) ?? { events: [], relationships: new Map() };
    this.anonymous.set(anonymousId, known);
    return known;
  }

  /** Deletes an object, and everybody's relationship to it. */
  removeObject(key: string): void {
    this.objects.delete(key);
    for (const { relationships } of [...this.people, ...this.anonymous.values()]) relationships.delete(key);
  }

  isSuppressed(identifiers: Identifiers): boolean {
    return Object.entries(identifiers).some((entry) => this.#suppressed.has(blockOf(entry)));
  }

  suppress(identifiers: Identifiers): void {
    const person = this.find(identifiers);
    const email = person?.attribute('email');
    const all = { ...identifiers, ...(person?.id && { id: person.id }), ...(email ? { email } : {}) };
    for (const entry of Object.entries(all)) this.#suppressed.add(blockOf(entry));
    if (person) this.remove(person);
  }

  unsuppress(identifiers: Identifiers): void {
    for (const entry of Object.entries(identifiers)) this.#suppressed.delete(blockOf(entry));
  }

  /** Whether an event id is new; it is not any more after this. Events without a ULID are always new. */
  isNew(id: unknown): boolean {
    if (!isUlid(id)) return true;
    const upper = id.toUpperCase();
    if (this.#seenIds.has(upper)) return false;
    this.#seenIds.add(upper);
    return true;
  }
}
