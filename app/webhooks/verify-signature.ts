import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { UNSET } from '../contract/secrets.ts';
import { hmacSha256 } from './hmac-sha256.ts';

/** The two headers that sign a webhook, once each and well formed. */
export interface Signature {
  /** `X-CIO-Timestamp`: seconds since 1970, as sent. */
  readonly timestamp: string;
  /** `X-CIO-Signature`: 64 lower-case hexadecimal digits. */
  readonly signature: string;
}

/** What a header looks like, for a log line. */
export type HeaderState = 'absent' | 'malformed' | 'well-formed';

const HEADERS = { timestamp: 'x-cio-timestamp', signature: 'x-cio-signature' } as const;
const SHAPES = { timestamp: /^\d{1,15}$/, signature: /^[0-9a-f]{64}$/ } as const;

type Headers = IncomingHttpHeaders;

const headerOf = (headers: Headers, part: keyof Signature): string | undefined => {
  const value = headers[HEADERS[part]];
  return typeof value === 'string' && SHAPES[part].test(value) ? value : undefined;
};

/**
 * The signature of a request; undefined where a header is absent, repeated or not of its form. Node joins a repeated header
 * by a comma, which neither form has.
 */
export const signatureOf = (headers: Headers): Signature | undefined => {
  const timestamp = headerOf(headers, 'timestamp');
  const signature = headerOf(headers, 'signature');
  return timestamp === undefined || signature === undefined ? undefined : { timestamp, signature };
};

/** How each header looks, without what it says. */
export const signatureHeaders = (headers: Headers): Readonly<Record<keyof Signature, HeaderState>> => {
  const state = (part: keyof Signature): HeaderState => {
    if (headers[HEADERS[part]] === undefined) return 'absent';
    return headerOf(headers, part) === undefined ? 'malformed' : 'well-formed';
  };
  return { timestamp: state('timestamp'), signature: state('signature') };
};

/** Whether a key can sign: everybody knows the empty one and the placeholder of a secret without a value. */
export const isUsableKey = (key: string): boolean => key !== '' && key !== UNSET;

/** When a signature is too old or too new. */
export interface Freshness {
  /** Seconds that the timestamp may be from now, either way. */
  readonly withinSeconds: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

const isFresh = (timestamp: string, { withinSeconds, now }: Freshness): boolean =>
  Math.abs(now / 1000 - Number(timestamp)) <= withinSeconds;

/** What is signed before the body. */
export const signedPrefix = ({ timestamp }: Signature): string => `v0:${timestamp}:`;

/**
 * Finds the key whose digest is the signature. Every usable key is tried and compared in constant time.
 *
 * @param digestOf the digest that the key at a place makes, 64 lower-case hexadecimal digits
 * @returns the index of the key in `keys`; undefined when none matches
 */
export const signedBy = (
  given: Signature | undefined,
  keys: readonly string[],
  digestOf: (index: number) => string,
  freshness?: Freshness,
): number | undefined => {
  if (given === undefined || !SHAPES.signature.test(given.signature)) return undefined;
  if (freshness !== undefined && !isFresh(given.timestamp, freshness)) return undefined;
  const expected = Buffer.from(given.signature);
  let found: number | undefined;
  for (const [index, key] of keys.entries()) {
    const actual = Buffer.from(digestOf(index));
    if (timingSafeEqual(actual, expected) && isUsableKey(key)) found ??= index;
  }
  return found;
};

/**
 * Finds the key that signed a body: HMAC-SHA256 of `v0:`, the timestamp, `:` and the bytes as received. Source: contract, section 7.
 *
 * @param keys signing keys, several while they are rotated; an empty one or a placeholder never matches
 * @param freshness default: any age, since retries run for 7 days and may keep their first timestamp
 * @returns the index of the key in `keys`; undefined when none matches
 * @example verifySignature(signatureOf(request.headers), body, ['new key', 'old key']) // 1: signed with the old key
 */
export const verifySignature = (
  given: Signature | undefined,
  body: Uint8Array,
  keys: readonly string[],
  freshness?: Freshness,
): number | undefined =>
  given &&
  signedBy(given, keys, (index) => hmacSha256(keys[index] ?? '', signedPrefix(given), body), freshness);
