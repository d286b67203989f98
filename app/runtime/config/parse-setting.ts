import { X509Certificate } from 'node:crypto';
import type { WriteKey } from '../../contract/env.ts';
import { LIMITS } from '../../contract/limits.ts';
import { UNSET } from '../../contract/secrets.ts';
import type { Setting, SettingKind } from '../../contract/setting.ts';
import { hostnameOf } from '../http/request-site.ts';

/** A write key that is not as it should be: what is wrong, never the key. */
export interface WeakKey {
  readonly source: string;
  /** Its place among the keys, from 1. */
  readonly place: number;
  readonly kind: 'placeholder' | 'short';
  readonly rule: string;
}

/** What a text was read as, or the rule it breaks. */
export type Parsed =
  | { readonly value: unknown; readonly weak?: readonly WeakKey[] }
  | { readonly rule: string };

/** The shape of a text that broke a rule, for its message: never the text itself. */
export const shapeOf = (text: string): string => `, got ${text.length} characters`;

const wholeNumber = (text: string, from: number, to: number): Parsed => {
  const value = Number(text);
  const fits = /^\d+$/.test(text) && value >= from && value <= to;
  return fits ? { value } : { rule: `must be a whole number from ${from} to ${to}` };
};

const ADDRESS_RULE = 'must be an http or https address without user name and password';

/** An address that goes into logs and pages: `fetch` would refuse one with a user name or password. */
const isWebAddress = (text: string): boolean => {
  const parsed = URL.parse(text);
  const isWeb = parsed !== null && /^https?:$/.test(parsed.protocol);
  return isWeb && parsed.username === '' && parsed.password === '';
};

const url = (text: string): Parsed =>
  isWebAddress(text)
    ? { value: text.replace(/\/+$/, '') }
    : { rule: `${ADDRESS_RULE}, such as http://host:port/api/v1` };

const endpoint = (text: string): Parsed => (isWebAddress(text) ? { value: text } : { rule: ADDRESS_RULE });

const isCertificate = (text: string): boolean => {
  try {
    return new X509Certificate(text).raw.length > 0;
  } catch {
    // What OpenSSL says of it names nothing that helps.
    return false;
  }
};

const CERTIFICATE = /-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----/gs;

const certificates = (text: string): Parsed => {
  const all = text.match(CERTIFICATE) ?? [];
  // A private key beside them would be handed on with them.
  const isBare = text.replace(CERTIFICATE, '').trim() === '';
  return isBare && all.length > 0 && all.every(isCertificate)
    ? { value: text }
    : {
        rule: 'must be certificates in PEM and nothing else, each from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----',
      };
};

const list = (text: string): Parsed => {
  const value = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  return value.length > 0 ? { value } : { rule: 'must name at least one, comma separated' };
};

const hostNames = (text: string): Parsed => {
  const names = list(text);
  const value = 'rule' in names ? [] : (names.value as string[]).map(hostnameOf);
  return value.length > 0 && !value.includes(undefined)
    ? { value }
    : { rule: 'must be names of hosts, comma separated, without scheme, port and wildcard' };
};

/** Names as SASL extensions have them; `auth` is the token's own (RFC 7628, section 3.1). */
const PAIR = /^(?!auth=)([A-Za-z]+)=([\x20-\x7e]+)$/;

const pairs = (text: string): Parsed => {
  const parts = list(text);
  const found = 'rule' in parts ? [] : (parts.value as string[]).map((part) => PAIR.exec(part)?.slice(1));
  return found.length > 0 && !found.includes(undefined)
    ? { value: Object.fromEntries(found as [string, string][]) }
    : { rule: 'must be key=value, comma separated; a key has only letters and is not auth' };
};

const writeKeyLine = (line: string): WriteKey | undefined => {
  const match = /^([a-zA-Z0-9][a-zA-Z0-9._-]{0,63})=([^\s:]+)$/.exec(line);
  const [, source, key] = match ?? [];
  const fits = source !== undefined && key !== undefined && key.length <= LIMITS.mostKeyCharacters;
  return fits ? { source, key } : undefined;
};

const linesOf = (text: string): readonly string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

const lines = (text: string): Parsed => {
  const value = linesOf(text);
  return value.length > 0 ? { value } : { rule: 'must have at least one line' };
};

const weaknessOf = ({ key }: WriteKey): Pick<WeakKey, 'kind' | 'rule'> | undefined => {
  if (key === UNSET)
    return { kind: 'placeholder', rule: `is the placeholder \`${UNSET}\`, by which nobody may send` };
  const { length } = [...key];
  const least = LIMITS.leastKeyCharacters;
  if (length >= least) return undefined;
  return { kind: 'short', rule: `must have at least ${least} characters, lest it be guessed, got ${length}` };
};

const weakIn = (keys: readonly WriteKey[]): readonly WeakKey[] =>
  keys.flatMap((entry, index) => {
    const weakness = weaknessOf(entry);
    return weakness ? [{ source: entry.source, place: index + 1, ...weakness }] : [];
  });

/** A source whose key is the placeholder has none, and the others go on. */
const writeKeys = (text: string): Parsed => {
  const entries = linesOf(text).map(writeKeyLine);
  const given = entries.filter((entry) => entry !== undefined);
  if (entries.length === 0 || given.length < entries.length) {
    return {
      rule:
        'must have one `source=key` a line; a source is letters, digits, dot, dash and underscore, ' +
        `a key has no colon and at most ${LIMITS.mostKeyCharacters} characters`,
    };
  }
  const value = given.filter(({ key }) => key !== UNSET);
  const distinct = new Set(value.map(({ key }) => key)).size === value.length;
  return distinct ? { value, weak: weakIn(given) } : { rule: 'must not give one key to two sources' };
};

const MAX_COUNT = 1_000_000;

const truth = (text: string): Parsed =>
  text === 'true' || text === 'false' ? { value: text === 'true' } : { rule: 'must be true or false' };

const PARSERS: Readonly<Record<Exclude<SettingKind, readonly string[]>, (text: string) => Parsed>> = {
  text: (text) => ({ value: text }),
  port: (text) => wholeNumber(text, 0, 65_535),
  count: (text) => wholeNumber(text, 1, MAX_COUNT),
  boolean: truth,
  list,
  'host-names': hostNames,
  url,
  endpoint,
  certificates,
  pairs,
  'write-keys': writeKeys,
  lines,
};

/**
 * Reads one setting's text as its kind.
 *
 * @example parseSetting({ kind: 'port', … }, '8080') // { value: 8080 }
 */
export const parseSetting = ({ kind }: Setting, text: string): Parsed => {
  if (typeof kind === 'string') return PARSERS[kind](text);
  return kind.includes(text) ? { value: text } : { rule: `must be one of ${kind.join(', ')}` };
};
