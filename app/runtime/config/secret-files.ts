import { readFile } from 'node:fs/promises';
import type { Secret } from '../../contract/secrets.ts';
import type { Logger } from '../logger.ts';
import type { Count, Metrics } from '../metrics.ts';
import { codeOf } from './code-of.ts';
import type { SecretSetting, Taken } from './secret-setting.ts';

/** How often mounted secrets are read again, in milliseconds. */
const REREAD_MS = 5 * 60_000;
/** The same while a secret holds the placeholder: somebody is about to give it its value. */
const WAITING_MS = 30_000;
const NEWEST_IS_PLACEHOLDER =
  'the newest version is the placeholder; run `cio-platform secrets status`, which says how to mend it';

/** Options of {@link SecretFiles}. */
export interface SecretFilesOptions {
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** How often files are read again, in milliseconds. While a secret is unset at most half a minute. @default five minutes */
  readonly everyMs?: number | undefined;
  /** @default performance.now */
  readonly now?: () => number;
  /** Reads a file. @default `readFile` of `node:fs/promises`, as UTF-8 */
  readonly read?: Read;
}

type Listener = (changed: readonly Secret<unknown>[]) => void;

/** What was last said about a secret that is not as it should be, and when. */
interface Said {
  readonly what: string;
  readonly at: number;
}

type Read = (path: string) => Promise<string>;

const readUtf8: Read = (path) => readFile(path, 'utf8');

type Found = { readonly text: string } | { readonly rule: string };

const textOf = async (path: string, read: Read = readUtf8): Promise<Found> => {
  try {
    return { text: (await read(path)).trim() };
  } catch (error) {
    return { rule: `names a file that cannot be read: ${codeOf(error)}` };
  }
};

/**
 * The mounted secret files of a process, read again and again: by time, because a mounted volume tells nothing of changes, and
 * at once when somebody doubts a value. A value that is good is taken over; one that is not, or the placeholder, leaves the last
 * good one and a warning.
 *
 * @example
 * const files = new SecretFiles(secretsIn(config), { logger, metrics });
 * files.start();
 * files.onChange((changed) => …);
 */
