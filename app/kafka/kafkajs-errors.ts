import { BusError } from './port.ts';

interface KafkajsFault {
  readonly name?: unknown;
  readonly type?: unknown;
  readonly cause?: unknown;
  readonly errors?: unknown;
}

const TOO_LARGE = ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE'];
const AUTHENTICATION = [
  'KafkaJSSASLAuthenticationError',
  'SASL_AUTHENTICATION_FAILED',
  'UNSUPPORTED_SASL_MECHANISM',
  'ILLEGAL_SASL_STATE',
];
const GENERATION_OVER = [
  'UNKNOWN_MEMBER_ID',
  'ILLEGAL_GENERATION',
  'REBALANCE_IN_PROGRESS',
  'FENCED_INSTANCE_ID',
];

/** The names and protocol types of an error of kafkajs and of what caused it, outermost first. */
export function errorKinds(error: unknown): readonly string[] {
  if (typeof error !== 'object' || error === null) return [];
  const { name, type, cause, errors } = error as KafkajsFault;
  const own = [name, type].filter((kind) => typeof kind === 'string');
  const inner = Array.isArray(errors) ? errors : [];
  return [...own, ...[cause, ...inner].filter((each) => each !== error).flatMap(errorKinds)];
}

const isOneOf = (error: unknown, kinds: readonly string[]): boolean =>
  errorKinds(error).some((kind) => kinds.includes(kind));

/** Whether the broker says that the generation of a commit is over. */
export const isGenerationOver = (error: unknown): boolean => isOneOf(error, GENERATION_OVER);

/** Whether a request was sent and not answered in time: it may still be carried out. */
export const isTimeout = (error: unknown): boolean => isOneOf(error, ['KafkaJSRequestTimeoutError']);

/** The error of our own that kafkajs passes on as the cause of its own: one of a source of tokens. */
function busErrorIn(error: unknown): BusError | undefined {
  if (error instanceof BusError) return error;
  if (typeof error !== 'object' || error === null) return undefined;
  const { cause } = error as KafkajsFault;
  return cause === error ? undefined : busErrorIn(cause);
}

/**
 * The {@link BusError} for an error of kafkajs.
 *
 * @param doing what failed, for the message: `sending 3 records`
 */
export function toBusError(error: unknown, doing: string): BusError {
  if (error instanceof BusError) return error;
  const reason = Error.isError(error) ? error.message : String(error);
  const message = `${doing} failed: ${reason}`;
  if (isOneOf(error, TOO_LARGE)) return new BusError('message_too_large', message, { cause: error });
  if (isOneOf(error, AUTHENTICATION)) return new BusError('authentication_failed', message, { cause: error });
  return new BusError(busErrorIn(error)?.code ?? 'unavailable', message, { cause: error });
}
