import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TOPICS } from '../../app/contract/topics.ts';
import { KafkajsBus } from '../../app/kafka/kafkajs-bus.ts';
import { silentLogger } from '../../app/runtime/logger.ts';
import { readTopic } from '../support/read-topic.ts';
import { type RealKafka, realKafka, whyNoRealKafka } from '../support/real-kafka.ts';
import { SASL_USER } from '../support/secured-listener.ts';

const LIMIT_MS = 60_000;
const reason =
  process.env['KAFKA_BROKERS'] === undefined
    ? whyNoRealKafka()
    : 'skipped, the broker at KAFKA_BROKERS is not this suite’s';

(reason === undefined ? describe : describe.skip)(
  `a broker with TLS and SASL plain${reason ? `: ${reason}` : ''}`,
  () => {
    let kafka: RealKafka;
    let trusted: { readonly brokers: readonly string[]; readonly ca: string };

    beforeAll(async () => {
      kafka = await realKafka();
      trusted = kafka.secured ?? { brokers: [], ca: '' };
    }, LIMIT_MS);
    afterAll(() => kafka?.stop());

    const busOf = (password: string, ssl: boolean | { ca: string }): KafkajsBus =>
      new KafkajsBus({
        brokers: trusted.brokers,
        clientId: 'secured',
        ssl,
        sasl: { mechanism: 'plain', username: SASL_USER.username, password },
        logger: silentLogger,
      });

    it(
      'is written to and read from',
      async () => {
        const bus = busOf(SASL_USER.password, { ca: trusted.ca });
        await bus.connect();
        await bus.ensureTopics(Object.values(TOPICS), 'create');
        await bus.send([{ topic: TOPICS.track.name, key: 'u1', value: 'over TLS' }]);
        const records = await readTopic(bus, TOPICS.track.name);
        expect(records.map(({ value }) => value?.toString())).toEqual(['over TLS']);
        await bus.close();
      },
      LIMIT_MS,
    );

    it(
      'refuses a wrong password with a code of its own, and names no secret',
      async () => {
        const bus = busOf('a-wrong-password', { ca: trusted.ca });
        const error = await bus.connect().then(
          () => undefined,
          (fault: unknown) => fault,
        );
        expect(error).toMatchObject({ code: 'authentication_failed', retryable: false });
        expect(String(error)).not.toContain('a-wrong-password');
        await bus.close();
      },
      LIMIT_MS,
    );

    it(
      'is not trusted without its certificate',
      async () => {
        const bus = busOf(SASL_USER.password, true);
        await expect(bus.connect()).rejects.toMatchObject({ code: 'unavailable' });
        await bus.close();
      },
      LIMIT_MS,
    );
  },
);
