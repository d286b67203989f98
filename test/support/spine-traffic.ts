import { Analytics as CustomerIoAnalytics } from '@customerio/cdp-analytics-node';
import { Analytics as SegmentAnalytics } from '@segment/analytics-node';

/** One event of the proof: `n` counts over all events and travels as a property or trait. */
export interface Sent {
  readonly n: number;
  readonly person: string;
  readonly kind: 'identify' | 'track' | 'page' | 'screen';
  /** A trait that Customer.io refuses, so that the answer is 207. */
  readonly refused: boolean;
}

export const PEOPLE = 100;
/** Everything of this person is refused by a scripted fault. */
export const REFUSED_PERSON = 'person-99';

const KINDS: readonly Sent['kind'][] = ['identify', 'track', 'page', 'track', 'screen'];

/** `count` events, people in turn, each person with every kind. */
export const traffic = (count: number): readonly Sent[] =>
  Array.from({ length: count }, (_none, n) => {
    const round = Math.floor(n / PEOPLE);
    const kind = KINDS[round % KINDS.length] ?? 'track';
    const refused = kind === 'identify' && round > 0 && n % 7 === 0;
    return { n, person: `person-${n % PEOPLE}`, kind, refused };
  });

type Settled = (error: unknown) => void;
type AnySdk = Pick<SegmentAnalytics, 'identify' | 'track' | 'page' | 'screen' | 'closeAndFlush' | 'on'>;

const call = (sdk: AnySdk, sent: Sent, settled: Settled): void => {
  const { n, person: userId, kind, refused } = sent;
  // The ingest never leaves a phone number out, so it is Customer.io that refuses this one.
  const facts = { n, ...(refused && { phone: 'x'.repeat(1001) }) };
  if (kind === 'identify') sdk.identify({ userId, traits: facts }, settled);
  else if (kind === 'track') sdk.track({ userId, event: `Event ${n % 3}`, properties: facts }, settled);
  else if (kind === 'page') sdk.page({ userId, name: 'Cart', properties: facts }, settled);
  else sdk.screen({ userId, name: 'Home', properties: facts }, settled);
};

/** The two SDKs of the proof, side by side: one half of the people each. */
export class Sdks {
  readonly #segment: AnySdk;
  readonly #customerIo: AnySdk;
  /** `n` of the events whose callback reported success. */
  readonly delivered = new Set<number>();
  /** `n` of the events an SDK gave up. */
  readonly givenUp = new Set<number>();

  constructor(host: string, maxEventsInBatch: number) {
    const settings = { writeKey: 'local', host, maxEventsInBatch, flushInterval: 100 };
    this.#segment = new SegmentAnalytics(settings);
    this.#customerIo = new CustomerIoAnalytics(settings) as unknown as AnySdk;
    // Without a listener the SDKs print what they give up; it is counted by the callback.
    for (const sdk of [this.#segment, this.#customerIo]) sdk.on('error', () => undefined);
  }

  /** Sends one event; resolves when its SDK reports what became of it. */
  send(sent: Sent): Promise<void> {
    const sdk = Number(sent.person.slice('person-'.length)) < PEOPLE / 2 ? this.#segment : this.#customerIo;
    return new Promise((resolve) => {
      call(sdk, sent, (error) => {
        (error ? this.givenUp : this.delivered).add(sent.n);
        resolve();
      });
    });
  }

  async close(): Promise<void> {
    await Promise.all([this.#segment.closeAndFlush(), this.#customerIo.closeAndFlush()]);
  }
}
