import { hash } from 'node:crypto';

/** Bytes that are kept of a body that cannot be kept whole. */
export const HEAD_BYTES = 64_000;

/** What is kept of a body that cannot be kept whole. */
export interface BodyPart {
  /** The first 64 kB. */
  readonly head: Buffer;
  /** Its whole length. */
  readonly bytes: number;
  /** Of the whole body, 64 lower-case hexadecimal digits. */
  readonly sha256: string;
}

/** What is kept of a body. */
export const partOf = (body: Buffer): BodyPart => ({
  head: body.subarray(0, HEAD_BYTES),
  bytes: body.length,
  sha256: hash('sha256', body),
});
