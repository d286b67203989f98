import type { Mechanism, SASLOptions } from 'kafkajs';
import { toBusError } from './kafkajs-errors.ts';
import { oauthbearer } from './kafkajs-oauthbearer.ts';
import { type BearerTokens, type KafkajsBusOptions, SETTINGS } from './kafkajs-settings.ts';
import type { BusError } from './port.ts';
import { within } from './within.ts';

/** The tokens of one bus: the last that went out, and the last that came back. */
interface Tokens {
  given?: string;
  refused?: string | undefined;
}

const tokensOfBus = new WeakMap<KafkajsBusOptions, Tokens>();

const tokensOf = (options: KafkajsBusOptions): Tokens => {
  const tokens = tokensOfBus.get(options) ?? {};
  tokensOfBus.set(options, tokens);
  return tokens;
};

const remembered = (source: BearerTokens, tokens: Tokens) => async () => {
  const token = await within(
    SETTINGS.tokenWithin,
    'getting a token for Kafka',
    source(...(tokens.refused === undefined ? [] : [tokens.refused])),
  );
  tokens.given = token.value;
  return token;
};

/** The credential of now, as kafkajs takes it. */
export function saslOf(options: KafkajsBusOptions): SASLOptions | Mechanism | undefined {
  const sasl = options.sasl?.();
  if (sasl === undefined) return undefined;
  if (sasl.mechanism === 'oauthbearer') return oauthbearer(remembered(sasl.token, tokensOf(options)));
  const { mechanism, username, password } = sasl;
  // One of three types that differ in the mechanism alone, which TypeScript does not take for their union.
  return { mechanism, username, password } as SASLOptions;
}

/**
 * The {@link BusError} for an error of kafkajs. Where the credential was refused, its owner hears of it, and a token that was
 * refused is not asked for again.
 *
 * @param doing what failed, for the message: `sending 3 records`
 */
export function faultOf(options: KafkajsBusOptions, error: unknown, doing: string): BusError {
  const fault = toBusError(error, doing);
  if (fault.code === 'authentication_failed') {
    const tokens = tokensOf(options);
    tokens.refused = tokens.given;
    options.onAuthenticationFailed?.();
  }
  return fault;
}
