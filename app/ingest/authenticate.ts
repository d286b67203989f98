import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { WriteKey } from '../contract/env.ts';

/** Who sends, as far as a request's headers tell. */
export type Identified =
  | { readonly kind: 'source'; readonly source: string }
  /** The caller must send something else: `rule` says what, by which `scheme` of HTTP authentication. */
  | { readonly kind: 'refused'; readonly scheme: 'Basic' | 'Bearer'; readonly rule: string }
  /** Nobody can be let in yet, through no fault of the caller's. */
  | { readonly kind: 'held'; readonly reason: string };

/** Finds the source of a request from its headers, before its body is read. */
export type Authenticate = (headers: IncomingHttpHeaders) => Identified;

type HashedKey = { readonly source: string; readonly hash: Buffer };

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

const hashed = (keys: readonly WriteKey[]): readonly HashedKey[] =>
  keys.map(({ source, key }) => ({ source, hash: digest(key) }));

const userOf = (authorization: string | undefined): string => {
  const match = /^Basic +([A-Za-z0-9+/_=-]+)$/i.exec(authorization ?? '');
  const text = match?.[1] ? Buffer.from(match[1], 'base64').toString('utf8') : '';
  return text.split(':', 1)[0] ?? '';
};

const sourceOf = (known: readonly HashedKey[], key: string): string | undefined => {
  const given = digest(key);
  let found: string | undefined;
  for (const { source, hash } of known) if (timingSafeEqual(hash, given)) found = source;
  return found;
};

const REFUSED: Identified = {
  kind: 'refused',
  scheme: 'Basic',
  rule: 'needs Basic authentication with a write key as the user name and no password',
};

const HELD: Identified = { kind: 'held', reason: 'the write keys are not set yet' };

/**
 * Basic authentication as Segment's SDKs do it: the write key is the user name, the password is ignored. Every key is
 * compared, each in constant time, so the answer's time tells nothing.
 *
 * @param keys the keys of now, asked for at each request: a new array takes effect at the next one, `undefined` holds them all
 * @example writeKeyAuthenticator(() => [{ source: 'shop', key: 'k1' }])({ authorization: 'Basic azE6' }) // { kind: 'source', source: 'shop' }
 */
export const writeKeyAuthenticator = (keys: () => readonly WriteKey[] | undefined): Authenticate => {
  let hashedFrom: readonly WriteKey[] | undefined;
  let known: readonly HashedKey[] = [];
  return ({ authorization }) => {
    const current = keys();
    if (current === undefined) return HELD;
    if (current !== hashedFrom) {
      known = hashed(current);
      hashedFrom = current;
    }
    const source = sourceOf(known, userOf(authorization));
    return source === undefined ? REFUSED : { kind: 'source', source };
  };
};
