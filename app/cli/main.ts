import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { fakeCustomerIoCommand } from './fake-customerio-command.ts';

const { version } = JSON.parse(readFileSync(`${import.meta.dirname}/../../package.json`, 'utf8')) as {
  version: string;
};

const USAGE = 2;

const program = new Command('cio-platform')
  .description('Run Customer.io in your own Google Cloud project')
  .version(version)
  .showHelpAfterError()
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : USAGE))
  .addCommand(fakeCustomerIoCommand().copyInheritedSettings(new Command()));

await program.parseAsync();
