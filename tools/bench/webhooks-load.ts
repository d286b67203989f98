import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** What a load was answered. */
export interface LoadResult {
  readonly requestsPerSecond: number;
  /** Milliseconds of each request, sorted. */
  readonly latencies: readonly number[];
  /** Answers that were not 200, and connections that broke. */
  readonly failed: number;
}

/** How a server is loaded. */
export interface Load {
  readonly url: string;
  readonly requests: readonly Buffer[];
  readonly seconds: number;
}

const STATUS_AT = 'HTTP/1.1 '.length;
const SETTLE_MS = 5_000;

/** The value below which a share of sorted values lies. */
export const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

/** One kept connection, one request at a time. */
class Connection {
  readonly #socket: Socket;
  #said = '';
  #onStatus: ((status: number) => void) | undefined;

  constructor(socket: Socket) {
    this.#socket = socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#read(chunk.toString('latin1')));
    socket.on('error', () => this.#end(0)).on('close', () => this.#end(0));
  }

  static async open(url: string): Promise<Connection> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    return new Connection(socket);
  }

  /** @returns the status; 0 where the connection broke */
  send(request: Buffer): Promise<number> {
    if (this.#socket.destroyed) return Promise.resolve(0);
    const { promise, resolve } = Promise.withResolvers<number>();
    this.#onStatus = resolve;
    this.#socket.write(request);
    return promise;
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(text: string): void {
    this.#said += text;
    const head = this.#said.indexOf('\r\n\r\n');
    if (head === -1) return;
    const length = /\r\ncontent-length: (\d+)/i.exec(this.#said.slice(0, head))?.[1];
    if (this.#said.length < head + 4 + Number(length ?? 0)) return;
    const status = Number(this.#said.slice(STATUS_AT, STATUS_AT + 3));
    this.#said = '';
    this.#end(status);
  }

  #end(status: number): void {
    const onStatus = this.#onStatus;
    this.#onStatus = undefined;
    onStatus?.(status);
  }
}

class Tally {
  readonly #latencies: number[] = [];
  #failed = 0;

  add(status: number, ms: number): void {
    if (status === 200) this.#latencies.push(ms);
    else this.#failed += 1;
  }

  result(ms: number): LoadResult {
    const latencies = this.#latencies.sort((a, b) => a - b);
    return { requestsPerSecond: (latencies.length / ms) * 1000, latencies, failed: this.#failed };
  }
}

/** Keeps this process awake: else the server that answers pays for waking it, and the slower server more often. */
const keepAwake = (): (() => void) => {
  let isOver = false;
  const spin = (): void => {
    if (!isOver) setImmediate(spin);
  };
  spin();
  return () => {
    isOver = true;
  };
};

/** Each of some connections sends its next request once the last is answered: as much as the server takes. */
export const closedLoop = async (
  { url, requests, seconds }: Load,
  connections: number,
): Promise<LoadResult> => {
  const open = await Promise.all(Array.from({ length: connections }, () => Connection.open(url)));
  const tally = new Tally();
  let next = 0;
  const start = performance.now();
  const end = start + seconds * 1000;
  const run = async (connection: Connection): Promise<void> => {
    for (let at = performance.now(); at < end; at = performance.now()) {
      const status = await connection.send(requests[next++ % requests.length] ?? Buffer.alloc(0));
      tally.add(status, performance.now() - at);
      if (status === 0) return;
    }
  };

  const letSleep = keepAwake();
  await Promise.all(open.map(run));
  letSleep();

  const result = tally.result(performance.now() - start);
  for (const connection of open) connection.close();
  return result;
};

/**
 * So many requests a second, whether the others are answered or not. A request counts from the moment at which it was due, so
 * that none hides behind a slow one; one for which no connection is free counts as failed.
 */
export const openLoop = async (
  { url, requests, seconds }: Load,
  perSecond: number,
  connections: number,
): Promise<LoadResult> => {
  const open = await Promise.all(Array.from({ length: connections }, () => Connection.open(url)));
  const free = [...open];
  const tally = new Tally();
  const underWay = new Set<Promise<void>>();
  const start = performance.now();
  const send = async (index: number): Promise<void> => {
    const due = start + (index * 1000) / perSecond;
    // In turn: one that has never been used for seconds is cut off by a server that fears slow headers.
    const connection = free.shift();
    if (connection === undefined) return tally.add(0, 0);
    const status = await connection.send(requests[index % requests.length] ?? Buffer.alloc(0));
    tally.add(status, performance.now() - due);
    free.push(connection);
  };
  for (let sent = 0; sent < seconds * perSecond; ) {
    const due = Math.min(seconds * perSecond, ((performance.now() - start) * perSecond) / 1000);
    for (; sent < due; sent += 1) {
      const one = send(sent);
      underWay.add(one);
      void one.then(() => underWay.delete(one));
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const settled = new Promise((resolve) => setTimeout(resolve, SETTLE_MS).unref());
  await Promise.race([Promise.all(underWay), settled]);
  const result = tally.result(seconds * 1000);
  for (const connection of open) connection.close();
  return { ...result, failed: Math.max(result.failed, seconds * perSecond - result.latencies.length) };
};
