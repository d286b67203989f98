import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** A request that came. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly search: Readonly<Record<string, string>>;
  readonly authorization: string | undefined;
  readonly body?: Readonly<Record<string, unknown>>;
}

type Reply = { readonly status?: number; readonly body: unknown };

/** BigQuery's REST API as far as a query goes: what it answers is given, one after the other. */
export class FakeBigQuery {
  readonly asked: Asked[] = [];
  readonly replies: Reply[] = [];
  readonly #server = createServer(async (request, response) => {
    await this.#note(request);
    const { status = 200, body } = this.replies.shift() ?? { status: 500, body: {} };
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/bigquery/v2`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #note(request: IncomingMessage): Promise<void> {
    const { method = '', url = '', headers } = request;
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    this.asked.push({
      method,
      path: pathname,
      search: Object.fromEntries(searchParams),
      authorization: headers.authorization,
      ...(method === 'POST' && { body: (await json(request)) as Record<string, unknown> }),
    });
  }
}
