import { hash } from 'node:crypto';

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** Each recipe has a prefix of its own, so that ids of two recipes never meet. */
const PREFIX = 'customerio-platform/1';
const PREFIX_WITH_LENGTHS = 'customerio-platform/2';
const NUL = '\0';
const BYTES = 16;

/** What makes two events the same event. */
export interface EventIdentity {
  readonly source: string;
  readonly type: string;
  readonly key: string;
  /** The event's or page's name; empty where the type has none. */
  readonly name: string;
  readonly messageId: string;
}

/** 128 bits as a ULID: 26 Crockford characters, the first at most 7. */
const toUlid = (bytes: Buffer): string => {
  let text = '';
  let buffer = 0;
  // 26 characters hold 130 bits: the two that lead are zero.
  let bits = 2;
  for (const byte of bytes.subarray(0, BYTES)) {
    buffer = (buffer << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += CROCKFORD[(buffer >> bits) & 31];
      buffer &= (1 << bits) - 1;
    }
  }
  return text;
};

/** NUL separates the parts. Where a part itself holds one, its length goes before each part: else two events could have one text. */
const written = (parts: readonly string[]): string | Buffer => {
  if (!parts.some((part) => part.includes(NUL))) return [PREFIX, ...parts].join(NUL);
  const text = parts.map((part) => `${part.length}${NUL}${part}`).join('');
  // Not UTF-8, which has the same bytes for every lone surrogate.
  return Buffer.from(`${PREFIX_WITH_LENGTHS}${NUL}${text}`, 'utf16le');
};

/**
 * The deterministic id of an event, by which Customer.io recognises what is sent again: SHA-256 over the identity, its first
 * 128 bits written as a ULID. No time in it: a client that retries may stamp again, and Customer.io does not use the time part.
 * Parts may hold any text: different identities have different ids.
 * Source: contract, "Event dedupe by ULID".
 *
 * @example eventId({ source: 'shop', type: 'track', key: 'u1', name: 'Bought', messageId: 'm1' }) // 26 characters
 */
export const eventId = (identity: EventIdentity): string => {
  const { source, type, key, name, messageId } = identity;
  return toUlid(hash('sha256', written([source, type, key, name, messageId]), 'buffer'));
};

/** Whether a text is a ULID as Customer.io's API accepts it. */
export const isUlid = (text: string): boolean => /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/i.test(text);
