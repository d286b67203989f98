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

/** BigQuery's REST API as far as a query goes: what it answers is given, one after the other or by the query. */
export class FakeBigQuery {
  readonly asked: Asked[] = [];
  readonly replies: Reply[] = [];
  /** Answers a query where no reply is given; undefined is a table that is not there. */
  answer: ((sql: string) => object | undefined) | undefined;
  readonly #server = createServer(async (request, response) => {
    const asked = await this.#note(request);
    const { status = 200, body } = this.replies.shift() ?? this.#byQuery(asked);
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

  #byQuery(asked: Asked): Reply {
    if (this.answer === undefined) return { status: 500, body: {} };
    const body = this.answer(String(asked.body?.['query']));
    return body === undefined ? { status: 404, body: {} } : { body };
  }

  async #note(request: IncomingMessage): Promise<Asked> {
    const { method = '', url = '', headers } = request;
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    const asked = {
      method,
      path: pathname,
      search: Object.fromEntries(searchParams),
      authorization: headers.authorization,
      ...(method === 'POST' && { body: (await json(request)) as Record<string, unknown> }),
    };
    this.asked.push(asked);
    return asked;
  }
}
