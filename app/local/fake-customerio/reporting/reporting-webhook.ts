import { isObject, type Json } from '../operation-fault.ts';
import { WEBHOOK_EVENTS } from './webhook-kinds.ts';

/** A reporting webhook as the App API shows it (contract, section 5.3). */
export interface ReportingWebhook {
  readonly id: number;
  readonly type: 'webhook';
  readonly name: string;
  readonly endpoint: string;
  /** Names of {@link WEBHOOK_EVENTS}. */
  readonly events: readonly string[];
  readonly disabled: boolean;
  /** False: of opens and clicks the first of each delivery only. */
  readonly full_resolution: boolean;
  /** True: with `content` and `headers`. */
  readonly with_content: boolean;
}

/** What a caller sets of one. */
export type WebhookFields = Omit<ReportingWebhook, 'id' | 'type'>;

const FLAGS = ['disabled', 'full_resolution', 'with_content'] as const;
const NAME_CHARACTERS = 190;

const isHttp = (value: unknown): boolean =>
  typeof value === 'string' && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);

/** Everything wrong with the body of a create or an update; empty when nothing is. All of name, endpoint, events are required. */
export const webhookFaults = (body: unknown): readonly string[] => {
  if (!isObject(body)) return ['malformed JSON'];
  const { name, endpoint, events } = body;
  const hasName = typeof name === 'string' && name.trim() !== '' && name.length <= NAME_CHARACTERS;
  const hasEvents = Array.isArray(events) && events.length > 0;
  const unknown = hasEvents ? events.filter((event) => !WEBHOOK_EVENTS.includes(event)) : [];
  return [
    ...(hasName ? [] : [`name must be a text of 1 to ${NAME_CHARACTERS} characters`]),
    ...(isHttp(endpoint) ? [] : ['endpoint must be an http or https URL']),
    ...(hasEvents ? [] : ['events must have at least one event']),
    ...unknown.map((event) => `events: ${JSON.stringify(event)} is not known`),
    ...FLAGS.filter((flag) => body[flag] !== undefined && typeof body[flag] !== 'boolean').map(
      (flag) => `${flag} must be true or false`,
    ),
  ];
};

/** The fields of a body in which {@link webhookFaults} finds nothing; flags that are not there are those of `before`, or false. */
export const webhookFieldsOf = (body: Json, before?: WebhookFields): WebhookFields => ({
  name: String(body['name']),
  endpoint: String(body['endpoint']),
  events: [...new Set(body['events'] as string[])],
  disabled: Boolean(body['disabled'] ?? before?.disabled),
  full_resolution: Boolean(body['full_resolution'] ?? before?.full_resolution),
  with_content: Boolean(body['with_content'] ?? before?.with_content),
});
