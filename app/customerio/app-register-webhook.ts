import { isSameEndpoint } from './app-endpoint.ts';
import type { AppApi, Webhook } from './app-port.ts';

/** Several webhooks fit, so that it is not clear which one is meant. */
export class AmbiguousWebhookError extends Error {
  override readonly name = 'AmbiguousWebhookError';
}

/** How a webhook ought to be. What is left out is not compared and stays as it is; in a new webhook it is off. */
export interface WantedWebhook {
  readonly name: string;
  readonly endpoint: string;
  /** All of these must be among its events. */
  readonly events: readonly string[];
  /** Whether it must have no other events. */
  readonly onlyThese: boolean;
  readonly withContent?: boolean;
  readonly fullResolution?: boolean;
}

/** One thing that is not as wanted. */
export interface Difference {
  readonly field: 'disabled' | 'endpoint' | 'events' | 'with_content' | 'full_resolution';
  /** In words, such as `endpoint is https://a.example, not https://b.example`. */
  readonly words: string;
}

/** What is so: `none` there is none, `disabled` it is off (and may differ too), `differs`, `in order`. */
export type WebhookState = 'none' | 'in order' | 'disabled' | 'differs';

/** The state of a webhook. */
export interface WebhookStatus {
  readonly status: WebhookState;
  readonly webhook?: Webhook;
  readonly differences: readonly Difference[];
}

/** What registering did. */
export interface Registered {
  readonly outcome: 'created' | 'updated' | 'unchanged';
  readonly webhook: Webhook;
  /** What was not as wanted before. */
  readonly differences: readonly Difference[];
}

const theOne = (webhooks: readonly Webhook[], by: string): Webhook | undefined => {
  if (webhooks.length < 2) return webhooks[0];
  const ids = webhooks.map(({ id }) => id).join(', ');
  throw new AmbiguousWebhookError(
    `${webhooks.length} reporting webhooks have the ${by}: ids ${ids}. Remove or rename the others in Customer.io, or give another --name`,
  );
};

/** By its name, else by where it sends to. @throws AmbiguousWebhookError */
const find = (webhooks: readonly Webhook[], { name, endpoint }: WantedWebhook): Webhook | undefined =>
  theOne(
    webhooks.filter((webhook) => webhook.name === name),
    `name ${name}`,
  ) ??
  theOne(
    webhooks.filter((webhook) => isSameEndpoint(webhook.endpoint, endpoint)),
    `endpoint ${endpoint}`,
  );

const eventDifferences = (webhook: Webhook, { events, onlyThese }: WantedWebhook): readonly Difference[] => {
  const missing = events.filter((event) => !webhook.events.includes(event));
  const others = onlyThese ? webhook.events.filter((event) => !events.includes(event)) : [];
  return [
    ...(missing.length > 0
      ? [{ field: 'events', words: `events missing: ${missing.join(', ')}` } as const]
      : []),
    ...(others.length > 0
      ? [{ field: 'events', words: `events not asked for: ${others.join(', ')}` } as const]
      : []),
  ];
};

const flagDifference = (
  field: 'with_content' | 'full_resolution',
  webhook: Webhook,
  wanted: boolean | undefined,
): readonly Difference[] =>
  wanted === undefined || webhook[field] === wanted
    ? []
    : [{ field, words: `${field} is ${webhook[field]}, not ${wanted}` }];

const differencesOf = (webhook: Webhook, wanted: WantedWebhook): readonly Difference[] => {
  const { endpoint, withContent, fullResolution } = wanted;
  return [
    ...(webhook.disabled ? [{ field: 'disabled', words: 'it is disabled' } as const] : []),
    ...(isSameEndpoint(webhook.endpoint, endpoint)
      ? []
      : [{ field: 'endpoint', words: `endpoint is ${webhook.endpoint}, not ${endpoint}` } as const]),
    ...eventDifferences(webhook, wanted),
    ...flagDifference('with_content', webhook, withContent),
    ...flagDifference('full_resolution', webhook, fullResolution),
  ];
};

/**
 * Tells how the webhook is that has this name or, if none has, this endpoint.
 *
 * @throws AppApiError, AmbiguousWebhookError
 */
export const webhookStatus = async (
  api: Pick<AppApi, 'webhooks'>,
  wanted: WantedWebhook,
): Promise<WebhookStatus> => {
  const webhook = find(await api.webhooks(), wanted);
  if (webhook === undefined) return { status: 'none', differences: [] };
  const differences = differencesOf(webhook, wanted);
  if (webhook.disabled) return { status: 'disabled', webhook, differences };
  return { status: differences.length > 0 ? 'differs' : 'in order', webhook, differences };
};

/**
 * Makes the webhook if there is none and changes it only where it differs, so that it may be run again at any time. One that was
 * found by its endpoint keeps its name, and what is not wanted in either way stays as it is: an update sends every field, since
 * Customer.io documents it as a whole (contract, section 5.3).
 *
 * @throws AppApiError, AmbiguousWebhookError
 * @example (await registerWebhook(api, wanted)).outcome // 'created', and 'unchanged' the next time
 */
export const registerWebhook = async (
  api: Omit<AppApi, 'messages'>,
  wanted: WantedWebhook,
): Promise<Registered> => {
  const { webhook: found, differences } = await webhookStatus(api, wanted);
  if (found !== undefined && differences.length === 0) {
    return { outcome: 'unchanged', webhook: found, differences };
  }
  const kept = wanted.onlyThese ? [] : (found?.events ?? []);
  const fields = {
    name: found?.name || wanted.name,
    endpoint: found && isSameEndpoint(found.endpoint, wanted.endpoint) ? found.endpoint : wanted.endpoint,
    events: [...new Set([...wanted.events, ...kept])],
    disabled: false,
    full_resolution: wanted.fullResolution ?? found?.full_resolution ?? false,
    with_content: wanted.withContent ?? found?.with_content ?? false,
  };
  if (found === undefined)
    return { outcome: 'created', webhook: await api.createWebhook(fields), differences };
  return { outcome: 'updated', webhook: await api.updateWebhook(found.id, fields), differences };
};
