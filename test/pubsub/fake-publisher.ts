import type { TopicPublisher } from '../../app/pubsub/google-publisher.ts';
import type { StreamMessage } from '../../app/pubsub/port.ts';
import type { TopicMessage } from '../../app/pubsub/to-message.ts';

export const rowOf = (id: string, bytes = 0): StreamMessage => ({
  table: 'delivery_events',
  row: { event_id: id, content: 'x'.repeat(bytes) },
  eventId: id,
});

/** A topic in memory, whose acknowledgements a test holds back or replaces by a fault. */
export class FakePublisher implements TopicPublisher {
  readonly requests: (readonly TopicMessage[])[] = [];
  /** How long each request was allowed to take, in milliseconds. */
  readonly allowed: number[] = [];
  closed = 0;
  /** What a request fails with, if anything. */
  faultOf: (messages: readonly TopicMessage[]) => Error | undefined = () => undefined;
  /** Until it is opened, nothing is acknowledged. */
  gate: Promise<void> = Promise.resolve();

  async publish(messages: readonly TopicMessage[], withinMs: number): Promise<void> {
    this.requests.push(messages);
    this.allowed.push(withinMs);
    await this.gate;
    const fault = this.faultOf(messages);
    if (fault !== undefined) throw fault;
  }

  async close(): Promise<void> {
    this.closed += 1;
  }

  /** The ids of events, request by request. */
  get ids(): readonly (readonly (string | undefined)[])[] {
    return this.requests.map((messages) => messages.map(({ attributes }) => attributes['event_id']));
  }
}
