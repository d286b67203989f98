import { createHash, timingSafeEqual } from 'node:crypto';
import type { WriteKey } from '../contract/env.ts';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Finds the source whose write key a request carries. */
export type Authenticate = (authorization: string | undefined) => string | undefined;

const userOf = (authorization: string | undefined): string | undefined => {
  const match = /^Basic +([A-Za-z0-9+/_=-]+)$/i.exec(authorization ?? '');
  const text = match?.[1] && Buffer.from(match[1], 'base64').toString('utf8');
  return text ? text.split(':', 1)[0] : undefined;
};

/**
 * Basic authentication as Segment's SDKs do it: the write key is the user name, the password is ignored. Every key is
 * compared, each in constant time, so the answer's time tells nothing.
 *
 * @returns a function from the Authorization header to the key's source, or undefined
 * @example authenticator([{ source: 'shop', key: 'k1' }])('Basic azE6') // 'shop'
 */
export const authenticator = (keys: readonly WriteKey[]): Authenticate => {
  const known = keys.map(({ source, key }) => ({ source, hash: digest(key) }));
  return (authorization) => {
    const given = digest(userOf(authorization) ?? '');
    let found: string | undefined;
    for (const { source, hash } of known) if (timingSafeEqual(hash, given)) found = source;
    return found;
  };
};
