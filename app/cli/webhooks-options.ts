import { InvalidArgumentError, Option } from 'commander';
import { PATHS } from '../contract/http-paths.ts';
import { isLoopback } from '../customerio/app-endpoint.ts';
import { WEBHOOK_EVENTS } from '../customerio/app-webhook-events.ts';

/** The options of `webhooks` as they are parsed. */
export interface WebhooksChoice {
  readonly env?: string;
  readonly url?: string;
  readonly stacks: string;
  readonly name?: string;
  readonly events?: readonly string[];
  readonly withContent?: boolean;
  readonly fullResolution?: boolean;
  readonly json?: true;
}

const NAME = 'customerio-platform';
const MOST_NAME = 190;
/** As the stacks' props have it. */
const ENVIRONMENT = /^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$/;

/** A URL with the receiver's path where it has none. @throws InvalidArgumentError where it is no safe URL */
export const endpointOf = (text: string): string => {
  const url = URL.parse(text);
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url));
  if (url === null || !isSafe || url.username !== '' || url.password !== '' || url.hash !== '') {
    throw new InvalidArgumentError(
      'It must be an https URL, such as https://customerio-webhooks.example.com.',
    );
  }
  return url.pathname === '/' && url.search === '' ? `${url.origin}${PATHS.webhooks}` : text;
};

/** An environment has a webhook of its own: several may share a workspace. */
export const webhookNameOf = ({ name, env }: Pick<WebhooksChoice, 'name' | 'env'>): string =>
  name ?? (env === undefined ? NAME : `${NAME}-${env}`);

const nameOf = (text: string): string => {
  if (text.trim() !== '' && text.length <= MOST_NAME) return text;
  throw new InvalidArgumentError(`It must be a text of 1 to ${MOST_NAME} characters.`);
};

const environmentOf = (text: string): string => {
  if (ENVIRONMENT.test(text)) return text;
  throw new InvalidArgumentError(
    'It must be the name of an environment, such as dev: 1 to 20 lower-case letters, digits and dashes.',
  );
};

const eventsOf = (text: string, before: readonly string[] = []): readonly string[] => {
  const events = text.split(',').map((event) => event.trim());
  const unknown = events.filter((event) => !WEBHOOK_EVENTS.includes(event));
  if (unknown.length === 0) return [...new Set([...before, ...events])];
  throw new InvalidArgumentError(`Not known: ${unknown.join(', ')}. They are ${WEBHOOK_EVENTS.join(', ')}.`);
};

const LEFT = 'left out: as it is, and in a new webhook off';

/** What `webhooks register` and `webhooks status` take. */
export const WEBHOOKS_OPTIONS: readonly Option[] = [
  new Option(
    '--env <name>',
    'the webhook of this environment; its URL is the output of the deployed stack',
  ).argParser(environmentOf),
  new Option(
    '--url <url>',
    `the receiver’s URL, with or without --env; ${PATHS.webhooks} is added if it has no path`,
  ).argParser(endpointOf),
  new Option('--stacks <folder>', 'where cdktf has made the stacks’ folders').default('cdktf.out/stacks'),
  new Option(
    '--name <name>',
    `its name in Customer.io; failing that it is found by its URL (default: ${NAME}, with --env ${NAME}-<env>)`,
  ).argParser(nameOf),
  new Option(
    '--events <names>',
    'exactly these events, comma separated (default: at least all there are)',
  ).argParser(eventsOf),
  new Option(
    '--with-content',
    `with the content of messages and the preferences that a person chose (${LEFT})`,
  ),
  new Option('--no-with-content', 'without them'),
  new Option('--full-resolution', `every open and click, not only the first of each delivery (${LEFT})`),
  new Option('--no-full-resolution', 'only the first'),
  new Option('--json', 'print JSON'),
];
