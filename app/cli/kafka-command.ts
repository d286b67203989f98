import { Command } from 'commander';
import { LOCAL_PARTITIONS, TOPICS } from '../contract/topics.ts';
import { kafkaBus } from '../roles/build-bus.ts';
import { EXPECTED } from '../roles/expected.ts';
import { processConfig } from '../runtime/config/process-config.ts';
import { createLogger } from '../runtime/logger.ts';
import { oneLineFaults } from '../runtime/one-line-faults.ts';
import { shown, terminal } from './terminal.ts';

const FAILED_USAGE = 2;

const partitionsOf = (text: string): number => {
  const partitions = Number(text);
  if (Number.isInteger(partitions) && partitions >= 1 && partitions <= 1000) return partitions;
  terminal.say(shown(['--partitions must be a whole number from 1 to 1000']));
  return process.exit(FAILED_USAGE);
};

const ensure = async (mode: 'create' | 'verify', partitions: number): Promise<void> => {
  const config = processConfig('kafka');
  const bus = await kafkaBus(config, 'cio-platform', createLogger('cli', config.logLevel));
  try {
    await bus.connect();
    await bus.ensureTopics(Object.values(TOPICS), mode, partitions);
    terminal.print(shown([`${Object.keys(TOPICS).length} topics are as they must be`]));
  } finally {
    await bus.close();
  }
};

/** `cio-platform kafka apply|check`: the platform's topics on brokers of one's own (`KAFKA_BROKERS` and its settings). */
export const kafkaCommand = (): Command => {
  const apply = new Command('apply')
    .description('make the topics that are missing, then check them all')
    .option('--partitions <count>', 'partitions of each new topic', partitionsOf, LOCAL_PARTITIONS)
    .action(({ partitions }: { partitions: number }) =>
      oneLineFaults(() => ensure('create', partitions), EXPECTED),
    );
  const check = new Command('check')
    .description('check that the topics are as they must be, and change nothing')
    .action(() => oneLineFaults(() => ensure('verify', LOCAL_PARTITIONS), EXPECTED));
  return new Command('kafka').description('the topics of the platform').addCommand(apply).addCommand(check);
};
