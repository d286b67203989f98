import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { Transform, type TransformCallback } from 'node:stream';
import { listenOnLoopback, loopbackAddressOf } from './loopback.ts';

/**
 * Stands between a client and a server on this machine, so that the connection can be lost or slowed without harm to what the
 * server holds.
 */
export class StreamProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isDown = false;
  #answersAfterMs = 0;

  private constructor(target: string) {
    const [host = '', port] = target.split(':');
    this.#server = createServer((client) => this.#join(client, connect(Number(port), host)));
  }

  /** @param target `host:port` of the server */
  static async start(target: string): Promise<StreamProxy> {
    const proxy = new StreamProxy(target);
    await listenOnLoopback(proxy.#server);
    return proxy;
  }

  /** `host:port` to connect to. */
  get address(): string {
    return loopbackAddressOf(this.#server);
  }

  /** Ends every connection, and each new one at once. */
  down(): void {
    this.#isDown = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  up(): void {
    this.#isDown = false;
  }

  /** Requests arrive at once, but each piece of an answer is held back for a time: what is stored is acknowledged too late. */
  slow(ms: number): void {
    this.#answersAfterMs = ms;
  }

  async close(): Promise<void> {
    this.down();
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }

  #join(client: Socket, server: Socket): void {
    const both = [client, server];
    const end = (): void => {
      for (const socket of both) {
        socket.destroy();
        this.#sockets.delete(socket);
      }
    };
    for (const socket of both) {
      this.#sockets.add(socket);
      socket.on('error', end).on('close', end);
    }
    if (this.#isDown) return end();
    const hold = (chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void => {
      if (this.#answersAfterMs === 0) done(null, chunk);
      else setTimeout(() => done(null, chunk), this.#answersAfterMs);
    };
    client.pipe(server);
    server.pipe(new Transform({ transform: hold })).pipe(client);
  }
}
