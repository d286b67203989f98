import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { TOPICS } from '../../app/contract/topics.ts';
import { clientCredentialsToken } from '../../app/kafka/client-credentials-token.ts';
import { KafkajsBus } from '../../app/kafka/kafkajs-bus.ts';
import type { KafkajsBusOptions, Sasl } from '../../app/kafka/kafkajs-settings.ts';
import { granted, OauthServer, unsignedToken } from '../kafka/oauth-server.ts';
import { KafkaRecorder, until } from '../support/kafka-recorder.ts';
import { readTopic } from '../support/read-topic.ts';
import { type RealKafka, realKafka, type Secured, whyNoRealKafka } from '../support/real-kafka.ts';
import { SASL_USER, SESSION_MS } from '../support/secured-listener.ts';

const LIMIT_MS = 60_000;
const TOPIC = TOPICS.track.name;
const { username, password } = SASL_USER;
const reason =
  process.env['KAFKA_BROKERS'] === undefined
    ? whyNoRealKafka()
    : 'skipped, the broker at KAFKA_BROKERS is not this suite’s';

/** A credential whose tokens come from `server`. */
const oauthOf = (server: OauthServer): Sasl => ({
  mechanism: 'oauthbearer',
  token: clientCredentialsToken({
    url: server.url,
    clientId: () => 'the-client',
    clientSecret: () => 'the-secret',
    extensions: { traceId: 'a-test' },
  }),
});

const refusalOf = async (bus: KafkajsBus): Promise<unknown> =>
  bus.connect().then(
    () => undefined,
    (fault: unknown) => fault,
  );

