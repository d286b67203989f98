import { type DeadLetter, type DeadLetters, toDeadLetter } from '../../app/pubsub/dead-letters.ts';

export const PUBLISHED = '2026-11-24T08:00:00.000Z';

/** A letter of an event. */
export const letter = (id: string, more: Readonly<Record<string, string>> = {}, bytes = 0): DeadLetter =>
  toDeadLetter({
    id,
    ackId: `ack-${id}`,
    data: Buffer.from(JSON.stringify({ event_id: id, content: 'x'.repeat(bytes) })),
    attributes: {
      table: 'delivery_events',
      event_id: id,
      CloudPubSubDeadLetterSourceDeliveryCount: '50',
      CloudPubSubDeadLetterSourceTopicPublishTime: PUBLISHED,
      CloudPubSubDeadLetterSourceDeliveryErrorMessage: 'Missing required fields: event_id.',
      ...more,
    },
    publishedAt: Date.parse(PUBLISHED) + 60_000,
  });

/** Dead letters in memory: what is pulled is leased until it is acknowledged or released. */
export class FakeDeadLetters implements DeadLetters {
  readonly republished: string[] = [];
  readonly requests: number[] = [];
  readonly waiting: DeadLetter[];
  readonly leased = new Map<string, DeadLetter>();
  /** Called before each step; what it throws is the step's fault. */
  before: (step: 'pull' | 'republish' | 'acknowledge' | 'release') => void = () => undefined;
  /** Most letters that one pull gives. */
  most = 100;
  closed = false;

  constructor(letters: readonly DeadLetter[]) {
    this.waiting = [...letters];
  }

  async pull(most: number): Promise<readonly DeadLetter[]> {
    this.before('pull');
    const pulled = this.waiting.splice(0, Math.min(most, this.most));
    for (const one of pulled) this.leased.set(one.ackId, one);
    return pulled;
  }

  async republish(letters: readonly DeadLetter[]): Promise<void> {
    this.before('republish');
    this.requests.push(letters.length);
    this.republished.push(...letters.map(({ id }) => id));
  }

  async acknowledge(letters: readonly Pick<DeadLetter, 'ackId'>[]): Promise<void> {
    this.before('acknowledge');
    for (const { ackId } of letters) this.leased.delete(ackId);
  }

  async release(letters: readonly Pick<DeadLetter, 'ackId'>[]): Promise<void> {
    this.before('release');
    for (const { ackId } of letters) {
      const back = this.leased.get(ackId);
      if (back !== undefined) this.waiting.push(back);
      this.leased.delete(ackId);
    }
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  get left(): readonly string[] {
    return this.waiting.map(({ id }) => id);
  }
}
