import type { BearerToken, BearerTokens } from './kafkajs-settings.ts';
import { BusError } from './port.ts';
import { type Endpoint, endpointAt, type Grant, requestGrant } from './token-endpoint.ts';

/** How to get tokens by the client credentials grant. */
export interface ClientCredentials {
  /** The token endpoint, `https:`; without user name and password. */
  readonly url: string;
  /** Asked for each token, so that a rotated one counts at once; undefined where there is none yet. */
  readonly clientId: () => string | undefined;
  readonly clientSecret: () => string | undefined;
  /** @default none is asked for */
  readonly scope?: string;
  /** SASL extensions that go along with every token: letters, then printable text. */
  readonly extensions?: Readonly<Record<string, string>>;
}

/** The most that is left of a token when it is renewed, in milliseconds. */
const MOST_LEFT_MS = 60_000;

interface Held extends Grant {
  readonly askedAt: number;
  /** Which client it was given to. */
  readonly client: string;
}

const clientOf = ({ clientId, clientSecret, url }: ClientCredentials): { id: string; secret: string } => {
  const [id, secret] = [clientId(), clientSecret()];
  if (id !== undefined && secret !== undefined) return { id, secret };
  const missing = id === undefined ? 'KAFKA_SASL_USERNAME' : 'KAFKA_SASL_PASSWORD';
  throw new BusError('authentication_failed', `no token of ${endpointAt(url).name}: ${missing} is not set`);
};

const isFresh = ({ askedAt, lifetimeMs }: Held): boolean =>
  Date.now() < askedAt + lifetimeMs - Math.min(MOST_LEFT_MS, lifetimeMs / 5);

const isValid = ({ askedAt, lifetimeMs }: Held): boolean => Date.now() < askedAt + lifetimeMs;

const checkExtensions = (extensions: Readonly<Record<string, string>>): void => {
  for (const [name, value] of Object.entries(extensions)) {
    // RFC 7628, section 3.1: `auth` is the token's own field, and the separator is a control character.
    if (/^[A-Za-z]+$/.test(name) && name !== 'auth' && /^[\x20-\x7e]+$/.test(value)) continue;
    throw new Error('KAFKA_OAUTH_EXTENSIONS: a name is letters, not `auth`, and a value is printable text');
  }
};

/** Keeps one token, and asks for one at a time however many wait for it. */
class Tokens {
  readonly #options: ClientCredentials;
  readonly #endpoint: Endpoint;
  #held: Held | undefined;
  #asking: Promise<Held> | undefined;

  constructor(options: ClientCredentials) {
    this.#options = options;
    this.#endpoint = endpointAt(options.url);
  }

  async take(refused: string | undefined): Promise<string> {
    const held = this.#held?.value === refused ? undefined : this.#held;
    const client = clientOf(this.#options);
    if (held !== undefined && held.client === JSON.stringify(client) && isFresh(held)) return held.value;
    this.#asking ??= this.#ask(client).finally(() => {
      this.#asking = undefined;
    });
    try {
      return (await this.#asking).value;
    } catch (error) {
      if (held !== undefined && isValid(held)) return held.value;
      throw error;
    }
  }

  async #ask(client: { readonly id: string; readonly secret: string }): Promise<Held> {
    const askedAt = Date.now();
    const grant = await requestGrant(this.#endpoint, { ...client, scope: this.#options.scope });
    this.#held = { ...grant, askedAt, client: JSON.stringify(client) };
    return this.#held;
  }
}

/**
 * A source of tokens for SASL OAUTHBEARER from an identity provider, by the client credentials grant (RFC 6749, section 4.4).
 * A token is kept until a fifth of its life is left, at most a minute, and as long as it is valid where a new one is not to be
 * had. Messages of errors name the endpoint, never the secret or the token.
 *
 * @throws Error (at once) naming KAFKA_OAUTH_TOKEN_URL or KAFKA_OAUTH_EXTENSIONS
 * @throws BusError (on asking) `authentication_failed` where the endpoint refuses the client or there is none, else `unavailable`
 * @example
 * const token = clientCredentialsToken({ url: 'https://id.example/token', clientId: () => id, clientSecret: () => secret });
 * new KafkajsBus({ brokers, clientId, logger, ssl: true, sasl: () => ({ mechanism: 'oauthbearer', token }) });
 */
export function clientCredentialsToken(options: ClientCredentials): BearerTokens {
  const { extensions } = options;
  if (extensions !== undefined) checkExtensions(extensions);
  const tokens = new Tokens(options);
  return async (refused): Promise<BearerToken> => {
    const value = await tokens.take(refused);
    return extensions === undefined ? { value } : { value, extensions };
  };
}
