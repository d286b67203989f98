import { Command } from 'commander';
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
import { deployedWebhooksUrl } from './deployed-webhooks-url.ts';
import { type Shown, shown, shownJson, terminal } from './terminal.ts';
import { endpointOf, WEBHOOKS_OPTIONS, type WebhooksChoice, webhookNameOf } from './webhooks-options.ts';

/** What the commands use of the world. */
export interface WebhooksWorld {
  /** The App API of the settings. */
  readonly open: () => Pick<AppApi, 'webhooks' | 'createWebhook' | 'updateWebhook'>;
  /** The URL of a deployed environment's receiver. */
  readonly deployedUrl: (environment: string, stacks: string) => Promise<string>;
  readonly print: (text: Shown) => void;
  /** Sets the exit code. */
  readonly end: (code: number) => void;
}

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
  deployedUrl: deployedWebhooksUrl,
  print: terminal.print,
  end: (code) => {
    process.exitCode = code;
  },
};

const listOf = (differences: readonly Difference[]): readonly string[] =>
  differences.map(({ words }) => `  ${words}`);

const wantedOf = async (choice: WebhooksChoice, { deployedUrl }: WebhooksWorld): Promise<WantedWebhook> => {
  const { env = '', url, stacks, events, withContent, fullResolution } = choice;
  return {
    name: webhookNameOf(choice),
    endpoint: url ?? endpointOf(await deployedUrl(env, stacks)),
    events: events ?? WEBHOOK_EVENTS,
    onlyThese: events !== undefined,
    ...(withContent !== undefined && { withContent }),
    ...(fullResolution !== undefined && { fullResolution }),
  };
};

/** What a command does with a webhook. */
type Act = (
  api: ReturnType<WebhooksWorld['open']>,
  wanted: WantedWebhook,
  world: WebhooksWorld,
  json: boolean,
) => Promise<void>;

/** Options and settings are looked at before anything is asked over the network. */
const run = async (
  act: Act,
  choice: WebhooksChoice,
  command: Command,
  world: WebhooksWorld,
): Promise<void> => {
  if (choice.env === undefined && choice.url === undefined) {
    command.error('error: one of --env and --url is required: whose webhook, or where it must point');
  }
  const api = world.open();
  const wanted = await wantedOf(choice, world);
  await act(api, wanted, world, choice.json === true);
};

const register: Act = async (api, wanted, world, json) => {
  const { outcome, webhook, differences } = await registerWebhook(api, wanted);
  if (json) return world.print(shownJson({ outcome, webhook, differences }));
  const told = `Reporting webhook ${webhook.id} (${webhook.name}) to ${webhook.endpoint}: ${outcome}.`;
  const hint =
    'Its signing key is shown in Customer.io only: give it to the receiver with secrets set webhook-signing-keys.';
  const before = differences.length > 0 ? ['It was not as wanted:', ...listOf(differences)] : [];
  world.print(shown([told, ...before, ...(outcome === 'created' ? [hint] : [])]));
};

const WORDS: Readonly<Record<WebhookState, string>> = {
  none: 'none: there is no such reporting webhook; make it with webhooks register',
  'in order': 'in order',
  disabled: 'disabled: Customer.io sends nothing; webhooks register enables it',
  differs: 'differs; webhooks register changes it',
};

const status: Act = async (api, wanted, world, json) => {
  const { status: state, webhook, differences } = await webhookStatus(api, wanted);
  world.end(state === 'in order' ? 0 : NOT_IN_ORDER);
  if (json) return world.print(shownJson({ status: state, webhook: webhook ?? null, differences }));
  const which = webhook ? `Reporting webhook ${webhook.id} (${webhook.name}) to ${webhook.endpoint}: ` : '';
  world.print(shown([`${which}${WORDS[state]}.`, ...listOf(differences)]));
};

/**
 * `cio-platform webhooks register|status`: the reporting webhook by which Customer.io sends delivery events to the receiver
 * (`CUSTOMERIO_REGION`, `CUSTOMERIO_APP_API_KEY`).
 *
 * @param instead replaces parts of the world, for tests
 */
export const webhooksCommand = (instead: Partial<WebhooksWorld> = {}): Command => {
  const world = { ...systemWorld, ...instead };
  const registering = new Command('register')
    .description(
      'make the reporting webhook in Customer.io, or change what differs; safe to run again. Exit codes: 0 done, 1 failed, 2 usage',
    )
    .action((choice: WebhooksChoice, self: Command) => run(register, choice, self, world));
  const telling = new Command('status')
    .description(
      'tell whether the reporting webhook is in order. Exit codes: 0 in order, 1 not, 2 usage, 4 could not ask',
    )
    .action((choice: WebhooksChoice, self: Command) => run(status, choice, self, world));
  const webhooks = new Command('webhooks').description('the reporting webhook in Customer.io');
  for (const command of [registering, telling]) {
    for (const option of WEBHOOKS_OPTIONS) command.addOption(option);
    webhooks.addCommand(command);
  }
  return webhooks;
};
