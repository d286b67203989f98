import { googleHeaders, NoCredentialsError } from '../google-auth/google-headers.ts';
import { crc32c } from './crc32c.ts';
import { type Attempt, faultOf } from './fault-of.ts';
import { type SecretManager, SecretManagerError, type SecretVersion } from './port.ts';
import { type Answer, type Call, restClient } from './rest-client.ts';

/** What the adapter needs. */
export interface GoogleSecretManagerOptions {
  /** Id or number of the project that has the secrets. */
  readonly project: string;
  /** Headers that prove who asks. @default Google's application default credentials */
  readonly credentials?: () => Promise<Headers>;
  /** @default `https://secretmanager.googleapis.com/v1` */
  readonly endpoint?: string;
  /** Waits some milliseconds between attempts. @default a timer */
  readonly wait?: (ms: number) => Promise<void>;
}

const ENDPOINT = 'https://secretmanager.googleapis.com/v1';
const PAGE = 250;

/** The least predefined role for each call. Source: https://cloud.google.com/secret-manager/docs/access-control. */
const ROLES = {
  add: 'roles/secretmanager.secretVersionAdder',
  list: 'roles/secretmanager.viewer',
  disable: 'roles/secretmanager.secretVersionManager',
  read: 'roles/secretmanager.secretAccessor',
} as const;

const timer = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const credentialsOf = (project: string): (() => Promise<Headers>) => {
  const headers = googleHeaders(project);
  return async () => {
    try {
      return await headers();
    } catch (error) {
      if (!(error instanceof NoCredentialsError)) throw error;
      throw new SecretManagerError('no_credentials', error.message);
    }
  };
};

const notUnderstood = ({ what, secretId }: Attempt): SecretManagerError =>
  new SecretManagerError(
    'refused',
    `could not ${what} secret ${secretId}: Secret Manager’s answer has an unknown form`,
  );

const versionOf = (raw: unknown, trying: Attempt): SecretVersion => {
  const { name, state, createTime, clientSpecifiedPayloadChecksum } = (raw ?? {}) as Readonly<
    Record<string, unknown>
  >;
  const number = Number(/\/versions\/(\d+)$/.exec(String(name))?.[1]);
  if (!Number.isSafeInteger(number) || typeof createTime !== 'string') throw notUnderstood(trying);
  return {
    number,
    enabled: state === 'ENABLED',
    withChecksum: clientSpecifiedPayloadChecksum === true,
    createdAt: createTime,
  };
};

/**
 * Secret Manager by its REST API, with global (not regional) secrets.
 *
 * Source: https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.versions
 *
 * @example await new GoogleSecretManager({ project: 'acme' }).addVersion('customerio-track-api-key', value) // 2
 */
export class GoogleSecretManager implements SecretManager {
  readonly #project: string;
  readonly #send: (call: Call) => Promise<Answer>;

  constructor(options: GoogleSecretManagerOptions) {
    const { project, endpoint = ENDPOINT, credentials = credentialsOf(project), wait = timer } = options;
    this.#project = project;
    this.#send = restClient({ endpoint, credentials, wait });
  }

  async addVersion(secretId: string, value: string): Promise<number> {
    const trying = this.#attempt('add a version to', secretId, ROLES.add);
    const bytes = Buffer.from(value);
    const body = { payload: { data: bytes.toString('base64'), dataCrc32c: String(crc32c(bytes)) } };
    const path = `${this.#path(secretId)}:addVersion`;
    return versionOf(await this.#succeed({ method: 'POST', path, body }, trying), trying).number;
  }

  async versions(secretId: string): Promise<readonly SecretVersion[] | undefined> {
    const trying = this.#attempt('list the versions of', secretId, ROLES.list);
    const found: SecretVersion[] = [];
    let pageToken: string | undefined;
    do {
      const query = new URLSearchParams({ pageSize: String(PAGE), ...(pageToken && { pageToken }) });
      const answer = await this.#send({ method: 'GET', path: `${this.#path(secretId)}/versions?${query}` });
      if (answer.status === 404) return undefined;
      if (answer.status !== 200) throw faultOf(answer, trying);
      const page = (answer.body ?? {}) as { versions?: unknown; nextPageToken?: string };
      // Google leaves an empty list out.
      const versions = page.versions ?? [];
      if (!Array.isArray(versions)) throw notUnderstood(trying);
      found.push(...versions.map((raw) => versionOf(raw, trying)));
      pageToken = page.nextPageToken;
    } while (pageToken);
    return found;
  }

  async valueOf(secretId: string, version: number): Promise<Uint8Array> {
    const trying = this.#attempt(`read version ${version} of`, secretId, ROLES.read);
    const path = `${this.#path(secretId)}/versions/${version}:access`;
    const body = await this.#succeed({ method: 'GET', path }, trying);
    const { data, dataCrc32c } = ((body as { payload?: unknown } | null)?.payload ?? {}) as {
      readonly data?: unknown;
      readonly dataCrc32c?: unknown;
    };
    if (typeof data !== 'string') throw notUnderstood(trying);
    const bytes = Buffer.from(data, 'base64');
    if (dataCrc32c !== undefined && String(dataCrc32c) !== String(crc32c(bytes))) throw notUnderstood(trying);
    return bytes;
  }

  async disableVersion(secretId: string, version: number): Promise<void> {
    const trying = this.#attempt(`disable version ${version} of`, secretId, ROLES.disable);
    const path = `${this.#path(secretId)}/versions/${version}:disable`;
    await this.#succeed({ method: 'POST', path, body: {} }, trying);
  }

  #path(secretId: string): string {
    return `/projects/${encodeURIComponent(this.#project)}/secrets/${encodeURIComponent(secretId)}`;
  }

  #attempt(what: string, secretId: string, role: string): Attempt {
    return { what, secretId, project: this.#project, role };
  }

  async #succeed(call: Call, trying: Attempt): Promise<unknown> {
    const answer = await this.#send(call);
    if (answer.status !== 200) throw faultOf(answer, trying);
    return answer.body;
  }
}
