import { Command, InvalidArgumentError } from 'commander';
import { PATHS } from '../contract/http-paths.ts';
import { createAppClient } from '../customerio/app-client.ts';
import type { AppApi } from '../customerio/app-port.ts';
import {
  type Difference,
  registerWebhook,
  type WantedWebhook,
  type WebhookState,
  webhookStatus,
} from '../customerio/app-register-webhook.ts';
import { WEBHOOK_EVENTS } from '../customerio/app-webhook-events.ts';
import { processConfig } from '../runtime/config/process-config.ts';

/** What the commands use of the world. */
export interface WebhooksWorld {
  /** The App API of the settings. */
  readonly open: () => Pick<AppApi, 'webhooks' | 'createWebhook' | 'updateWebhook'>;
  readonly print: (text: string) => void;
  /** Sets the exit code. */
  readonly end: (code: number) => void;
}

interface Options {
  readonly name: string;
  readonly url?: string;
  readonly events?: readonly string[];
  readonly withContent?: true;
  readonly fullResolution?: true;
  readonly json?: true;
}

const NAME = 'customerio-platform';
const MOST_NAME = 190;
const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);
const NOT_IN_ORDER = 1;

const systemWorld: WebhooksWorld = {
  open: () => {
    const {
      customerioAppApiKey: apiKey,
      customerioRegion: region,
      customerioAppUrl: url,
    } = processConfig('app-api');
    return createAppClient({ apiKey, region, url });
  },
  print: (text) => process.stdout.write(`${text}\n`),
  end: (code) => {
    process.exitCode = code;
  },
};

const endpointOf = (text: string): string => {
  const url = URL.parse(text);
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.has(url.hostname));
  if (url === null || !isSafe || url.username !== '' || url.password !== '' || url.hash !== '') {
    throw new InvalidArgumentError(
      'It must be an https URL, such as https://customerio-webhooks.example.com.',
    );
  }
  return url.pathname === '/' && url.search === '' ? `${url.origin}${PATHS.webhooks}` : text;
};

const nameOf = (text: string): string => {
  if (text.trim() !== '' && text.length <= MOST_NAME) return text;
  throw new InvalidArgumentError(`It must be a text of 1 to ${MOST_NAME} characters.`);
};

const eventsOf = (text: string, before: readonly string[] = []): readonly string[] => {
  const events = text.split(',').map((event) => event.trim());
  const unknown = events.filter((event) => !WEBHOOK_EVENTS.includes(event));
  if (unknown.length === 0) return [...new Set([...before, ...events])];
  throw new InvalidArgumentError(`Not known: ${unknown.join(', ')}. They are ${WEBHOOK_EVENTS.join(', ')}.`);
};

const listOf = (differences: readonly Difference[]): readonly string[] =>
  differences.map(({ words }) => `  ${words}`);

const wantedOf = ({ name, url, events }: Options): WantedWebhook => ({
  name,
  ...(url !== undefined && { endpoint: url }),
  events: events ?? WEBHOOK_EVENTS,
  onlyThese: events !== undefined,
});

const register = async (options: Options & { readonly url: string }, world: WebhooksWorld): Promise<void> => {
  const { url: endpoint, withContent = false, fullResolution = false, json } = options;
  const wanted = { ...wantedOf(options), endpoint, withContent, fullResolution };
  const { outcome, webhook, differences } = await registerWebhook(world.open(), wanted);
  if (json) return world.print(JSON.stringify({ outcome, webhook, differences }));
  const told = `Reporting webhook ${webhook.id} (${webhook.name}) to ${webhook.endpoint}: ${outcome}.`;
  const hint =
    'Its signing key is shown in Customer.io only: give it to the receiver with secrets set webhook-signing-keys.';
  const before = differences.length > 0 ? ['It was not as wanted:', ...listOf(differences)] : [];
  world.print([told, ...before, ...(outcome === 'created' ? [hint] : [])].join('\n'));
};

const WORDS: Readonly<Record<WebhookState, string>> = {
  none: 'none: there is no such reporting webhook; make it with webhooks register',
  'in order': 'in order',
  disabled: 'disabled: Customer.io sends nothing; webhooks register enables it',
  differs: 'differs; webhooks register changes it',
};

const status = async (options: Options, world: WebhooksWorld): Promise<void> => {
  const { withContent, fullResolution, json } = options;
  const wanted = {
    ...wantedOf(options),
    ...(withContent && { withContent }),
    ...(fullResolution && { fullResolution }),
  };
  const { status: state, webhook, differences } = await webhookStatus(world.open(), wanted);
  world.end(state === 'in order' ? 0 : NOT_IN_ORDER);
  if (json) return world.print(JSON.stringify({ status: state, webhook: webhook ?? null, differences }));
  const which = webhook ? `Reporting webhook ${webhook.id} (${webhook.name}) to ${webhook.endpoint}: ` : '';
  world.print([`${which}${WORDS[state]}.`, ...listOf(differences)].join('\n'));
};

const withWebhook = (command: Command): Command =>
  command
    .option('--name <name>', 'its name in Customer.io; failing that it is found by its URL', nameOf, NAME)
    .option(
      '--events <names>',
      'exactly these events, comma separated (default: at least all there are)',
      eventsOf,
    )
    .option('--with-content', 'with the content of messages and the preferences that a person chose')
    .option('--full-resolution', 'every open and click, not only the first of each delivery')
    .option('--json', 'print JSON');

/**
 * `cio-platform webhooks register|status`: the reporting webhook by which Customer.io sends delivery events to the receiver
 * (`CUSTOMERIO_REGION`, `CUSTOMERIO_APP_API_KEY`).
 *
 * @param instead replaces parts of the world, for tests
 */
export const webhooksCommand = (instead: Partial<WebhooksWorld> = {}): Command => {
  const world = { ...systemWorld, ...instead };
  const about = `the receiver’s URL; ${PATHS.webhooks} is added if it has no path`;
  const registering = withWebhook(new Command('register'))
    .description('make the reporting webhook in Customer.io, or change what differs; safe to run again')
    .requiredOption('--url <url>', about, endpointOf)
    .action((options: Options & { readonly url: string }) => register(options, world));
  const telling = withWebhook(new Command('status'))
    .description('tell whether the reporting webhook is in order. Exit codes: 0 in order, 1 not, 2 usage')
    .option('--url <url>', about, endpointOf)
    .action((options: Options) => status(options, world));
  return new Command('webhooks')
    .description('the reporting webhook in Customer.io')
    .addCommand(registering)
    .addCommand(telling);
};
