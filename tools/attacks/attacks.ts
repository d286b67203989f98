import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

/** One attack on an ingest: goes on until `signal` aborts. */
export type Attack = (url: URL, signal: AbortSignal) => Promise<void>;

const BASIC = `Basic ${Buffer.from('attacker-write-key:').toString('base64')}`;

/** So many at a time, each again and again. */
const repeat = async (
  many: number,
  signal: AbortSignal,
  work: (index: number) => Promise<void>,
): Promise<void> => {
  const worker = async (index: number): Promise<void> => {
    while (!signal.aborted) await work(index).catch(() => (signal.aborted ? undefined : sleep(20)));
  };
  await Promise.all(Array.from({ length: many }, (_, index) => worker(index)));
};

const post = (url: URL, body: Buffer, encoding: string, agent: Agent): Promise<void> => {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const headers = {
    authorization: BASIC,
    'content-type': 'application/json',
    'content-encoding': encoding,
    'content-length': body.length,
  };
  request(new URL('/v1/batch', url), { method: 'POST', agent, headers }, (response) => {
    response.resume().on('end', resolve).on('error', reject);
  })
    .on('error', reject)
    .end(body);
  return promise;
};

const postAgain = async (
  url: URL,
  signal: AbortSignal,
  many: number,
  bodies: readonly Buffer[],
  encoding: string,
): Promise<void> => {
  const agent = new Agent({ keepAlive: true, maxSockets: many });
  signal.addEventListener('abort', () => agent.destroy());
  await repeat(many, signal, (index) => post(url, bodies[index % bodies.length] as Buffer, encoding, agent));
};

/** A few bytes that a decompressor needs megabytes for. */
const brotli: Attack = (url, signal) => {
  const params = { [constants.BROTLI_PARAM_LGWIN]: 24 };
  return postAgain(url, signal, 40, [brotliCompressSync(Buffer.alloc(100_000_000, 'a'), { params })], 'br');
};

/** A few bytes that become thousands of items, bad ones and good ones. */
const items: Attack = (url, signal) => {
  const batch = (many: number, item: string): Buffer =>
    gzipSync(`{"batch":[${Array(many).fill(item).join(',')}]}`);
  const bodies = [batch(12_500, '0'), batch(11_900, '{"type":"track","userId":"u","event":"e"}')];
  return postAgain(url, signal, 60, bodies, 'gzip');
};

/** Sends, never reads, and begins again after so many milliseconds. */
const unread = async (url: URL, signal: AbortSignal, bytes: Buffer, ms: number): Promise<void> => {
  const socket = connect(Number(url.port), url.hostname)
    .pause()
    .on('error', () => undefined);
  socket.write(bytes);
  await sleep(ms, undefined, { signal }).finally(() => socket.destroy());
};

/** Many requests in one go whose answers nobody reads. */
const pipelined: Attack = (url, signal) => {
  const bytes = Buffer.from('GET /v1/openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(1_500));
  return repeat(20, signal, () => unread(url, signal, bytes, 5_000));
};

/** Bodies that are announced and never come. */
const slow: Attack = (url, signal) => {
  const head = `POST /v1/batch HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${BASIC}\r\nContent-Type: application/json\r\n`;
  const bytes = Buffer.from(`${head}Content-Length: 500000\r\n\r\n{`);
  return repeat(66, signal, () => unread(url, signal, bytes, 30_000));
};

/** The attacks by name. */
export const ATTACKS: Readonly<Record<string, Attack>> = { brotli, items, pipelined, slow };
