import { createHash, createHmac } from 'node:crypto';
import type { BodyPart } from './body-part.ts';
import { HEAD_BYTES } from './body-part.ts';
import { type Freshness, type Signature, signedBy, signedPrefix } from './verify-signature.ts';

/** A body of which only a part was kept. */
export interface HashedBody {
  readonly kind: 'hashed';
  readonly part: BodyPart;
  /** The keys that it was checked with. */
  readonly keys: readonly string[];
  /** The place of the key that signed it; undefined when none did. */
  readonly keyIndex: number | undefined;
}

/** Hashes a body while it comes, with each key and without one, and keeps its beginning. */
export class BodyHashes {
  readonly #given: Signature;
  readonly #keys: readonly string[];
  readonly #hash = createHash('sha256');
  readonly #hmacs: readonly ReturnType<typeof createHmac>[];
  readonly #head = Buffer.alloc(HEAD_BYTES);
  #length = 0;

  /** @param keys signing keys: one that is added later cannot be tried */
  constructor(given: Signature, keys: readonly string[]) {
    this.#given = given;
    this.#keys = keys;
    this.#hmacs = keys.map((key) => createHmac('sha256', key).update(signedPrefix(given)));
  }

  add(chunk: Buffer): void {
    if (this.#length < HEAD_BYTES) chunk.copy(this.#head, this.#length);
    this.#length += chunk.length;
    this.#hash.update(chunk);
    for (const hmac of this.#hmacs) hmac.update(chunk);
  }

  /** To be called once. */
  end(freshness?: Freshness): HashedBody {
    const digests = this.#hmacs.map((hmac) => hmac.digest('hex'));
    const keyIndex = signedBy(this.#given, this.#keys, (index) => digests[index] ?? '', freshness);
    const head = this.#head.subarray(0, this.#length);
    const part = { head, bytes: this.#length, sha256: this.#hash.digest('hex') };
    return { kind: 'hashed', part, keys: this.#keys, keyIndex };
  }
}
