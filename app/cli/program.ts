import { Command } from 'commander';
import { leaveClosedOutput } from '../runtime/closed-output.ts';
import { fakeCustomerIoCommand } from './fake-customerio-command.ts';
import { faultJson, faultOf } from './fault-of.ts';
import { kafkaCommand } from './kafka-command.ts';
import { packageVersion } from './package-version.ts';
import { reconcileCommand } from './reconcile-command.ts';
import { type SecretsWorld, secretsCommand } from './secrets-command.ts';
import { streamCommand } from './stream-command.ts';
import { type Shown, shown, terminal } from './terminal.ts';
import { traceCommand } from './trace-command.ts';
import { warehouseCommand } from './warehouse-command.ts';
import { webhooksCommand } from './webhooks-command.ts';

const USAGE = 2;

/** What commander adds to a fault, on a line of its own. */
const SUGGESTION = /\n\(Did you mean [^\n]*\)$/;

/** A usage fault repeats what was typed or pasted. */
const usageFault = (text: string, json: boolean): Shown => {
  const fault = text.trimEnd();
  const [suggestion = ''] = SUGGESTION.exec(fault) ?? [];
  const lines = [fault.slice(0, fault.length - suggestion.length), suggestion.trimStart()].filter(Boolean);
  return json ? faultJson('usage', lines.join(' ').replace(/^error: /, '')) : shown(lines);
};

/** Usage faults exit with 2 in every command; help and the version with 0. */
const withExits = (command: Command, json: boolean): void => {
  command
    .showHelpAfterError(!json)
    .configureOutput({ outputError: (text, write) => write(`${usageFault(text, json)}\n`) })
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : USAGE));
  for (const child of command.commands) withExits(child, json);
};

/** Before the options are read: a fault in them has to be told as they ask. */
const asksForJson = (args: readonly string[]): boolean => {
  const end = args.indexOf('--');
  return args.slice(0, end < 0 ? args.length : end).includes('--json');
};

const EXIT_CODES = `
Exit codes: 0 done, found or in order; 1 failed, not found or not in order; 2 usage; 3 stopped by a cap, or not everything was read;
4 could not ask (trace, reconcile, webhooks status). With --json a fault is one line on standard error,
{"error":{"code","message"}}, and a result that was cut has "truncated": true.`;

/**
 * Runs the command `cio-platform` with the arguments of this process.
 *
 * @param secrets what `secrets` uses of the world instead of the project's Secret Manager and this terminal
 */
export const runProgram = async (secrets: Partial<SecretsWorld> = {}): Promise<void> => {
  leaveClosedOutput();
  const json = asksForJson(process.argv.slice(2));
  let command = '';
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
    .addCommand(webhooksCommand())
    .addHelpText('after', EXIT_CODES)
    .hook('preAction', (_program, action) => {
      command = `${action.parent?.name()} ${action.name()}`;
    });
  withExits(program, json);
  try {
    await program.parseAsync();
  } catch (error) {
    const { text, code } = faultOf(error, command, json);
    terminal.say(text);
    process.exit(code);
  }
};
