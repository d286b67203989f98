import { inspect } from 'node:util';
import { Command } from 'commander';
import { WarehouseReadError } from '../bigquery/port.ts';
import { AppApiError } from '../customerio/app-error.ts';
import { AmbiguousWebhookError } from '../customerio/app-register-webhook.ts';
import { NoCredentialsError } from '../google-auth/google-headers.ts';
import { StreamError } from '../pubsub/stream-error.ts';
import { RefillError } from '../reconcile/local-refill-stream.ts';
import { StateFileError } from '../reconcile/state-file.ts';
import { EXPECTED } from '../roles/expected.ts';
import { oneLineFaults } from '../runtime/one-line-faults.ts';
import { SecretManagerError } from '../secret-manager/port.ts';
import { DeployedUrlError } from './deployed-webhooks-url.ts';
import { fakeCustomerIoCommand } from './fake-customerio-command.ts';
import { kafkaCommand } from './kafka-command.ts';
import { packageVersion } from './package-version.ts';
import { PromptError } from './read-hidden.ts';
import { reconcileCommand } from './reconcile-command.ts';
import { NothingToRestore } from './restore-secret.ts';
import { SecretValueError } from './secret-value.ts';
import { type SecretsWorld, secretsCommand } from './secrets-command.ts';
import { OlderStillEnabled } from './set-secret.ts';
import { streamCommand } from './stream-command.ts';
import { type Shown, shown, terminal } from './terminal.ts';
import { traceCommand } from './trace-command.ts';
import { WarehouseQueryError, warehouseCommand } from './warehouse-command.ts';
import { webhooksCommand } from './webhooks-command.ts';

const FAILED = 1;
const USAGE = 2;

const FAULTS = [
  ...EXPECTED,
  StreamError,
  NoCredentialsError,
  SecretManagerError,
  SecretValueError,
  PromptError,
  OlderStillEnabled,
  NothingToRestore,
  WarehouseQueryError,
  AppApiError,
  AmbiguousWebhookError,
  DeployedUrlError,
  WarehouseReadError,
  RefillError,
  StateFileError,
] as const;

/** What commander adds to a fault, on a line of its own. */
const SUGGESTION = /\n\(Did you mean [^\n]*\)$/;

/** A usage fault repeats what was typed or pasted. */
const usageFault = (text: string): Shown => {
  const fault = text.trimEnd();
  const [suggestion] = SUGGESTION.exec(fault) ?? [];
  if (suggestion === undefined) return shown([fault]);
  return shown([fault.slice(0, -suggestion.length), suggestion.trimStart()]);
};

/** Usage faults exit with 2 in every command; help and the version with 0. */
const withExits = (command: Command): void => {
  command
    .showHelpAfterError()
    .configureOutput({ outputError: (text, write) => write(`${usageFault(text)}\n`) })
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : USAGE));
  for (const child of command.commands) withExits(child);
};

/**
 * Runs the command `cio-platform` with the arguments of this process.
 *
 * @param secrets what `secrets` uses of the world instead of the project's Secret Manager and this terminal
 */
export const runProgram = async (secrets: Partial<SecretsWorld> = {}): Promise<void> => {
  const program = new Command('cio-platform')
    .description('Run Customer.io in your own Google Cloud project')
    .version(packageVersion(import.meta.dirname))
    .addCommand(fakeCustomerIoCommand())
    .addCommand(kafkaCommand())
    .addCommand(reconcileCommand())
    .addCommand(secretsCommand(secrets))
    .addCommand(streamCommand())
    .addCommand(traceCommand())
    .addCommand(warehouseCommand())
    .addCommand(webhooksCommand());
  withExits(program);
  try {
    await oneLineFaults(() => program.parseAsync(), FAULTS);
  } catch (error) {
    // A fault of ours: where it happened tells more than its message, which may hold text from anywhere.
    terminal.say(shown(inspect(error).split('\n')));
    process.exit(FAILED);
  }
};
