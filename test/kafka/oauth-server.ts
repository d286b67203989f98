import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A request that a token endpoint got. */
export interface TokenRequest {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What it answers; `undefined` never answers. */
export type TokenAnswer =
  | { readonly status: number; readonly body: string; readonly location?: string }
  | undefined;

/** A token of RFC 7519 without signature, for a broker that trusts anyone; `exp` in milliseconds from now. */
export const unsignedToken = (lifetimeMs: number): string => {
  const now = Date.now() / 1_000;
  const claims = { sub: 'platform', iat: now - 1, exp: now + lifetimeMs / 1_000 };
  return [{ alg: 'none' }, claims]
    .map((part) => `${Buffer.from(JSON.stringify(part)).toString('base64url')}.`)
    .join('');
};

/** The answer that grants a token. */
export const granted = (token: string, seconds?: number | string): TokenAnswer => ({
  status: 200,
  body: JSON.stringify({ access_token: token, token_type: 'Bearer', expires_in: seconds }),
});

/** A token endpoint on the loopback interface. */
export class OauthServer {
  readonly requests: TokenRequest[] = [];
  answer: (request: TokenRequest) => TokenAnswer;
  readonly #server: Server;
  url = '';

  private constructor(answer: (request: TokenRequest) => TokenAnswer) {
    this.answer = answer;
    this.#server = createServer(async (incoming, outgoing) => {
      const { method = '', headers } = incoming;
      const request = { method, headers, body: await text(incoming) };
      this.requests.push(request);
      const answer = this.answer(request);
      if (answer === undefined) return;
      const { status, body, location } = answer;
      outgoing.writeHead(status, { 'content-type': 'application/json', ...(location && { location }) });
      outgoing.end(body);
    });
  }

  static async start(answer: (request: TokenRequest) => TokenAnswer): Promise<OauthServer> {
    const server = new OauthServer(answer);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    server.url = `http://127.0.0.1:${(server.#server.address() as AddressInfo).port}/token`;
    return server;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
