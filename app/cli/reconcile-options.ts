import { InvalidArgumentError, Option } from 'commander';
import { EVENT_WINDOW_DAYS, METRIC_COLUMNS } from '../contract/warehouse.ts';
import { TIME_FORM, timeOf } from '../runtime/time-of.ts';

/** The options of `reconcile` as they are parsed. */
export interface ReconcileChoice {
  readonly since: string;
  readonly until?: string;
  readonly metric?: readonly string[];
  readonly refill?: true;
  readonly max: number;
  readonly state?: string;
  readonly restart?: true;
  readonly url: string;
  readonly project?: string;
  readonly dataset: string;
  readonly topic: string;
  readonly json?: true;
}

const MOST = 10_000_000;
const DAY_MS = 86_400_000;

/**
 * The range that is asked for, and the oldest time that may be: milliseconds since 1970.
 *
 * @throws RangeError where it is none, in words for the user
 * @example rangeOf({ since: '24h' }, Date.now()).from
 */
export const rangeOf = (
  { since, until = '0m' }: Pick<ReconcileChoice, 'since' | 'until'>,
  now: number,
): { readonly from: number; readonly to: number; readonly oldest: number } => {
  const oldest = now - EVENT_WINDOW_DAYS.past * DAY_MS;
  const from = timeOf(since, now);
  const to = timeOf(until, now);
  if (from === undefined) throw new RangeError(`--since ${TIME_FORM}`);
  if (to === undefined) throw new RangeError(`--until ${TIME_FORM}`);
  if (from >= to) throw new RangeError('--since must be before --until');
  if (from < oldest) {
    throw new RangeError(
      `--since may be ${EVENT_WINDOW_DAYS.past}d ago at most: the warehouse takes no older rows`,
    );
  }
  return { from, to, oldest };
};

const wholeNumber = (text: string): number => {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= MOST) return value;
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${MOST}.`);
};

/** Reads a text of some form. */
export const matching =
  (form: RegExp, about: string) =>
  (text: string): string => {
    if (form.test(text)) return text;
    throw new InvalidArgumentError(`It must be ${about}.`);
  };

const urlOf = (text: string): string => {
  if (/^https?:/.test(text) && URL.canParse(text)) return text;
  throw new InvalidArgumentError('It must be a URL such as http://localhost:8080.');
};

const METRICS: readonly string[] = [...new Set(Object.values(METRIC_COLUMNS).flatMap(Object.keys))].sort();

const withMetric = (text: string, before: readonly string[] = []): readonly string[] => {
  if (METRICS.includes(text)) return [...before, text];
  throw new InvalidArgumentError(`It must be one of ${METRICS.join(', ')}.`);
};

/** Reads the name of a Pub/Sub topic. */
export const topicName = matching(/^[A-Za-z][\w.~+%-]{2,254}$/, 'the name of a topic, without its project');

/** Where the warehouse is. */
export const PLACE_OPTIONS: readonly Option[] = [
  new Option('--url <url>', 'where npm start listens, without --project')
    .argParser(urlOf)
    .default('http://localhost:8080'),
  new Option('--project <id>', 'the Google Cloud project with the warehouse, instead of npm start').argParser(
    matching(/^[a-z][a-z0-9.:-]{4,99}$/, 'the id of a Google Cloud project'),
  ),
  new Option('--dataset <name>', 'the dataset, which has the construct’s prefix if it has one')
    .argParser(matching(/^\w{1,1024}$/, 'a name of letters, digits and underscores'))
    .default('customerio_events'),
];

/** What `reconcile` takes. */
export const RECONCILE_OPTIONS: readonly Option[] = [
  new Option(
    '--since <age>',
    'deliveries made since then: an age such as 24h, or a time',
  ).makeOptionMandatory(),
  new Option('--until <age>', 'deliveries made until then; leave out those whose webhooks may still come'),
  new Option('--metric <metric>', 'only this metric; may be given several times').argParser(withMetric),
  new Option('--refill', 'write what is missing; without this it is a dry run, which writes nothing'),
  new Option('--max <count>', 'look at most at so many deliveries; run it again to go on')
    .argParser(wholeNumber)
    .default(100_000),
  new Option(
    '--state <file>',
    'where it keeps how far it is; a dry run in a file beside it (default: one in .cio-local for each workspace and options)',
  ),
  new Option('--restart', 'begin anew instead of going on'),
  ...PLACE_OPTIONS,
  new Option('--topic <name>', 'the Pub/Sub topic that refilled rows go into')
    .argParser(topicName)
    .default('customerio-events'),
  new Option('--json', 'print JSON'),
];
