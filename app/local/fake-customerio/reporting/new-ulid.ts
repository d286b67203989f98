import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const MOST_MS = 2 ** 48 - 1;

const encode = (value: bigint, length: number): string =>
  Array.from(
    { length },
    (_, at) => ALPHABET[Number((value >> BigInt(5 * (length - 1 - at))) & 31n)] ?? '0',
  ).join('');

/**
 * A new ULID: 48 bits of time and 80 random ones.
 *
 * @param now milliseconds since 1970
 * @example newUlid(Date.now()) // '01JA0000000000000000000001'
 */
export const newUlid = (now: number): string => {
  const time = BigInt(Math.min(MOST_MS, Math.max(0, Math.floor(now))));
  return encode(time, 10) + encode(BigInt(`0x${randomBytes(10).toString('hex')}`), 16);
};

/**
 * A new delivery id: url-safe base 64 with its padding, as some of Customer.io's are (contract, section 7.1), so that
 * clients which forget to encode or trim it are found out.
 */
export const newDeliveryId = (): string => `RP${randomBytes(19).toString('base64url')}==`;
