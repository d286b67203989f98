import { createHmac, hash } from 'node:crypto';

const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;
/** As much of a message as most webhooks have. */
const ROOM_BYTES = 16_384;
const MOST_KEYS = 16;

/** A key as it enters the two hashes of RFC 2104, each with room behind it for what is hashed after it. */
interface Pads {
  readonly inner: Buffer;
  readonly outer: Buffer;
}

const padOf = (block: Uint8Array, mask: number, room: number): Buffer => {
  const pad = Buffer.alloc(BLOCK_BYTES + room);
  pad.set(block.map((byte) => byte ^ mask));
  return pad;
};

const padsOf = (key: string): Pads => {
  const bytes = Buffer.from(key);
  const block = new Uint8Array(BLOCK_BYTES);
  block.set(bytes.length > BLOCK_BYTES ? hash('sha256', bytes, 'buffer') : bytes);
  return { inner: padOf(block, 0x36, ROOM_BYTES), outer: padOf(block, 0x5c, DIGEST_BYTES) };
};

const known = new Map<string, Pads>();

const padsFor = (key: string): Pads => {
  const found = known.get(key);
  if (found !== undefined) return found;
  // Keys are rotated now and then, and old ones need not stay in memory.
  if (known.size >= MOST_KEYS) known.clear();
  const pads = padsOf(key);
  known.set(key, pads);
  return pads;
};

/**
 * HMAC-SHA256 of a text followed by bytes, by two one-shot hashes. It is what `createHmac` gives, without the stream and the native
 * objects that it makes for each call: they cost an eighth of all that is done for a webhook. A longer body is left to `createHmac`, which
 * needs no copy of it. Source: RFC 2104.
 *
 * @param key any text; its UTF-8 bytes are the key
 * @param prefix any text, in UTF-8 before the bytes
 * @returns 64 lower-case hexadecimal digits
 * @example hmacSha256('key', 'v0:1760000000:', body)
 */
export const hmacSha256 = (key: string, prefix: string, body: Uint8Array): string => {
  const { inner, outer } = padsFor(key);
  const start = BLOCK_BYTES + Buffer.byteLength(prefix);
  const length = start + body.length;
  if (length > inner.length) return createHmac('sha256', key).update(prefix).update(body).digest('hex');
  inner.write(prefix, BLOCK_BYTES);
  inner.set(body, start);
  outer.write(hash('sha256', inner.subarray(0, length), 'binary'), BLOCK_BYTES, 'binary');
  return hash('sha256', outer, 'hex');
};
