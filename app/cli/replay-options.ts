import { InvalidArgumentError, Option } from 'commander';
import { TABLES } from '../contract/warehouse.ts';
import { type DeadLetter, LEASE_MS } from '../pubsub/dead-letters.ts';
import { matching, topicName } from './reconcile-options.ts';

/** The options of `stream replay` as they are parsed. */
export interface ReplayChoice {
  readonly project?: string;
  readonly topic?: string;
  readonly table?: string;
  /** Milliseconds since 1970. */
  readonly since?: number;
  readonly eventId?: readonly string[];
  readonly reason?: string;
  readonly max: number;
  /** Seconds. */
  readonly within: number;
  readonly yes?: true;
  readonly json?: true;
}

const MOST = 1_000_000;
/** What is left of a lease for the last request. */
const LEASE_MARGIN_MS = 60_000;
const MOST_SECONDS = (LEASE_MS - LEASE_MARGIN_MS) / 1000;

const wholeNumber =
  (most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= 1 && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${most}.`);
  };

const timeOf = (text: string): number => {
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new InvalidArgumentError('It must be a time such as 2026-11-24T08:00:00Z.');
  return time;
};

const withText = (text: string, before: readonly string[] = []): readonly string[] => [...before, text];

/** What `stream replay` takes. */
export const REPLAY_OPTIONS: readonly Option[] = [
  new Option('--project <id>', 'the Google Cloud project with the topic (default: PUBSUB_PROJECT)').argParser(
    // One of an emulator may be shorter than Google's.
    matching(/^[a-z][a-z0-9.:-]{0,99}$/, 'the id of a Google Cloud project'),
  ),
  new Option(
    '--topic <name>',
    'the topic whose dead letters they are (default: PUBSUB_TOPIC, else customerio-events)',
  ).argParser(topicName),
  new Option('--table <table>', 'only rows of this table').choices(Object.keys(TABLES)),
  new Option('--since <time>', 'only rows that were first published then or later').argParser(timeOf),
  new Option('--event-id <id>', 'only this event; may be given several times').argParser(withText),
  new Option('--reason <text>', 'only rows whose reason contains this text, in any case'),
  new Option('--max <count>', 'put back at most so many').argParser(wholeNumber(MOST)).default(10_000),
  new Option('--within <seconds>', 'stop after so many seconds')
    .argParser(wholeNumber(MOST_SECONDS))
    .default(300),
  new Option('--yes', 'do it; without this it is a dry run, which changes nothing'),
  new Option('--json', 'print JSON'),
];

/** Whether a letter is one of those that were asked for. */
export const choiceMatches =
  ({ table, since, eventId, reason }: ReplayChoice) =>
  (letter: DeadLetter): boolean =>
    (table === undefined || letter.table === table) &&
    (since === undefined || letter.publishedAt >= since) &&
    (eventId === undefined || (letter.eventId !== undefined && eventId.includes(letter.eventId))) &&
    (reason === undefined || (letter.reason ?? '').toLowerCase().includes(reason.toLowerCase()));
