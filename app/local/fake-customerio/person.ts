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

const PREFERENCES = 'cio_subscription_preferences';

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A copy of `base` in which the value at a path of keys is replaced. */
const withPath = (base: unknown, [key, ...rest]: readonly string[], value: unknown): unknown => {
  if (key === undefined) return value;
  const entries = new Map(Object.entries(isPlain(base) ? base : {}));
  entries.set(key, withPath(entries.get(key), rest, value));
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

  constructor(cioId: string) {
    this.cioId = cioId;
  }

  attribute(name: string): unknown {
    return this.#written.get(name)?.value;
  }

  /**
   * Writes one attribute, unless a later write was there before; equal times go to the later arrival. `""` and null
   * remove it, which is remembered as a write. `cio_subscription_preferences.a.b` merges one key.
   */
  write(name: string, value: unknown, timestamp: number): void {
    const isPreference = name.startsWith(`${PREFERENCES}.`);
    const at = this.#written.get(name)?.timestamp ?? Number.NEGATIVE_INFINITY;
    if (timestamp < at) return;
    this.#written.set(name, { value: isPreference ? undefined : value, timestamp });
    if (!isPreference) return;
    const path = name.slice(PREFERENCES.length + 1).split('.');
    const whole = withPath(this.attribute(PREFERENCES), path, value);
    this.#written.set(PREFERENCES, { value: whole, timestamp });
  }

  /** Takes from another person what this one does not have. */
  fillFrom(other: Person): void {
    for (const [name, written] of other.#written) {
      const mine = this.attribute(name);
      if (mine === undefined || mine === '' || mine === null) this.#written.set(name, written);
    }
    for (const [token, device] of other.devices) this.devices.set(token, device);
    this.events.push(...other.events);
  }

  /** What the controls show. */
  view(): object {
    const present = [...this.#written].filter(
      ([, { value }]) => value !== undefined && value !== null && value !== '',
    );
    return {
      id: this.id ?? null,
      cio_id: this.cioId,
      attributes: Object.fromEntries(present.map(([name, { value }]) => [name, value])),
      events: this.events,
      arrivals: this.arrivals,
      devices: [...this.devices.values()],
      relationships: [...this.relationships.values()],
    };
  }
}
