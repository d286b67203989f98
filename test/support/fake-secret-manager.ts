import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { crc32c } from '../../app/secret-manager/crc32c.ts';

export const TOKEN = 'fake-access-token';

interface Version {
  value: string;
  /** Whether the caller sent a checksum: Terraform's provider does not. */
  withChecksum: boolean;
  state: 'ENABLED' | 'DISABLED' | 'DESTROYED';
  createTime: string;
}

interface Fault {
  readonly status: number;
  readonly reason?: string;
  /** Whether the connection breaks instead of an answer. */
  readonly reset?: boolean;
  /** What the call must be; any where it is left out. */
  readonly path?: RegExp;
}

/**
 * A Secret Manager on a port of its own, as its REST reference describes it: versions counted from 1, states, pages of the
 * wanted size, newest first, errors of google.rpc. It also gives tokens, at `/token`, as Google's Security Token Service does.
 */
export class FakeSecretManager {
  readonly secrets = new Map<string, Version[]>();
  readonly requests: { readonly method: string; readonly path: string; readonly user: string | undefined }[] =
    [];
  readonly faults: Fault[] = [];
  largestPage = 25_000;
  /** Whether values are damaged on their way to who reads them. */
  damages = false;
  readonly #server = createServer((request, response) => {
    this.#answer(request, response).catch((error: unknown) => response.destroy(error as Error));
  });

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get endpoint(): string {
    return `${this.origin}/v1`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Makes a secret of a project as the infrastructure does, with the placeholder, then with more versions, as `secrets set` does. */
  deploy(project: string, secretId: string, ...values: readonly string[]): void {
    this.secrets.set(`${project}/${secretId}`, []);
    this.addByTerraform(project, secretId, 'unset');
    for (const value of values) this.#add(`${project}/${secretId}`, value, true);
  }

  /** Adds a version as an apply does: the placeholder that is made again, or a value by a variable. */
  addByTerraform(project: string, secretId: string, value: string): void {
    this.#add(`${project}/${secretId}`, value, false);
  }

  /** Changes the state of a version beside the API; the value of a destroyed one is gone. */
  put(project: string, secretId: string, version: number, state: Version['state']): void {
    const found = this.secrets.get(`${project}/${secretId}`)?.[version - 1];
    if (found === undefined) throw new Error(`${secretId} has no version ${version}`);
    found.state = state;
    if (state === 'DESTROYED') found.value = '';
  }

  /** The values of a secret's versions, the first one first. */
  values(project: string, secretId: string): readonly string[] {
    return (this.secrets.get(`${project}/${secretId}`) ?? []).map(({ value }) => value);
  }

  /** The states of a secret's versions, the first one first. */
  states(project: string, secretId: string): readonly string[] {
    return (this.secrets.get(`${project}/${secretId}`) ?? []).map(({ state }) => state);
  }

  #add(key: string, value: string, withChecksum: boolean): number {
    const versions = this.secrets.get(key) ?? [];
    const createTime = `2026-01-${String(versions.length + 1).padStart(2, '0')}T00:00:00.123456Z`;
    this.secrets.set(key, versions);
    return versions.push({ value, withChecksum, state: 'ENABLED', createTime });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '' } = request;
    const body = await text(request);
    const send = (status: number, value: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    };
    const fail = (status: number, word: string, reason?: string): void => {
      const details =
        reason === undefined ? [] : [{ '@type': 'google.rpc.ErrorInfo', reason, domain: 'googleapis.com' }];
      // Google's text may repeat what was sent: nobody may rely on it.
      send(status, { error: { code: status, status: word, message: `bad request: ${body}`, details } });
    };
    if (url === '/token') {
      return send(200, {
        access_token: TOKEN,
        issued_token_type: 'x',
        token_type: 'Bearer',
        expires_in: 3600,
      });
    }
    const { pathname, searchParams } = new URL(url, this.origin);
    this.requests.push({ method, path: pathname, user: request.headers['x-goog-user-project'] as string });
    const at = this.faults.findIndex(({ path }) => path === undefined || path.test(pathname));
    const [fault] = at < 0 ? [] : this.faults.splice(at, 1);
    if (fault?.reset) return void request.socket.destroy();
    if (fault) return fail(fault.status, 'FAULT', fault.reason);
    if (request.headers.authorization !== `Bearer ${TOKEN}`) return fail(401, 'UNAUTHENTICATED');
    const match = /^\/v1\/projects\/([^/]+)\/secrets\/([^/:]+)(.*)$/.exec(pathname);
    const key = `${match?.[1]}/${match?.[2]}`;
    const versions = this.secrets.get(key);
    if (versions === undefined) return fail(404, 'NOT_FOUND');
    const unreadable = /^\/versions\/(\d+):access$/.exec(match?.[3] ?? '');
    if (unreadable && versions[Number(unreadable[1]) - 1]?.state !== 'ENABLED')
      return fail(400, 'FAILED_PRECONDITION');
    return send(200, this.#act(`${method} ${match?.[3]}`, key, versions, body, searchParams));
  }

  #act(call: string, key: string, versions: Version[], body: string, query: URLSearchParams): unknown {
    const [project, secretId] = key.split('/');
    const shown = (number: number): object => {
      const { state, createTime, withChecksum } = versions[number - 1] as Version;
      return {
        name: `projects/${project}/secrets/${secretId}/versions/${number}`,
        createTime,
        state,
        etag: '"x"',
        // As Google's: what is false is left out.
        ...(withChecksum && { clientSpecifiedPayloadChecksum: true }),
      };
    };
    if (call === 'POST :addVersion') {
      const { payload } = JSON.parse(body) as { payload: { data: string; dataCrc32c?: string } };
      const bytes = Buffer.from(payload.data, 'base64');
      const { dataCrc32c } = payload;
      if (dataCrc32c !== undefined && Number(dataCrc32c) !== crc32c(bytes)) throw new Error('damaged');
      return shown(this.#add(key, bytes.toString('utf8'), dataCrc32c !== undefined));
    }
    const reading = /^GET \/versions\/(\d+):access$/.exec(call);
    if (reading) {
      const bytes = Buffer.from((versions[Number(reading[1]) - 1] as Version).value);
      const payload = {
        data: bytes.toString('base64'),
        dataCrc32c: String(crc32c(bytes) + (this.damages ? 1 : 0)),
      };
      return { name: `projects/${project}/secrets/${secretId}/versions/${reading[1]}`, payload };
    }
    const disabling = /^POST \/versions\/(\d+):disable$/.exec(call);
    if (disabling) {
      const number = Number(disabling[1]);
      (versions[number - 1] as Version).state = 'DISABLED';
      return shown(number);
    }
    if (call !== 'GET /versions') throw new Error(`unknown call ${call}`);
    const from = Number(query.get('pageToken') ?? 0);
    const size = Math.min(this.largestPage, Number(query.get('pageSize') ?? 25_000));
    const all = versions.map((_, index) => shown(versions.length - index));
    const page = all.slice(from, from + size);
    const nextPageToken = from + size < all.length ? String(from + size) : '';
    // As Google's: what is empty is left out.
    return {
      ...(page.length > 0 && { versions: page }),
      ...(nextPageToken && { nextPageToken }),
      totalSize: all.length,
    };
  }
}
