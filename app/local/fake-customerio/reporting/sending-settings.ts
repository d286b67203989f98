/** How webhooks are sent. What Customer.io leaves open (contract, section 10) is a setting. */
export interface SendingSettings {
  /** Milliseconds for one call; Customer.io's are 4000 (contract, section 7). Not scaled. */
  readonly timeoutMs: number;
  /** Whether a retry is signed with the time of its own attempt or that of the first one. */
  readonly retrySignature: 'renewed' | 'original';
  /** `newest` sends what waits in reverse. Order across events is not promised (contract, section 7). */
  readonly order: 'fifo' | 'newest';
  /** Most events that wait for one endpoint, and their most bytes; more are not kept. */
  readonly queueSize: number;
  readonly queueBytes: number;
}

/** The settings that hold where nothing else is said. */
export const SENDING_DEFAULTS: SendingSettings = {
  timeoutMs: 4000,
  retrySignature: 'renewed',
  order: 'fifo',
  queueSize: 10_000,
  queueBytes: 32_000_000,
};

const RULES: Readonly<Record<string, (value: unknown) => boolean>> = {
  timeoutMs: (value) => typeof value === 'number' && value >= 1 && value <= 600_000,
  retrySignature: (value) => value === 'renewed' || value === 'original',
  order: (value) => value === 'fifo' || value === 'newest',
};

/** What is wrong with settings that a control was given; empty when nothing is. Sizes cannot be set there. */
export const sendingFaults = (settings: Readonly<Record<string, unknown>>): readonly string[] =>
  Object.entries(settings).flatMap(([name, value]) => {
    if (!Object.hasOwn(RULES, name)) return [`${name} is not known`];
    return RULES[name]?.(value) ? [] : [`${name} is not valid`];
  });
