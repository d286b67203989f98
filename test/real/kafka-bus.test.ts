import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import type { TopicSettings } from '../../app/contract/topics.ts';
import { KafkajsBus } from '../../app/kafka/kafkajs-bus.ts';
import { batchBytes, STOCK_MAX_MESSAGE_BYTES } from '../../app/kafka/record-size.ts';
import { busSuite } from '../suites/bus-suite.ts';
import { KafkaRecorder, until } from '../support/kafka-recorder.ts';
import { type RealKafka, realKafka, whyNoRealKafka } from '../support/real-kafka.ts';

const SESSION_TIMEOUT_MS = 6_000;

const logged: { readonly fields: object; readonly message: string }[] = [];
const note = (fields: object, message: string) => void logged.push({ fields, message });
const logger = { info: note, warn: note, error: note };

const reason = whyNoRealKafka();
const whyNotKill =
  process.env['KAFKA_BROKERS'] === undefined ? undefined : '(skipped: KAFKA_BROKERS is not ours to kill)';

const suffix = () => randomUUID().slice(0, 8);

if (reason === undefined) {
  onRealKafka();
} else {
  test.skip(`the bus on a real Kafka (${reason})`, () => undefined);
}

function onRealKafka(): void {
  let kafka: RealKafka;
  const makeBus = () =>
    new KafkajsBus({
      brokers: kafka.brokers,
      clientId: 'test',
      sessionTimeoutMs: SESSION_TIMEOUT_MS,
      logger,
    });

  beforeAll(async () => {
    kafka = await realKafka();
  }, 120_000);
  afterAll(async () => kafka.stop());

  busSuite(
    'on a real Kafka by kafkajs',
    () => ({ makeBus, makeUnavailable: () => kafka.kill(), makeAvailable: () => kafka.restart() }),
    whyNotKill,
  );

  describe('kafkajs on a real Kafka', () => {
    const topic = (name: string): TopicSettings => ({
      name: `${name}-${suffix()}`,
      purpose: 'a test',
      retentionMs: 3_600_000,
      coPartitioned: true,
    });
    const withAdmin = async <T>(use: (admin: ReturnType<Kafka['admin']>) => Promise<T>): Promise<T> => {
      const admin = new Kafka({ brokers: [...kafka.brokers], logLevel: logLevel.NOTHING }).admin();
      await admin.connect();
      try {
        return await use(admin);
      } finally {
        await admin.disconnect();
      }
    };

    test('keeps its membership while everything is paused for longer than the session', async () => {
      const bus = makeBus();
      const settings = topic('paused');
      await bus.ensureTopics([settings], 'create', 2);
      const recorder = new KafkaRecorder();
      const subscription = await bus.subscribe(
        { group: `group-${suffix()}`, topics: [settings.name] },
        recorder,
      );
      await until('joined', () => recorder.generation !== undefined);
      subscription.pause(recorder.assignment);
      await bus.send(
        Array.from({ length: 20 }, (_, n) => ({ topic: settings.name, key: `k${n}`, value: 'x' })),
      );
      await delay(SESSION_TIMEOUT_MS + 3_000);
      expect(recorder.heard).toEqual([]);
      expect(recorder.ended).toEqual([]);
      subscription.resume(recorder.assignment);
      await until('20 records', () => recorder.heard.length === 20);
      const positions = await bus.endOffsets(settings.name);
      expect(await subscription.commit(recorder.generation ?? 0, positions)).toBe(true);
      expect(recorder.ended).toEqual([]);
      await bus.close();
    });

    test('names every wrong setting of a topic, and makes topics as they must be', async () => {
      const wrong = topic('wrong');
      const right = topic('right');
      await withAdmin((admin) =>
        admin.createTopics({
          topics: [
            {
              topic: wrong.name,
              numPartitions: 2,
              configEntries: [
                { name: 'cleanup.policy', value: 'compact' },
                { name: 'max.message.bytes', value: '2000' },
              ],
            },
          ],
        }),
      );
      const bus = makeBus();
      await expect(bus.ensureTopics([wrong, right], 'create', 3)).rejects.toThrow(
        new RegExp(
          `${wrong.name}: message.timestamp.type is CreateTime, must be LogAppendTime; ` +
            `${wrong.name}: cleanup.policy is compact, must be delete; ` +
            `${right.name}: partitions is 3, must be 2, as ${wrong.name} has`,
        ),
      );
      const configs = await withAdmin((admin) =>
        admin.describeConfigs({ includeSynonyms: false, resources: [{ type: 2, name: right.name }] }),
      );
      const entries = new Map(
        configs.resources[0]?.configEntries.map((entry) => [entry.configName, entry.configValue]),
      );
      expect(entries.get('retention.ms')).toBe('3600000');
      expect(entries.get('message.timestamp.type')).toBe('LogAppendTime');
      expect(entries.get('cleanup.policy')).toBe('delete');
      await bus.close();
    });

    test('learns a topic’s largest message, and takes the broker’s word where it has not', async () => {
      const small = topic('small');
      const bus = makeBus();
      await bus.ensureTopics([small], 'create', 1);
      await withAdmin((admin) =>
        admin.alterConfigs({
          validateOnly: false,
          resources: [
            {
              type: 2,
              name: small.name,
              configEntries: [
                { name: 'max.message.bytes', value: '2000' },
                { name: 'cleanup.policy', value: 'delete' },
                { name: 'message.timestamp.type', value: 'LogAppendTime' },
              ],
            },
          ],
        }),
      );
      const record = { topic: small.name, key: 'a', value: 'x'.repeat(3_000) };
      await expect(bus.send([record])).rejects.toMatchObject({ code: 'message_too_large', retryable: false });
      await bus.ensureTopics([small], 'verify');
      await expect(bus.send([record])).rejects.toThrow('the most is 2000');
      // Each fits by itself; kafkajs would make one batch of them, which the broker refuses.
      await bus.send(Array.from({ length: 10 }, () => ({ ...record, value: 'x'.repeat(1_500) })));
      expect(await bus.endOffsets(small.name)).toEqual([{ topic: small.name, partition: 0, offset: 10 }]);
      await bus.close();
    });

    test('the broker agrees on the size of the largest record', async () => {
      const settings = topic('largest');
      const bus = makeBus();
      await bus.ensureTopics([settings], 'create', 1);
      const producer = new Kafka({ brokers: [...kafka.brokers], logLevel: logLevel.NOTHING }).producer();
      await producer.connect();
      const overhead = batchBytes({ topic: '', key: 'a', value: Buffer.alloc(1_000_000) }) - 1_000_000;
      const send = (bytes: number) =>
        producer.send({
          topic: settings.name,
          messages: [{ key: 'a', value: Buffer.alloc(bytes - overhead) }],
        });
      await expect(send(STOCK_MAX_MESSAGE_BYTES + 1)).rejects.toMatchObject({ type: 'MESSAGE_TOO_LARGE' });
      await send(STOCK_MAX_MESSAGE_BYTES);
      await producer.disconnect();
      await bus.close();
    });

    const ofOwnBroker = whyNotKill === undefined ? test : test.skip;
    ofOwnBroker(
      `rejects in time while the broker is frozen, and goes on after ${whyNotKill ?? ''}`.trim(),
      async () => {
        const settings = topic('frozen');
        const bus = makeBus();
        await bus.ensureTopics([settings], 'create', 2);
        const recorder = new KafkaRecorder();
        await bus.subscribe({ group: `group-${suffix()}`, topics: [settings.name] }, recorder);
        await until('joined', () => recorder.generation !== undefined);
        await bus.send([{ topic: settings.name, key: 'a', value: 'before' }]);
        kafka.pause();
        try {
          for (const value of ['first', 'second']) {
            const started = Date.now();
            await expect(bus.send([{ topic: settings.name, key: 'a', value }])).rejects.toMatchObject({
              code: 'unavailable',
            });
            expect(Date.now() - started).toBeLessThan(8_500);
          }
        } finally {
          kafka.resume();
        }
        await bus.send([{ topic: settings.name, key: 'a', value: 'after' }]);
        await until('what was sent after', () => recorder.values.includes('after'));
        expect(recorder.breaches).toEqual([]);
        await bus.close();
      },
    );

    ofOwnBroker(`stops in time while the broker is frozen ${whyNotKill ?? ''}`.trim(), async () => {
      const settings = topic('stopping');
      const bus = makeBus();
      await bus.ensureTopics([settings], 'create', 2);
      const recorder = new KafkaRecorder();
      await bus.subscribe({ group: `group-${suffix()}`, topics: [settings.name] }, recorder);
      await until('joined', () => recorder.generation !== undefined);
      kafka.pause();
      try {
        const started = Date.now();
        await bus.close();
        expect(Date.now() - started).toBeLessThan(6_000);
        expect(recorder.ended).toEqual([1]);
      } finally {
        kafka.resume();
      }
    });
  });
}

test('no broker at all: connect rejects with unavailable', async () => {
  const bus = new KafkajsBus({ brokers: ['127.0.0.1:1'], clientId: 'test', logger });
  await expect(bus.connect()).rejects.toMatchObject({ code: 'unavailable', retryable: true });
  await bus.close();
});
