import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { fakeCustomerIoCommand } from './fake-customerio-command.ts';
import { kafkaCommand } from './kafka-command.ts';

const { version } = JSON.parse(readFileSync(`${import.meta.dirname}/../../package.json`, 'utf8')) as {
  version: string;
};

const USAGE = 2;

const program = new Command('cio-platform')
  .description('Run Customer.io in your own Google Cloud project')
  .version(version)
  .addCommand(fakeCustomerIoCommand())
  .addCommand(kafkaCommand());

/** Usage faults exit with 2 in every command; help and the version with 0. */
const withExits = (command: Command): void => {
  command.showHelpAfterError().exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : USAGE));
  for (const child of command.commands) withExits(child);
};

withExits(program);
await program.parseAsync();
