import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { TOPICS } from '../../app/contract/topics.ts';
import { KafkajsBus } from '../../app/kafka/kafkajs-bus.ts';
import { silentLogger } from '../../app/runtime/logger.ts';
import { type Child, eventually, freePort, startScript } from '../support/child.ts';
import { type RealKafka, realKafka, whyNoRealKafka } from '../support/real-kafka.ts';
import {
  deadLetters,
  firsts,
  lastWord,
  orderOf,
  type SeenPerson,
  writtenTo,
} from '../support/spine-proof.ts';
import { REFUSED_PERSON, Sdks, type Sent, traffic } from '../support/spine-traffic.ts';

const EVENTS = 2000;
const SETTLED_WITHIN_MS = 120_000;
const reason = whyNoRealKafka();
const title = `from two SDKs to Customer.io through a real Kafka${reason === undefined ? '' : `: ${reason}`}`;

const isTrack = ({ kind }: Sent): boolean => kind !== 'identify';

(reason === undefined ? describe : describe.skip)(title, () => {
  let kafka: RealKafka;
  let bus: KafkajsBus;
  let fake: Child;
  let platform: Child;
  let port: number;

  const control = async (path: string, init?: RequestInit): Promise<unknown> => {
    const response = await fetch(`${fake.url}/fake-customerio/_control/${path}`, init);
    expect(response.status).toBe(200);
    return response.json();
  };
  const startPlatform = (): Promise<Child> =>
    startScript('start', [], {
      PORT: String(port),
      KAFKA_BROKERS: kafka.brokers.join(','),
      CUSTOMERIO_TRACK_URL: `${fake.url}/fake-customerio/track/api/v1`,
    });
  const people = async (): Promise<readonly SeenPerson[]> => (await control('people')) as SeenPerson[];

  const faults = [
    { rate: 0.2, status: 503 },
    { rate: 0.03, status: 429, retryAfter: 1 },
    { match: { person: REFUSED_PERSON }, rejectIndexes: 'matching' },
  ];

  beforeAll(async () => {
    kafka = await realKafka();
    bus = new KafkajsBus({ brokers: kafka.brokers, clientId: 'proof', logger: silentLogger });
    await bus.connect();
  }, 120_000);

  afterAll(async () => {
    await bus?.close();
    await kafka?.stop();
  });

  beforeEach(async () => {
    port = await freePort();
    fake = await startScript('cli', ['fake-customerio'], { PORT: '0' });
    platform = await startPlatform();
    const body = JSON.stringify(faults);
    await control('faults', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  }, 60_000);

  afterEach(async () => {
    expect(await platform.stop()).toBe(0);
    await fake.stop();
  }, 30_000);

  /** Waits until every one of these events is applied or dead-lettered. */
  const settled = async (ns: readonly number[]): Promise<void> => {
    let missing: readonly number[] = ns;
    const look = async (): Promise<boolean> => {
      const seen = await people();
      const applied = new Set(
        seen.flatMap((person) => [
          ...person.events.map((event) => event.attributes.n),
          ...person.arrivals.map((arrival) => arrival.attributes?.n),
        ]),
      );
      missing = ns.filter((n) => !applied.has(n));
      if (missing.length > 200) return false;
      const dead = await deadLetters(bus);
      missing = missing.filter((n) => !dead.has(n));
      return missing.length === 0;
    };
    await eventually(
      () => `${missing.length} events are neither applied nor dead: ${missing.slice(0, 10)}`,
      look,
      SETTLED_WITHIN_MS,
    );
  };

  const proveAll = async (
    sent: readonly Sent[],
    delivered: ReadonlySet<number>,
  ): Promise<readonly SeenPerson[]> => {
    const counted = sent.filter(({ n }) => delivered.has(n));
    await settled(counted.map(({ n }) => n));
    const seen = await people();
    const dead = await deadLetters(bus);

    const appliedEvents = seen.flatMap((person) => person.events.map((event) => event.attributes.n));
    expect(appliedEvents).toHaveLength(new Set(appliedEvents).size);
    const ids = seen.flatMap((person) => person.events.map((event) => event.id));
    expect(ids).toHaveLength(new Set(ids).size);

    const mustBeDead = counted
      .filter((event) => event.person === REFUSED_PERSON || event.refused)
      .map(({ n }) => n);
    expect(mustBeDead.length).toBeGreaterThan(20);
    expect(mustBeDead.filter((n) => !dead.has(n))).toEqual([]);
    const applied = new Set(appliedEvents);
    const mustBeApplied = counted.filter((event) => isTrack(event) && event.person !== REFUSED_PERSON);
    expect(mustBeApplied.filter(({ n }) => !applied.has(n) && !dead.has(n))).toEqual([]);

    const track = await writtenTo(bus, TOPICS.track.name);
    const identify = await writtenTo(bus, TOPICS.identify.name);
    for (const person of seen) {
      const events = person.events.map((event) => event.attributes.n);
      expect(events).toEqual(orderOf(track, person.id, new Set(events)));
      const identifies = firsts(person.arrivals.flatMap((arrival) => arrival.attributes?.n ?? []));
      expect(identifies).toEqual(orderOf(identify, person.id, new Set(identifies)));
      expect(person.attributes.n).toBe(lastWord(identify, person.id));
    }
    return seen;
  };

  it('loses nothing, doubles nothing and keeps order through 503, 429, 207 and a SIGKILL half-way', async () => {
    const sent = traffic(EVENTS);
    const sdks = new Sdks(platform.url, 15);
    const all: Promise<void>[] = [];
    /** In small waves, so that many requests meet the faults. */
    const sendPart = async (from: number, to: number): Promise<void> => {
      for (let at = from; at < to; at += 50) {
        all.push(...sent.slice(at, Math.min(at + 50, to)).map((event) => sdks.send(event)));
        await new Promise((resolve) => setTimeout(resolve, 40));
      }
    };
    await sendPart(0, 900);
    await eventually(
      () => 'the first events arrive',
      async () => (await people()).length > 20,
      30_000,
    );
    await platform.kill();
    await sendPart(900, 1100);
    platform = await startPlatform();
    await sendPart(1100, EVENTS);
    await Promise.all(all);
    await sdks.close();

    expect(sdks.delivered.size + sdks.givenUp.size).toBe(EVENTS);
    expect(sdks.delivered.size).toBeGreaterThanOrEqual(EVENTS / 2);
    await proveAll(sent, sdks.delivered);

    const stats = (await control('stats')) as { faulted: number };
    expect(stats.faulted).toBeGreaterThan(5);
    expect(platform.output()).toContain('event.accepted');
    expect(platform.output()).toContain('delivery.attempted');
    expect(fake.output()).toContain('fake.request');
    const metrics = await (await fetch(`${platform.url}/metrics`)).text();
    expect(metrics).toMatch(/ingest_events_total\{.*outcome="accepted".*\} [1-9]/);
    expect(metrics).toMatch(/delivery_settled_total\{outcome="delivered".*\} [1-9]/);
    // For the reader of the run: what the SDKs gave up while nothing listened is listed, not counted.
    process.stderr.write(`given up by SDKs while nothing listened: ${sdks.givenUp.size} of ${EVENTS}\n`);
  }, 300_000);

  it('keeps the call order of a client that waits for each answer', async () => {
    const offset = 1_000_000;
    const sent = traffic(EVENTS).map((event) => ({
      ...event,
      n: event.n + offset,
      person: `${event.person}`,
    }));
    const sdks = new Sdks(platform.url, 1);
    const persons = new Map<string, Sent[]>();
    for (const event of sent) persons.set(event.person, [...(persons.get(event.person) ?? []), event]);
    await Promise.all(
      [...persons.values()].map(async (events) => {
        for (const event of events) await sdks.send(event);
      }),
    );
    await sdks.close();
    expect(sdks.givenUp.size).toBe(0);
    const seen = await proveAll(sent, sdks.delivered);
    for (const person of seen) {
      const calls = persons.get(person.id) ?? [];
      const events = person.events.map((event) => event.attributes.n).filter((n) => n >= offset);
      expect(events).toEqual(calls.filter(isTrack).map(({ n }) => n));
      const identifies = firsts(person.arrivals.flatMap((arrival) => arrival.attributes?.n ?? [])).filter(
        (n) => n >= offset,
      );
      expect(identifies).toEqual(
        calls.filter((event) => !isTrack(event) && !event.refused).map(({ n }) => n),
      );
    }
  }, 300_000);
});
