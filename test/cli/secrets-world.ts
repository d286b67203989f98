import type { Command, CommanderError } from 'commander';
import { secretsCommand } from '../../app/cli/secrets-command.ts';
import { GoogleSecretManager } from '../../app/secret-manager/google-secret-manager.ts';
import type { SecretManager } from '../../app/secret-manager/port.ts';
import { type FakeSecretManager, TOKEN } from '../support/fake-secret-manager.ts';

/** A project's secrets in the fake, without waiting between attempts. */
export const openFake =
  (endpoint: string) =>
  (project: string): SecretManager =>
    new GoogleSecretManager({
      project,
      endpoint,
      credentials: async () => new Headers({ authorization: `Bearer ${TOKEN}` }),
      wait: async () => undefined,
    });

/** How a run of `secrets …` ended, with all that it said. */
export interface Ended {
  /** What was thrown; undefined when all went well. */
  readonly error: (Error & Partial<CommanderError>) | undefined;
  readonly out: string;
  readonly err: string;
  readonly questions: readonly (readonly [string, boolean])[];
}

const quiet = (command: Command, write: (text: string) => void): void => {
  command.exitOverride().configureOutput({ writeErr: write, writeOut: write });
  for (const child of command.commands) quiet(child, write);
};

/** Runs `secrets` with these arguments in this process, `value` being what is piped in. */
export const runSecrets = async (
  fake: FakeSecretManager,
  args: readonly string[],
  value: string | Uint8Array = '',
): Promise<Ended> => {
  const out: string[] = [];
  const err: string[] = [];
  const questions: (readonly [string, boolean])[] = [];
  const command = secretsCommand({
    open: openFake(fake.endpoint),
    print: (text) => out.push(text),
    read: async (question, several) => {
      questions.push([question, several]);
      return Buffer.from(value as string);
    },
  });
  quiet(command, (text) => err.push(text));
  const error = await command.parseAsync(args, { from: 'user' }).then(
    () => undefined,
    (thrown: unknown) => thrown as Error,
  );
  return { error, out: out.join('\n'), err: err.join(''), questions };
};
