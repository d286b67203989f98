import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { WriteKey } from '../contract/env.ts';
import { LIMITS } from '../contract/limits.ts';

/** The caller must send something else. */
export interface Refusal {
  readonly kind: 'refused';
  /** How HTTP authentication would do it. */
  readonly scheme: 'Basic' | 'Bearer';
  /** What the caller must do. */
  readonly rule: string;
  /** The headers say nothing, but the body may. */
  readonly mayBeInBody?: true;
}

/** Who sends, as far as a request tells. */
export type Identified =
  | { readonly kind: 'source'; readonly source: string }
  | Refusal
  /** Nobody can be let in yet, through no fault of the caller's. */
  | { readonly kind: 'held'; readonly reason: string };

/** What a body says of its sender. */
export interface KeyInBody {
  readonly writeKey?: unknown;
}

/** Finds the source of a request: from its headers before its body is read, and again with its body. */
export type Authenticate = (headers: IncomingHttpHeaders, body?: KeyInBody) => Identified;

type HashedKey = { readonly source: string; readonly hash: Buffer };

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

const hashed = (keys: readonly WriteKey[]): readonly HashedKey[] =>
  keys.map(({ source, key }) => ({ source, hash: digest(key) }));

const BASIC = /^Basic +([A-Za-z0-9+/_=-]+)$/i;
const BEARER = /^Bearer +(\S+)$/i;

/** The key of an `Authorization` header; empty where there is none in it. */
const keyOf = (authorization: string): string => {
  const [, token] = BEARER.exec(authorization) ?? [];
  if (token !== undefined) return token;
  const [, credentials = ''] = BASIC.exec(authorization) ?? [];
  return Buffer.from(credentials, 'base64').toString('utf8').split(':', 1)[0] ?? '';
};

const sourceOf = (known: readonly HashedKey[], key: string): string | undefined => {
  const given = digest(key);
  let found: string | undefined;
  for (const { source, hash } of known) if (timingSafeEqual(hash, given)) found = source;
  return found;
};

const refused = (rule: string): Refusal => ({ kind: 'refused', scheme: 'Basic', rule });

const UNKNOWN = refused(
  'needs a write key that is known here: by Basic authentication as the user name with no password, by Bearer, or, ' +
    'without an Authorization header, as writeKey in the body',
);
const ABSENT: Refusal = { ...UNKNOWN, mayBeInBody: true };
const NO_STRING = refused('writeKey in the body must be a string');
const TOO_LONG = refused(`a write key must have at most ${LIMITS.mostKeyCharacters} characters`);
const TWO_KEYS = refused('the write keys of the Authorization header and of the body must be the same');
const HELD: Identified = { kind: 'held', reason: 'the write keys are not set yet' };

/** The one key of a request, or why it has none. */
const givenKey = ({ authorization }: IncomingHttpHeaders, body: KeyInBody | undefined): string | Refusal => {
  const inHeader = authorization ? keyOf(authorization) : undefined;
  const inBody = body?.writeKey ?? undefined;
  if (inBody !== undefined && typeof inBody !== 'string') return NO_STRING;
  const key = inHeader ?? inBody;
  if (key === undefined) return body === undefined ? ABSENT : UNKNOWN;
  if (key.length > LIMITS.mostKeyCharacters) return TOO_LONG;
  return key === (inBody ?? key) ? key : TWO_KEYS;
};

/**
 * The write key as SDKs send it: as the user name of Basic authentication, whose password is ignored, by Bearer, or as `writeKey` in
 * the body. Every known key is compared, each in constant time, so the answer's time tells nothing.
 *
 * @param keys the keys of now, asked for at each request: a new array takes effect at the next one, `undefined` holds them all
 * @example
 * const authenticate = writeKeyAuthenticator(() => [{ source: 'shop', key: 'k1' }]);
 * authenticate({ authorization: 'Basic azE6' }); // { kind: 'source', source: 'shop' }
 * authenticate({}, { writeKey: 'k1' }); // the same
 */
export const writeKeyAuthenticator = (keys: () => readonly WriteKey[] | undefined): Authenticate => {
  let hashedFrom: readonly WriteKey[] | undefined;
  let known: readonly HashedKey[] = [];
  return (headers, body) => {
    const current = keys();
    if (current === undefined) return HELD;
    if (current !== hashedFrom) {
      known = hashed(current);
      hashedFrom = current;
    }
    const key = givenKey(headers, body);
    if (typeof key !== 'string') return key;
    const source = sourceOf(known, key);
    return source === undefined ? UNKNOWN : { kind: 'source', source };
  };
};
