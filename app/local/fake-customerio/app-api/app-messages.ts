import { answerAppFaults } from '../answers.ts';
import type { ApiCall } from '../api-call.ts';
import { type Delivery, messageOf, messageType } from '../reporting/deliveries.ts';

const DEFAULT_LIMIT = 50;
const MOST = 100;

/** Filters that must equal a field of the delivery; the API's name and ours. */
const EQUAL: readonly (readonly [string, string])[] = [
  ['campaign_id', 'campaign_id'],
  ['action_id', 'action_id'],
  ['newsletter_id', 'newsletter_id'],
  ['transactional_id', 'transactional_message_id'],
  ['trigger_id', 'trigger_id'],
  ['template_id', 'template_id'],
  ['content_id', 'content_id'],
];

type Query = Readonly<Record<string, string>>;

const queryOf = ({ request }: ApiCall): Query =>
  Object.fromEntries(new URLSearchParams(request.originalUrl.split('?')[1] ?? ''));

const cursorOf = (number: number): string => Buffer.from(`before:${number}`).toString('base64url');

/** The number that a cursor stands for; NaN when it is none. */
const numberOf = (cursor: string): number =>
  Number(/^before:(\d+)$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1] ?? Number.NaN);

const isWhole = (text: string): boolean => /^\d{1,12}$/.test(text);

const queryFaults = ({ limit, start, start_ts: from, end_ts: to }: Query): readonly string[] => [
  ...(limit === undefined || (isWhole(limit) && Number(limit) > 0)
    ? []
    : ['limit must be a positive whole number']),
  ...(!start || !Number.isNaN(numberOf(start)) ? [] : ['start must be the next of an earlier answer']),
  ...(from === undefined || isWhole(from) ? [] : ['start_ts must be a unix timestamp']),
  ...(to === undefined || isWhole(to) ? [] : ['end_ts must be a unix timestamp']),
];

const isDraft = ({ metrics }: Delivery): boolean =>
  Object.keys(metrics).every((metric) => metric === 'drafted');

const meets = (delivery: Delivery, query: Query): boolean => {
  const { metric, type, start_ts: from = 0, end_ts: to = Number.POSITIVE_INFINITY, drafts } = query;
  if (metric && !Object.hasOwn(delivery.metrics, metric)) return false;
  if (type && messageType(type) !== messageType(delivery.type)) return false;
  if (delivery.created < Number(from) || delivery.created > Number(to)) return false;
  if (isDraft(delivery) !== (drafts === 'true')) return false;
  return EQUAL.every(([name, field]) => !query[name] || query[name] === String(delivery.common[field]));
};

/**
 * `GET /messages` (contract, section 5.3): the latest first, in pages; `next` is the cursor of the following one, `''` after
 * the last. `start_ts` and `end_ts` hold for when a delivery was made. Drafts are shown with `drafts=true` only.
 */
export const answerMessages = (call: ApiCall): void => {
  const query = queryOf(call);
  const faults = queryFaults(query);
  if (faults.length > 0) return answerAppFaults(call.response, 400, faults);
  const { limit = DEFAULT_LIMIT, start } = query;
  const before = start ? numberOf(start) : Number.POSITIVE_INFINITY;
  const found = call.state.reporting.deliveries.list
    .filter((delivery) => delivery.number < before && meets(delivery, query))
    .toReversed();
  const page = found.slice(0, Math.min(MOST, Number(limit)));
  const last = page.at(-1);
  const next = last !== undefined && found.length > page.length ? cursorOf(last.number) : '';
  call.response.json({ messages: page.map(messageOf), next });
};

/** `GET /messages/{delivery_id}` (contract, section 5.3): 404 for a delivery that is not known. */
export const answerMessage = ({ state, request, response }: ApiCall): void => {
  const delivery = state.reporting.deliveries.get(String(request.params['delivery']));
  if (delivery) response.json({ message: messageOf(delivery) });
  else answerAppFaults(response, 404, ['the message does not exist']);
};