export class SecretFiles {
  readonly #secrets: readonly SecretSetting[];
  readonly #options: SecretFilesOptions;
  readonly #listeners = new Set<Listener>();
  readonly #faulty = new Set<SecretSetting>();
  /** Those whose last read gave the placeholder, while they hold a good value. */
  readonly #behind = new Set<SecretSetting>();
  readonly #said = new Map<SecretSetting, Said>();
  readonly #faults: Count;
  readonly #placeholders: Count;
  #reading: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(secrets: readonly SecretSetting[], options: SecretFilesOptions) {
    this.#secrets = secrets;
    this.#options = options;
    const { metrics } = options;
    this.#faults = metrics.count(
      'secret_unreadable_total',
      'reads of a secret that gave no good value',
      ['setting'],
      secrets.map(({ name }) => ({ setting: name })),
    );
    metrics.gauge(
      'secrets_unreadable',
      'secrets whose last read gave no good value',
      () => this.#faulty.size,
    );
    this.#placeholders = metrics.count(
      'secret_placeholder_total',
      'reads of a secret that gave the placeholder while a good value was held, which is kept',
      ['setting'],
    );
    metrics.gauge(
      'secrets_behind_placeholder',
      'secrets with a good value whose newest version is the placeholder: new instances hold',
      () => this.#behind.size,
    );
    metrics.gauge('secrets_unset', 'secrets that still hold the placeholder', () => this.#unset().length);
  }

  /** Reads from time to time until it is stopped. */
  start(): void {
    for (const secret of this.#unset()) this.#sayUnset(secret);
    for (const secret of this.#secrets) this.#sayWeak(secret);
    this.#schedule();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Reads every file now, and once more after a read that is under way: its file may be of before the change. */
  refresh(): Promise<void> {
    this.#next ??= this.#reading.then(() => {
      this.#next = undefined;
      this.#reading = this.#readAll();
      return this.#reading;
    });
    return this.#next;
  }

  /** Calls back after values changed, with those that did. Returns how to stop that. */
  onChange(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get #everyMs(): number {
    return this.#options.everyMs ?? REREAD_MS;
  }

  #schedule(): void {
    if (this.#stopped) return;
    const waiting = this.#unset().length > 0;
    const ms = waiting ? Math.min(WAITING_MS, this.#everyMs) : this.#everyMs;
    this.#timer = setTimeout(() => void this.refresh().then(() => this.#schedule()), ms);
  }

  #unset(): readonly SecretSetting[] {
    return this.#secrets.filter(({ state }) => state === 'unset');
  }

  /** All files first, then all values at once: a name and its password change together. */
  async #readAll(): Promise<void> {
    const texts = await Promise.all(this.#secrets.map((secret) => this.#read(secret)));
    const changed: SecretSetting[] = [];
    for (const { secret, found } of texts.flat()) {
      const taken: Taken = 'rule' in found ? { kind: 'faulty', rule: found.rule } : secret.take(found.text);
      this.#note(secret, taken);
      if (taken.kind === 'changed' || taken.kind === 'unset') changed.push(secret);
    }
    if (changed.length > 0) for (const listener of this.#listeners) listener(changed);
  }

  /** What a secret's file holds; nothing for a value from a variable. */
  async #read(secret: SecretSetting): Promise<readonly { secret: SecretSetting; found: Found }[]> {
    if (secret.path === undefined) return [];
    return [{ secret, found: await textOf(secret.path, this.#options.read) }];
  }

  #note(secret: SecretSetting, taken: Taken): void {
    const { logger } = this.#options;
    const facts = { setting: secret.name, secret: secret.setting.secret };
    if (taken.kind !== 'kept') this.#behind.delete(secret);
    if (taken.kind === 'faulty') {
      this.#faulty.add(secret);
      this.#faults.add({ setting: secret.name });
      const keeps = secret.state === 'set' ? 'the last good value' : 'waiting for a value';
      this.#say(secret, taken.rule, () =>
        logger.warn({ ...facts, rule: taken.rule, keeps }, 'secret.unreadable'),
      );
      return;
    }
    this.#faulty.delete(secret);
    if (taken.kind === 'kept') return this.#keep(secret);
    if (secret.state === 'unset') return this.#sayUnset(secret);
    this.#said.delete(secret);
    if (taken.kind !== 'changed') return;
    logger.info(facts, 'secret.changed');
    this.#sayWeak(secret);
  }

  /** Said once, until a read gives something else: the gauge tells how long it lasts. */
  #keep(secret: SecretSetting): void {
    this.#placeholders.add({ setting: secret.name });
    this.#said.delete(secret);
    if (this.#behind.has(secret)) return;
    this.#behind.add(secret);
    const { logger } = this.#options;
    const facts = { setting: secret.name, secret: secret.setting.secret };
    const rule = `${NEWEST_IS_PLACEHOLDER}: instances that start now have no value`;
    logger.warn({ ...facts, rule, keeps: 'the last good value' }, 'secret.placeholder');
  }

  /** Weak keys work, lest the other sources stop. */
  #sayWeak({ name: setting, setting: { secret }, weak }: SecretSetting): void {
    for (const { source, rule } of weak)
      this.#options.logger.warn({ setting, secret, source, rule: `the key ${rule}` }, 'secret.weak');
  }

  #sayUnset(secret: SecretSetting): void {
    const rule = `${NEWEST_IS_PLACEHOLDER}; a value is taken over without a restart`;
    const facts = { setting: secret.name, secret: secret.setting.secret, rule };
    this.#say(secret, rule, () => this.#options.logger.warn(facts, 'secret.unset'));
  }

  /** Says a thing when it is new, and again as often as files are read by time: reads on demand may come every second. */
  #say(secret: SecretSetting, what: string, say: () => void): void {
    const now = (this.#options.now ?? performance.now.bind(performance))();
    const said = this.#said.get(secret);
    if (said?.what === what && now - said.at < this.#everyMs * 0.9) return;
    this.#said.set(secret, { what, at: now });
    say();
  }
}
