import { Command } from 'commander';
import { SECRETS, type SecretName } from '../contract/secrets.ts';
import { GoogleSecretManager } from '../secret-manager/google-secret-manager.ts';
import type { SecretManager } from '../secret-manager/port.ts';
import { readHidden } from './read-hidden.ts';
import { restoreSecret } from './restore-secret.ts';
import { hasLines, MOST_BYTES, secretValue } from './secret-value.ts';
import { secretsReport } from './secrets-report.ts';
import { allHaveValues, secretsStatus } from './secrets-status.ts';
import { secretIdOf, setSecret } from './set-secret.ts';
import { type Shown, shown, shownJson, terminal } from './terminal.ts';

/** What the commands use of the world. */
export interface SecretsWorld {
  /** The secrets of a project. */
  readonly open: (project: string) => SecretManager;
  /** Takes a value from a pipe or, unseen, from the terminal. */
  readonly read: (question: string, several: boolean) => Promise<Uint8Array>;
  readonly print: (text: Shown) => void;
}

interface Options {
  readonly project: string;
  readonly prefix?: string;
  readonly json?: true;
}

const systemWorld: SecretsWorld = {
  open: (project) => new GoogleSecretManager({ project }),
  read: (question, several) =>
    readHidden({ input: process.stdin, output: terminal.prompt }, question, several, MOST_BYTES),
  print: terminal.print,
};

const PROJECT = /^[a-z0-9][a-z0-9.:-]{0,99}$/;
const PREFIX = /^[a-z]([a-z0-9-]{0,10}[a-z0-9])?$/;

/** Judged here because commander repeats what it refuses, and at the wrong place that may be a value. */
const checkPlace = (command: Command, { project, prefix }: Options): void => {
  if (!PROJECT.test(project)) {
    command.error('error: --project must be the id or number of a Google Cloud project');
  }
  if (prefix !== undefined && !PREFIX.test(prefix)) {
    command.error(
      'error: --prefix must be that of the construct: at most 12 lower-case letters, digits and dashes',
    );
  }
};

const withPlace = (command: Command): Command =>
  command
    .requiredOption('--project <id>', 'the Google Cloud project that has the secrets')
    .option('--prefix <prefix>', 'the prefix of the construct, if it has one')
    .option('--json', 'print JSON');

const NAMES = Object.keys(SECRETS);

const isSecretName = (text: string | undefined): text is SecretName => NAMES.includes(text ?? '');

/** The only argument, if it is a secret's name. Whatever else stands there may be a value: it is not repeated. */
const nameIn = (command: Command): SecretName => {
  const [name, ...more] = command.args;
  if (more.length > 0) {
    command.error(
      'error: only a name is expected, and none but the options of this command. A value is never given on the command line, ' +
        'where others could read it: pipe it in, or type it when asked. One that stood there should be replaced.',
    );
  }
  if (!isSecretName(name)) command.error(`error: the name must be one of ${NAMES.join(', ')}`);
  return name as SecretName;
};

/**
 * A command about one secret. Commander repeats arguments and options that it does not expect, and they may hold a value: `nameIn`
 * judges them.
 */
const ofSecret = (command: string): Command =>
  withPlace(new Command(command))
    .argument('<name>', `one of ${NAMES.join(', ')}`)
    .allowExcessArguments()
    .allowUnknownOption();

const TAKEN_UP = 'Running roles take it up within five minutes, without a deployment.';

const questionOf = (name: SecretName): string =>
  hasLines(name)
    ? `Value of ${name}, not shown, one a line; an empty line ends it: `
    : `Value of ${name}, not shown: `;

const versionsOf = (numbers: readonly number[]): string =>
  `${numbers.length === 1 ? 'version' : 'versions'} ${numbers.join(', ')}`;

const set = async (
  name: SecretName,
  options: Options & { readonly disableOlder?: true },
  world: SecretsWorld,
): Promise<void> => {
  const { project, prefix, json, disableOlder = false } = options;
  const value = secretValue(name, await world.read(questionOf(name), hasLines(name)));
  const secret = secretIdOf(name, prefix);
  const { version, disabled } = await setSecret(world.open(project), secret, value, disableOlder);
  if (json) return world.print(shownJson({ name, secret, project, version, disabled }));
  const older = disabled.length > 0 ? `Disabled: ${versionsOf(disabled)}.` : 'No older version was enabled.';
  world.print(
    shown([
      `${secret} in project ${project}: version ${version} is in place.`,
      TAKEN_UP,
      disableOlder ? older : 'Older versions stay enabled; --disable-older disables them.',
    ]),
  );
};

const placeOf = ({ project, prefix }: Options): string =>
  prefix === undefined ? `--project ${project}` : `--project ${project} --prefix ${prefix}`;

const status = async (options: Options, world: SecretsWorld): Promise<void> => {
  const { project, prefix, json } = options;
  const secrets = await secretsStatus(world.open(project), prefix);
  if (json) return world.print(shownJson({ project, allHaveValues: allHaveValues(secrets), secrets }));
  world.print(shown(secretsReport(secrets, placeOf(options))));
};

const restore = async (name: SecretName, options: Options, world: SecretsWorld): Promise<void> => {
  const { project, prefix, json } = options;
  const secret = secretIdOf(name, prefix);
  const { version, from } = await restoreSecret(world.open(project), name, secret);
  if (json) return world.print(shownJson({ name, secret, project, version, from: from ?? null }));
  const done =
    from === undefined
      ? [`version ${version}, the newest, holds a value: nothing was written.`]
      : [`version ${version} is in place, with the value of version ${from}.`, TAKEN_UP];
  world.print(shown([`${secret} in project ${project}: ${done[0]}`, ...done.slice(1)]));
};

/**
 * `cio-platform secrets set|restore|status`: the values of a deployment's secrets, which Terraform never sees.
 *
 * @param instead replaces parts of the world, for tests
 */
export const secretsCommand = (instead: Partial<SecretsWorld> = {}): Command => {
  const world = { ...systemWorld, ...instead };
  const setting = ofSecret('set')
    .description(
      'give a secret a new value, from standard input or an unseen prompt; never from the command line. ' +
        'Exit codes: 0 done, 1 failed, 2 usage',
    )
    .option('--disable-older', 'then disable the older versions')
    .action((_name: string, options: Options & { disableOlder?: true }, command: Command) => {
      const name = nameIn(command);
      checkPlace(command, options);
      return set(name, options, world);
    });
  const restoring = ofSecret('restore')
    .description(
      'make the newest value of a secret its newest version again, without showing it. Exit codes: 0 done, 1 failed, 2 usage',
    )
    .action((_name: string, options: Options, command: Command) => {
      const name = nameIn(command);
      checkPlace(command, options);
      return restore(name, options, world);
    });
  const telling = withPlace(new Command('status'))
    .description(
      'tell which secrets exist, which still need a value, and how to mend what is wrong; shows no value. Exit codes: 0 done, 1 failed, 2 usage',
    )
    .action((options: Options, command: Command) => {
      checkPlace(command, options);
      return status(options, world);
    });
  return new Command('secrets')
    .description('the secrets of a deployment, in Secret Manager')
    .addCommand(setting)
    .addCommand(restoring)
    .addCommand(telling);
};
