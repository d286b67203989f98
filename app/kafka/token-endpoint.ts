import { BusError } from './port.ts';

/** How long a token endpoint may take, in milliseconds. */
const ANSWER_WITHIN_MS = 10_000;
/** What OAuth allows in a token (RFC 6750, section 2.1); nothing else may go into a SASL message. */
const TOKEN = /^[\w\-.~+/]+=*$/;
/** The codes of RFC 6749, section 5.2, and their like: text that repeats nothing of the request. */
const ERROR_CODE = /^[a-z_]{1,40}$/;

/** Where tokens come from; `name` is the address without what a query may hide. */
export interface Endpoint {
  readonly url: URL;
  readonly name: string;
}

/** A token and how long it is valid, in milliseconds from the request on; 0 where the endpoint does not say. */
export interface Grant {
  readonly value: string;
  readonly lifetimeMs: number;
}

/** @throws Error naming KAFKA_OAUTH_TOKEN_URL when it is not an address of the web, or holds a user name or password */
export function endpointAt(text: string): Endpoint {
  const url = URL.parse(text);
  if (url === null || !['https:', 'http:'].includes(url.protocol) || url.username || url.password) {
    throw new Error('KAFKA_OAUTH_TOKEN_URL must be an https: address without user name and password');
  }
  return { url, name: url.origin + url.pathname };
}

/** RFC 6749, section 2.3.1: id and secret are form-encoded before they are joined. */
const formEncoded = (text: string): string => new URLSearchParams({ t: text }).toString().slice(2);

/** Why there was no answer. Its own message could hold parts of the request. */
const reasonOf = (error: unknown): string => {
  if (!Error.isError(error)) return 'no answer';
  if (error.name === 'TimeoutError') return `no answer within ${ANSWER_WITHIN_MS} ms`;
  const { code } = (error.cause ?? {}) as { readonly code?: unknown };
  return typeof code === 'string' ? code : 'no answer';
};

const fieldsOf = (text: string): Readonly<Record<string, unknown>> => {
  try {
    const fields: unknown = JSON.parse(text);
    return typeof fields === 'object' && fields !== null ? (fields as Record<string, unknown>) : {};
  } catch {
    // A proxy's page, most likely; the status says what is to be known.
    return {};
  }
};

const grantIn = (fields: Readonly<Record<string, unknown>>): Grant | undefined => {
  const { access_token: value, token_type: type, expires_in: seconds } = fields;
  if (typeof value !== 'string' || !TOKEN.test(value)) return undefined;
  if (typeof type === 'string' && type.toLowerCase() !== 'bearer') return undefined;
  const lifetimeMs = Number(seconds) * 1_000;
  return { value, lifetimeMs: Number.isFinite(lifetimeMs) && lifetimeMs > 0 ? lifetimeMs : 0 };
};

const refusal = (
  name: string,
  status: number,
  { error }: Readonly<Record<string, unknown>>,
): BusError | undefined => {
  if (status >= 200 && status < 300) return undefined;
  const code = typeof error === 'string' && ERROR_CODE.test(error) ? ` ${error}` : '';
  const passing = status < 400 || status >= 500 || status === 408 || status === 429;
  return new BusError(
    passing ? 'unavailable' : 'authentication_failed',
    `no token of ${name}: it answered ${status}${code}`,
  );
};

/**
 * Asks for one token by the client credentials grant: RFC 6749, section 4.4, with Basic authentication (section 2.3.1).
 *
 * @throws BusError `authentication_failed` (the client is refused) or `unavailable`; neither holds secret or token
 */
export async function requestGrant(
  { url, name }: Endpoint,
  client: { readonly id: string; readonly secret: string; readonly scope: string | undefined },
): Promise<Grant> {
  const basic = Buffer.from(`${formEncoded(client.id)}:${formEncoded(client.secret)}`).toString('base64');
  const scope = client.scope === undefined ? {} : { scope: client.scope };
  const answer = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Basic ${basic}`, accept: 'application/json' },
    body: new URLSearchParams({ grant_type: 'client_credentials', ...scope }),
    // The secret goes to nobody else.
    redirect: 'manual',
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  })
    .then(async (response) => ({ status: response.status, fields: fieldsOf(await response.text()) }))
    .catch((error: unknown) => {
      throw new BusError('unavailable', `no token of ${name}: ${reasonOf(error)}`);
    });
  const refused = refusal(name, answer.status, answer.fields);
  if (refused !== undefined) throw refused;
  const grant = grantIn(answer.fields);
  if (grant !== undefined) return grant;
  throw new BusError('unavailable', `no token of ${name}: its answer holds no bearer token`);
}
