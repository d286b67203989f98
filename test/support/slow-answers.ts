import { once } from 'node:events';
import {
  type ClientHttp2Session,
  connect,
  createServer,
  type Http2Server,
  type Http2Session,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import { listenOnLoopback, loopbackAddressOf } from './loopback.ts';

/**
 * Stands between a client and a server of gRPC. Each request arrives at once and is answered a time after the server did so, also
 * where the client has given it up: what a slow server does. A connection can be frozen, on which only pings are answered then.
 */
export class SlowAnswers {
  /** Milliseconds that an answer is held back. */
  delayMs = 0;
  readonly #server: Http2Server = createServer();
  readonly #behind: ClientHttp2Session;
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #frozen = new WeakSet<Http2Session>();

  private constructor(target: string) {
    this.#behind = connect(`http://${target}`);
    this.#behind.on('error', () => undefined);
    this.#server.on('session', (session) => {
      this.#sessions.add(session);
      session.on('close', () => this.#sessions.delete(session));
    });
    this.#server.on('stream', (stream, headers) => this.#pass(stream, headers));
  }

  /** @param target `host:port` of the server */
  static async start(target: string): Promise<SlowAnswers> {
    const proxy = new SlowAnswers(target);
    await listenOnLoopback(proxy.#server);
    return proxy;
  }

  /** `host:port` to connect to. */
  get address(): string {
    return loopbackAddressOf(this.#server);
  }

  /** Freezes the connections there are; new ones work. */
  freeze(): void {
    for (const session of this.#sessions) this.#frozen.add(session);
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const session of this.#sessions) session.destroy();
    this.#behind.destroy();
    await closed;
  }

  #pass(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    stream.on('error', () => undefined);
    if (stream.session !== undefined && this.#frozen.has(stream.session)) return;
    const request = this.#behind.request(headers);
    let head: IncomingHttpHeaders = {};
    let trailers: IncomingHttpHeaders = {};
    const body: Buffer[] = [];
    request
      .on('error', () => stream.destroy())
      .on('response', (answer) => {
        head = answer;
      })
      .on('trailers', (last) => {
        trailers = last;
      })
      .on('data', (chunk: Buffer) => body.push(chunk))
      .on('end', () => {
        setTimeout(() => {
          if (stream.destroyed) return;
          stream.on('wantTrailers', () => stream.sendTrailers(trailers));
          stream.respond(head, { waitForTrailers: true });
          stream.end(Buffer.concat(body));
        }, this.delayMs);
      });
    stream.pipe(request);
  }
}
