import { inspect } from 'node:util';
import { WarehouseReadError } from '../bigquery/port.ts';
import { AppApiError } from '../customerio/app-error.ts';
import { AmbiguousWebhookError } from '../customerio/app-register-webhook.ts';
import { NoCredentialsError } from '../google-auth/google-headers.ts';
import { BusError } from '../kafka/port.ts';
import { StreamError } from '../pubsub/stream-error.ts';
import { RefillError } from '../reconcile/local-refill-stream.ts';
import { StateFileError } from '../reconcile/state-file.ts';
import { ConfigError } from '../runtime/config/parse-config.ts';
import { ListenError } from '../runtime/http/listen.ts';
import { SecretManagerError } from '../secret-manager/port.ts';
import { DeployedUrlError } from './deployed-webhooks-url.ts';
import { PromptError } from './read-hidden.ts';
import { NothingToRestore } from './restore-secret.ts';
import { SecretValueError } from './secret-value.ts';
import { OlderStillEnabled } from './set-secret.ts';
import { type Shown, shown, shownJson } from './terminal.ts';
import { WarehouseQueryError } from './warehouse-command.ts';

const FAILED = 1;
const COULD_NOT_ASK = 4;

type ErrorClass = abstract new (...args: never[]) => Error;

/** Faults whose message says all there is to say, and the code of those that have none of their own. */
const FAULTS: readonly (readonly [ErrorClass, code: string])[] = [
  [AmbiguousWebhookError, 'ambiguous_webhook'],
  [AppApiError, 'app_api'],
  [BusError, 'kafka'],
  [ConfigError, 'settings'],
  [DeployedUrlError, 'no_deployed_url'],
  [ListenError, 'cannot_listen'],
  [NoCredentialsError, 'no_credentials'],
  [NothingToRestore, 'nothing_to_restore'],
  [OlderStillEnabled, 'older_still_enabled'],
  [PromptError, 'no_value'],
  [RefillError, 'refill_failed'],
  [SecretManagerError, 'secret_manager'],
  [SecretValueError, 'bad_value'],
  [StateFileError, 'state_file'],
  [StreamError, 'stream'],
  [WarehouseQueryError, 'query_failed'],
  [WarehouseReadError, 'warehouse_unavailable'],
];

/** A store or an API that cannot be reached, or lets nobody in. */
const UNASKED: readonly ErrorClass[] = [AppApiError, BusError, NoCredentialsError, WarehouseReadError];

/** Commands whose exit code 1 is an answer. */
const ANSWERING = ['cio-platform trace', 'cio-platform reconcile', 'webhooks status'];

const isOneOf = (error: unknown, classes: readonly ErrorClass[]): boolean =>
  classes.some((known) => error instanceof known);

/** A fault as the one line of `--json`: `{"error":{"code","message",…}}`. */
export const faultJson = (code: string, message: string, more: object = {}): Shown =>
  shownJson({ error: { code, message, ...more } });

/** The code of an expected fault; undefined for any other. */
const codeOf = (error: Error): string | undefined => {
  const [, code] = FAULTS.find(([known]) => error instanceof known) ?? [];
  const own = 'code' in error ? error.code : undefined;
  return code !== undefined && typeof own === 'string' ? own : code;
};

/**
 * What is said of a fault of a command, and the exit code. Of a fault of ours, where it happened tells more than its message,
 * which may hold text from anywhere.
 *
 * @param command the words of the command, from its parent on
 * @example faultOf(new WarehouseReadError('…'), 'cio-platform trace', false).code // 4
 */
export const faultOf = (
  error: unknown,
  command: string,
  json: boolean,
): { readonly text: Shown; readonly code: number } => {
  const code = ANSWERING.includes(command) && isOneOf(error, UNASKED) ? COULD_NOT_ASK : FAILED;
  const name = Error.isError(error) ? codeOf(error) : undefined;
  if (Error.isError(error) && name !== undefined) {
    return { text: json ? faultJson(name, error.message) : shown([error.message]), code };
  }
  const trace = inspect(error);
  return { text: json ? faultJson('internal', String(error), { trace }) : shown(trace.split('\n')), code };
};
