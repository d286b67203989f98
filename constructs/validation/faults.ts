import { Token } from 'cdktf';

/** One broken rule: which prop, which rule, and what was found. */
export interface PropFault {
  readonly prop: string;
  readonly rule: string;
  readonly found: string;
}

/** Every fault of one integration's props, together. */
export class PropsError extends Error {
  override readonly name = 'PropsError';
  readonly faults: readonly PropFault[];

  /** @param path where the construct stands in the tree of the app */
  constructor(path: string, faults: readonly PropFault[]) {
    const lines = faults.map(({ prop, rule, found }) => `  ${prop} ${rule}, got ${found}`);
    super(`${path}: ${faults.length} of its props must be changed:\n${lines.join('\n')}`);
    this.faults = faults;
  }
}

const MOST_SHOWN = 100;

/** A value as it is shown in a fault: short ones as they are, long ones by their shape. */
export const shown = (value: unknown): string => {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string')
    return value.length <= MOST_SHOWN ? JSON.stringify(value) : `a text of ${value.length} characters`;
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'object'
    ? `an object with ${Object.keys(value).join(', ') || 'nothing'}`
    : typeof value;
};

/** A rule about one value: undefined where it is kept, else what must be. */
export type Rule = (value: unknown) => string | undefined;

/** Whether a value is known only to Terraform. */
export const isToken = (value: unknown): boolean => {
  try {
    return value !== null && Token.isUnresolved(value);
  } catch {
    return false;
  }
};

/** The rule for what synthesis itself must read. */
export const KNOWN_AT_SYNTH = 'must be known at synth, not a token';

const hidden = (value: unknown): string =>
  typeof value === 'string' ? `a text of ${value.length} characters` : `a value of type ${typeof value}`;

/**
 * Collects faults. Absent values are left to {@link Faults.required}, and tokens, whose values are known only to Terraform, are skipped.
 *
 * @example new Faults().check('ingest.maxInstances', 0, wholeNumber(1, 1000))
 */
export class Faults {
  readonly #found: PropFault[] = [];

  get all(): readonly PropFault[] {
    return this.#found;
  }

  add(prop: string, rule: string, value: unknown): void {
    this.#found.push({ prop, rule, found: shown(value) });
  }

  /** A fault of a value that may be meant to be kept secret. */
  addHidden(prop: string, rule: string, value: unknown): void {
    this.#found.push({ prop, rule, found: hidden(value) });
  }

  /** Refuses tokens, where synthesis must read the value. */
  known(prop: string, value: unknown): void {
    if (isToken(value)) this.#found.push({ prop, rule: KNOWN_AT_SYNTH, found: 'a token' });
  }

  checkHidden(prop: string, value: unknown, rule: Rule): void {
    if (value === undefined || isToken(value)) return;
    const broken = rule(value);
    if (broken !== undefined) this.addHidden(prop, broken, value);
  }

  check(prop: string, value: unknown, rule: Rule): void {
    if (value === undefined || isToken(value)) return;
    const broken = rule(value);
    if (broken !== undefined) this.add(prop, broken, value);
  }

  required(prop: string, value: unknown, rule: Rule): void {
    if (value === undefined || value === null || value === '') this.add(prop, 'must be given', value);
    else this.check(prop, value, rule);
  }

  /** Each entry of a list; a list with none of them breaks the rule too. */
  each(prop: string, value: unknown, rule: Rule): void {
    if (value === undefined || isToken(value)) return;
    if (!Array.isArray(value) || value.length === 0) this.add(prop, 'must be a list of at least one', value);
    else {
      for (const [index, entry] of value.entries()) this.#entry(prop, value, index, entry, rule);
    }
  }

  #entry(prop: string, list: readonly unknown[], index: number, entry: unknown, rule: Rule): void {
    const at = `${prop}[${index}]`;
    if (entry !== undefined && list.indexOf(entry) < index) this.add(at, 'must not be given twice', entry);
    else this.required(at, entry, rule);
  }

  /** Two ways to say one thing. */
  exclusive(at: string, props: object | undefined, one: string, other: string): void {
    const given = (name: string): boolean =>
      (props as Record<string, unknown> | undefined)?.[name] !== undefined;
    if (!given(one) || !given(other)) return;
    this.#found.push({
      prop: `${at}.${one}`,
      rule: `must not be given together with ${at}.${other}`,
      found: 'both',
    });
  }
}
