import type { IncomingMessage } from 'node:http';
import { gunzipSync, inflateSync } from 'node:zlib';
import { LIMITS } from '../contract/limits.ts';
import { Problem } from '../runtime/http/problem.ts';

/** Decompresses a body in one go. @throws Problem 400 `unreadable_body` or 413 */
export type Decompress = (bytes: Buffer) => Buffer;

const options = { maxOutputLength: LIMITS.batchBytes };

/** Brotli and zstd are not taken: a few bytes of theirs make the decompressor itself allocate megabytes. */
const ENCODINGS: Readonly<Record<string, Decompress>> = {
  gzip: (bytes) => gunzipSync(bytes, options),
  'x-gzip': (bytes) => gunzipSync(bytes, options),
  deflate: (bytes) => inflateSync(bytes, options),
};

/** The answer to a body above the limit, as it came or decompressed. */
export const bodyTooLarge = (): Problem =>
  new Problem(
    413,
    'request_too_large',
    `the request body must not be larger than ${LIMITS.batchBytes} bytes, also after decompression: send smaller batches`,
  );

const guarded =
  (decompress: Decompress): Decompress =>
  (bytes) => {
    try {
      return decompress(bytes);
    } catch (error) {
      if (Error.isError(error) && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE')
        throw bodyTooLarge();
      throw new Problem(400, 'unreadable_body', 'the request body cannot be decompressed', { cause: error });
    }
  };

/**
 * How a request's body is to be decompressed; undefined where it came as it is.
 *
 * @throws Problem 415 where its encoding is not taken
 * @example const bytes = decompressorOf(request)?.(body) ?? body;
 */
export const decompressorOf = (request: IncomingMessage): Decompress | undefined => {
  const encoding = (request.headers['content-encoding'] ?? 'identity').toLowerCase();
  if (encoding === 'identity') return undefined;
  const decompress = Object.hasOwn(ENCODINGS, encoding) ? ENCODINGS[encoding] : undefined;
  if (decompress !== undefined) return guarded(decompress);
  const message = 'Content-Encoding must be gzip, deflate or identity';
  throw new Problem(415, 'unsupported_encoding', message);
};