(reason === undefined ? describe : describe.skip)(
  `a broker with TLS of a private authority and SASL${reason ? `: ${reason}` : ''}`,
  () => {
    let kafka: RealKafka;
    let secured: Secured;
    let logged: string[] = [];
    const buses: KafkajsBus[] = [];
    const servers: OauthServer[] = [];

    const busOf = (sasl: KafkajsBusOptions['sasl'], options: Partial<KafkajsBusOptions> = {}): KafkajsBus => {
      const note = (_fields: object, message: string) => void logged.push(message);
      const bus = new KafkajsBus({
        brokers: secured.brokers,
        clientId: 'secured',
        ssl: { ca: secured.ca },
        ...(sasl && { sasl }),
        sessionTimeoutMs: 6_000,
        logger: { info: () => undefined, warn: note, error: note },
        ...options,
      });
      buses.push(bus);
      return bus;
    };
    const endpoint = async (answer: () => ReturnType<typeof granted>): Promise<OauthServer> => {
      const server = await OauthServer.start(answer);
      servers.push(server);
      return server;
    };
    /** Sends numbered records until `milliseconds` are over, and waits until the last of them was read. */
    const exchange = async (
      bus: KafkajsBus,
      recorder: KafkaRecorder,
      milliseconds: number,
    ): Promise<string[]> => {
      const end = Date.now() + milliseconds;
      const sent: string[] = [];
      while (Date.now() < end) {
        const value = `${recorder.heard.length}:${sent.length}:${Date.now()}`;
        await bus.send([{ topic: TOPIC, key: 'u1', value }]);
        sent.push(value);
        await delay(200);
      }
      const [last = ''] = sent.slice(-1);
      await until('the last record', () => recorder.values.includes(last));
      return sent;
    };

    beforeAll(async () => {
      kafka = await realKafka();
      if (kafka.secured === undefined) throw new Error('a broker of its own has a secured listener');
      secured = kafka.secured;
      const bus = busOf(() => ({ mechanism: 'plain', username, password }));
      await bus.ensureTopics(Object.values(TOPICS), 'create', 2);
    }, LIMIT_MS);
    afterEach(async () => {
      await Promise.all(buses.splice(0).map((bus) => bus.close()));
      await Promise.all(servers.splice(0).map((server) => server.stop()));
      logged = [];
    });
    afterAll(() => kafka?.stop());

    it.each(['plain', 'scram-sha-256', 'scram-sha-512'] as const)(
      'is written to and read from with %s',
      async (mechanism) => {
        const bus = busOf(() => ({ mechanism, username, password }));
        await bus.connect();
        await bus.send([{ topic: TOPIC, key: 'u1', value: `with ${mechanism}` }]);
        const records = await readTopic(bus, TOPIC);
        expect(records.map(({ value }) => value?.toString())).toContain(`with ${mechanism}`);
      },
      LIMIT_MS,
    );

    it.each(['plain', 'scram-sha-256', 'scram-sha-512'] as const)(
      'refuses a wrong password with %s by a code of its own, tells the owner, and names no secret',
      async (mechanism) => {
        let refusals = 0;
        const bus = busOf(() => ({ mechanism, username, password: 'a-wrong-password' }), {
          onAuthenticationFailed: () => {
            refusals += 1;
          },
        });
        const error = await refusalOf(bus);
        expect(error).toMatchObject({ code: 'authentication_failed', retryable: true });
        expect(refusals).toBe(1);
        expect(`${String(error)} ${logged.join()}`).not.toContain('a-wrong-password');
        await expect(bus.endOffsets(TOPIC)).rejects.toMatchObject({ code: 'authentication_failed' });
        expect(refusals).toBe(2);
      },
      LIMIT_MS,
    );

    it(
      'is not trusted without its authority',
      async () => {
        const sasl = (): Sasl => ({ mechanism: 'plain', username, password });
        expect(await refusalOf(busOf(sasl, { ssl: true }))).toMatchObject({ code: 'unavailable' });
      },
      LIMIT_MS,
    );

    it(
      'renews a session before its end, and outlives a rotated password without being made anew',
      async () => {
        let current: string = password;
        let refusals = 0;
        const rotated = 'of-a-test-user-2';
        const bus = busOf(() => ({ mechanism: 'scram-sha-256', username, password: current }), {
          onAuthenticationFailed: () => {
            refusals += 1;
            // As a secret's file is read again: a while after the refusal.
            setTimeout(() => {
              current = rotated;
            }, 200);
          },
        });
        const recorder = new KafkaRecorder();
        await bus.subscribe({ group: 'rotation', topics: [TOPIC] }, recorder);
        await exchange(bus, recorder, 2 * SESSION_MS);
        expect({ refusals, ended: recorder.ended, logged }).toEqual({ refusals: 0, ended: [], logged: [] });

        await secured.setPassword('SCRAM-SHA-256', rotated);
        const sent = await exchange(bus, recorder, 2 * SESSION_MS);
        // Once when sending and once when reading: each has connections of its own.
        expect(refusals).toBeGreaterThanOrEqual(2);
        expect(recorder.values).toEqual(expect.arrayContaining(sent));
        expect(recorder.breaches).toEqual([]);
        expect(logged.join()).not.toContain(rotated);
      },
      LIMIT_MS,
    );

    it(
      'takes tokens, and a new one before the last is out of date, on the same connections',
      async () => {
        const lifetimeMs = 4_000;
        const server = await endpoint(() => granted(unsignedToken(lifetimeMs), lifetimeMs / 1_000));
        const sasl = oauthOf(server);
        const bus = busOf(() => sasl);
        const recorder = new KafkaRecorder();
        await bus.subscribe({ group: 'tokens', topics: [TOPIC] }, recorder);
        const sent = await exchange(bus, recorder, 2.5 * lifetimeMs);
        expect(recorder.values).toEqual(expect.arrayContaining(sent));
        expect(recorder.ended).toEqual([]);
        expect(logged).toEqual([]);
        expect(server.requests.length).toBeGreaterThanOrEqual(3);
        expect(server.requests.length).toBeLessThanOrEqual(5);
      },
      LIMIT_MS,
    );

    it(
      'refuses a token that is out of date, and takes the next one at once, however long the first seemed good',
      async () => {
        let lifetimeMs = -1_000;
        let refusals = 0;
        const server = await endpoint(() => granted(unsignedToken(lifetimeMs), 3_600));
        const sasl = oauthOf(server);
        const bus = busOf(() => sasl, {
          onAuthenticationFailed: () => {
            refusals += 1;
          },
        });
        const error = await refusalOf(bus);
        expect(error).toMatchObject({ code: 'authentication_failed' });
        expect(String(error)).toContain('invalid_token');
        expect(refusals).toBe(1);
        lifetimeMs = 60_000;
        await bus.send([{ topic: TOPIC, key: 'u1', value: 'with a new token' }]);
        expect(server.requests.length).toBe(2);
      },
      LIMIT_MS,
    );

    it(
      'is not asked when the token endpoint refuses the client',
      async () => {
        const server = await endpoint(() => ({ status: 401, body: '{"error":"invalid_client"}' }));
        const sasl = oauthOf(server);
        const error = await refusalOf(busOf(() => sasl));
        expect(error).toMatchObject({ code: 'authentication_failed' });
        expect(String(error)).toContain('answered 401 invalid_client');
        expect(String(error)).not.toContain('the-secret');
      },
      LIMIT_MS,
    );
  },
);
