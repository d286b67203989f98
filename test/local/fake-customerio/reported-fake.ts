import type { FakeCustomerIoOptions } from '../../../app/local/fake-customerio/fake-customerio.ts';
import { startFake, type WebhookEvent } from './fake-client.ts';
import { eventually, KEY, type Reaction, startReceiver } from './webhook-receiver.ts';

/** An event for the control that emits. */
export const OPENED = { object_type: 'email', metric: 'opened', person: 'u1' };
/** The largest time scale: an hour passes in 3.6 ms. */
export const FAST = 1_000_000;

/** A fake with one preconfigured webhook, which a receiver of its own gets. */
export const startReported = async (
  react?: (event: WebhookEvent, attempt: number) => Reaction,
  options: FakeCustomerIoOptions = {},
) => {
  const receiver = await startReceiver(react);
  const webhooks = [{ endpoint: receiver.endpoint, signingKey: KEY }];
  const fake = await startFake({ webhooks, ...options });
  const endpoint = async () => {
    const [view] = await fake.endpoints();
    if (view === undefined) throw new Error('there is no endpoint');
    return view;
  };
  /** Seconds that the endpoint is blocked after its first failure, by a clock that stands still. */
  const blockedSeconds = async (): Promise<number> => {
    await eventually(async () => (await endpoint()).blocked_until !== null);
    return Date.parse((await endpoint()).blocked_until ?? '') / 1000;
  };
  return { fake, receiver, endpoint, blockedSeconds };
};

export const ids = (events: readonly { event: WebhookEvent }[]): string[] =>
  events.map(({ event }) => event.event_id);
