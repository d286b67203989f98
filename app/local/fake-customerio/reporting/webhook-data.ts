import { isObject, type Json } from '../operation-fault.ts';
import type { Person } from '../person.ts';
import type { Workspace } from '../workspace.ts';
import type { Delivery } from './deliveries.ts';
import { newDeliveryId } from './new-ulid.ts';
import type { Happening } from './webhook-event.ts';
import { fieldsOf, type Recipient } from './webhook-fields.ts';

/** Which origin a key stands for, and what else that origin requires (contract, section 7.1). */
const ORIGINS: readonly (readonly [key: string, required: Json])[] = [
  ['transactional_message_id', {}],
  ['newsletter_id', { content_id: 1 }],
  ['broadcast_id', { trigger_id: 1, action_id: 1 }],
];
const CAMPAIGN: Json = { campaign_id: 1, action_id: 1, trigger_event_id: null };

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/** The person that a text names: an id, an e-mail address, or a cio_id. */
export const personNamedBy = (workspace: Workspace, name: string | undefined): Person | undefined =>
  name === undefined
    ? undefined
    : (workspace.find({ id: name }) ?? workspace.find({ email: name }) ?? workspace.find({ cio_id: name }));

const whoOf = (person: Person | undefined, name: string | undefined): Json => {
  if (person === undefined) return name === undefined ? {} : { customer_id: name, identifiers: { id: name } };
  const phone = textOf(person.attribute('phone'));
  const identifiers = {
    id: person.id ?? null,
    email: textOf(person.attribute('email')),
    cio_id: person.cioId,
    ...(phone !== null && { phone }),
  };
  return { customer_id: person.id ?? '', identifiers };
};

const recipientOf = (person: Person | undefined, name: string | undefined, now: number): Recipient => ({
  id: person?.id ?? name ?? null,
  email: textOf(person?.attribute('email')),
  phone: textOf(person?.attribute('phone')),
  devices: [...(person?.devices.values() ?? [])].filter(isObject),
  preferences: person?.preferences(),
  now,
});

const originOf = (data: Json): Json => ORIGINS.find(([key]) => data[key] !== undefined)?.[1] ?? CAMPAIGN;

/**
 * The data of an event: who it is about, where its message is from, and the fields of its pair (contract, sections 7.1 and
 * 7.2); the delivery's own and what the caller gives go over that.
 *
 * @param delivery the one that the happening names, if it is known
 * @param now milliseconds since 1970
 */
export const dataOf = (
  happening: Happening,
  workspace: Workspace,
  delivery: Delivery | undefined,
  now: number,
): Json => {
  const { object_type: objectType, metric, data = {} } = happening;
  const known = delivery?.common ?? {};
  const name = happening.person ?? textOf(known['customer_id']) ?? undefined;
  const person = personNamedBy(workspace, name);
  const recipient = recipientOf(person, name, now);
  const given = { ...known, ...data };
  const who = { ...whoOf(person, name) };
  const filled = fieldsOf(objectType, metric, recipient);
  if (objectType === 'customer') return { ...who, email_address: recipient.email, ...filled, ...data };
  const common = { delivery_id: newDeliveryId(), ...originOf(given) };
  const taken = Object.fromEntries(
    Object.entries(known).filter(([key]) => (key !== 'subject' && key !== 'recipient') || key in filled),
  );
  const isChange = metric === 'cio_subscription_preferences_changed';
  return {
    ...who,
    ...(isChange && { email_address: recipient.email }),
    ...common,
    ...filled,
    ...taken,
    ...data,
  };
};
