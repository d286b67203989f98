import type { IncomingMessage } from 'node:http';
import { gunzipSync, inflateSync } from 'node:zlib';
import { LIMITS } from '../contract/limits.ts';
import type { Bytes } from '../runtime/http/body-budget.ts';
import { Problem } from '../runtime/http/problem.ts';
import { readBody } from '../runtime/http/read-body.ts';
import { tooManyRequests } from './too-many-requests.ts';

/** A body, decompressed; its bytes are taken from the budget and are to be given back. */
export interface RequestBody {
  readonly bytes: Buffer;
  readonly held: number;
}

type Decompress = (bytes: Buffer) => Buffer;

const options = { maxOutputLength: LIMITS.batchBytes };

/** Brotli and zstd are not taken: a few bytes of theirs make the decompressor itself allocate megabytes. */
const ENCODINGS: Readonly<Record<string, Decompress>> = {
  identity: (bytes) => bytes,
  gzip: (bytes) => gunzipSync(bytes, options),
  'x-gzip': (bytes) => gunzipSync(bytes, options),
  deflate: (bytes) => inflateSync(bytes, options),
};

const tooLarge = (): Problem =>
  new Problem(
    413,
    'request_too_large',
    `the request body must not be larger than ${LIMITS.batchBytes} bytes, also after decompression: send smaller batches`,
  );

const decompressorOf = (request: IncomingMessage): Decompress => {
  const encoding = (request.headers['content-encoding'] ?? 'identity').toLowerCase();
  const decompress = Object.hasOwn(ENCODINGS, encoding) ? ENCODINGS[encoding] : undefined;
  if (decompress !== undefined) return decompress;
  const message = 'Content-Encoding must be gzip, deflate or identity';
  throw new Problem(415, 'unsupported_encoding', message);
};

/** How long a body may take: a while, and the time that its size takes at a slow rate. Without a length what has come counts. */
const paceOf = (declared: number | undefined) => (received: number) =>
  LIMITS.bodyGraceMs + ((declared ?? received) / LIMITS.bodyBytesPerSecond) * 1_000;

const lengthOf = (request: IncomingMessage): number | undefined => {
  const text = request.headers['content-length'];
  return text === undefined ? undefined : Number(text);
};

const decompressed = (decompress: Decompress, bytes: Buffer): Buffer => {
  try {
    return decompress(bytes);
  } catch (error) {
    if (Error.isError(error) && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
    throw new Problem(400, 'unreadable_body', 'the request body cannot be decompressed', { cause: error });
  }
};

const received = async (request: IncomingMessage, budget: Bytes): Promise<RequestBody> => {
  const declared = lengthOf(request);
  if (declared !== undefined && declared > LIMITS.batchBytes) throw tooLarge();
  const body = await readBody(request, { bytes: LIMITS.batchBytes, withinMs: paceOf(declared), budget });
  switch (body.kind) {
    case 'read':
      return body;
    case 'too_large':
      throw tooLarge();
    case 'full':
      throw tooManyRequests('more request bodies are under way than this instance holds');
    case 'slow':
      throw new Problem(
        408,
        'request_timeout',
        `the request body came slower than ${LIMITS.bodyBytesPerSecond} bytes a second`,
        { closes: true },
      );
    case 'aborted':
      throw new Problem(400, 'request_aborted', 'the request ended before its body was complete');
  }
};

/**
 * Reads a request's body and decompresses it, within its limits of size and time and within the budget, which counts bytes when they
 * arrive.
 *
 * @throws Problem 400 `unreadable_body` or `request_aborted`, 408, 413, 415 or 429
 * @example const { bytes, held } = await readRequest(request, shares.bodies.of('shop'));
 */
export const readRequest = async (request: IncomingMessage, budget: Bytes): Promise<RequestBody> => {
  const decompress = decompressorOf(request);
  const body = await received(request, budget);
  try {
    const bytes = decompressed(decompress, body.bytes);
    const more = bytes === body.bytes ? 0 : bytes.length - body.held;
    if (!budget.take(more)) {
      throw tooManyRequests('more request bodies are under way than this instance holds');
    }
    return { bytes, held: body.held + more };
  } catch (error) {
    budget.give(body.held);
    throw error;
  }
};
