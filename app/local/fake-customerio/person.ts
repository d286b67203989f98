import { isObject } from './operation-fault.ts';

/** An event as a person's page shows it. */
export interface FakeEvent {
  readonly name: string;
  readonly type: string;
  readonly id?: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly attributes: unknown;
}

/** The first arrival of an operation, for proofs of order. */
export interface Arrival {
  readonly at: string;
  readonly action: string;
  readonly name?: string;
  readonly id?: string;
  readonly timestamp?: number;
  /** Of an identify, which has no id of its own. */
  readonly attributes?: unknown;
}

interface Written {
  readonly value: unknown;
  /** Seconds since 1970. */
  readonly timestamp: number;
}

/** The attribute of topics and channels (contract, section 6). */
export const PREFERENCES = 'cio_subscription_preferences';

const isEmpty = (value: unknown): boolean => value === undefined || value === null || value === '';

/** A copy of `base` in which the value at a path of keys is replaced. */
const withPath = (base: unknown, [key, ...rest]: readonly string[], value: unknown): unknown => {
  if (key === undefined) return value;
  const entries = new Map(Object.entries(isObject(base) ? base : {}));
  if (rest.length === 0 && isEmpty(value)) entries.delete(key);
  else entries.set(key, withPath(entries.get(key), rest, value));
  return Object.fromEntries(entries);
};

/** A person of the fake workspace. */
export class Person {
  id: string | undefined;
  readonly cioId: string;
  readonly #written = new Map<string, Written>();
  readonly events: FakeEvent[] = [];
  readonly arrivals: Arrival[] = [];
  readonly devices = new Map<string, unknown>();
  readonly relationships = new Map<string, unknown>();
  /** Numbers of manual segments. */
  readonly segments = new Set<string>();

  constructor(cioId: string) {
    this.cioId = cioId;
  }

  attribute(name: string): unknown {
    return this.#written.get(name)?.value;
  }

  /** The preferences: the whole as it was last written, with every key that was written on its own since. */
  preferences(): unknown {
    const whole = this.#written.get(PREFERENCES);
    const names = [...this.#written.keys()];
    const since = [...this.#written].filter(([name, { timestamp }]) => {
      if (!name.startsWith(`${PREFERENCES}.`)) return false;
      if (whole === undefined || timestamp > whole.timestamp) return true;
      return timestamp === whole.timestamp && names.indexOf(name) > names.indexOf(PREFERENCES);
    });
    return since
      .toSorted(([, one], [, other]) => one.timestamp - other.timestamp)
      .reduce(
        (base, [name, { value }]) => withPath(base, name.slice(PREFERENCES.length + 1).split('.'), value),
        whole?.value,
      );
  }

  /**
   * Writes one attribute, unless a later write was there before; equal times go to the later arrival. `""` and null
   * remove it, which is remembered as a write. `cio_subscription_preferences.a.b` merges one key.
   */
  write(name: string, value: unknown, timestamp: number): void {
    const at = this.#written.get(name)?.timestamp ?? Number.NEGATIVE_INFINITY;
    if (timestamp < at) return;
    // Taken out first, so that the order of the entries is the order of their arrival.
    this.#written.delete(name);
    this.#written.set(name, { value, timestamp });
  }

  /** Takes from another person what this one does not have. */
  fillFrom(other: Person): void {
    for (const [name, written] of other.#written) {
      const mine = this.attribute(name);
      if (isEmpty(mine)) this.#written.set(name, written);
    }
    for (const [token, device] of other.devices) this.devices.set(token, device);
    for (const [key, relation] of other.relationships) this.relationships.set(key, relation);
    this.events.push(...other.events);
  }

  /** What the controls show. */
  view(): object {
    const values = new Map([...this.#written].map(([name, { value }]) => [name, value]));
    values.set(PREFERENCES, this.preferences());
    const present = [...values].filter(
      ([name, value]) => !isEmpty(value) && !name.startsWith(`${PREFERENCES}.`),
    );
    return {
      id: this.id ?? null,
      cio_id: this.cioId,
      attributes: Object.fromEntries(present),
      events: this.events,
      arrivals: this.arrivals,
      devices: [...this.devices.values()],
      relationships: [...this.relationships.values()],
      segments: [...this.segments],
    };
  }
}
