import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Secret } from '../../app/contract/secrets.ts';
import { BusError } from '../../app/kafka/port.ts';
import { KafkaLink } from '../../app/roles/kafka-link.ts';
import { ManualClock } from '../delivery/manual-clock.ts';
import { RecordingLogger } from '../support/recording-logger.ts';

let clock: ManualClock;
let logger: RecordingLogger;
let tries: number;
let connect: () => Promise<void>;
let ensureTopics: () => Promise<void>;

beforeEach(() => {
  clock = new ManualClock();
  logger = new RecordingLogger();
  tries = 0;
  connect = async () => undefined;
  ensureTopics = async () => undefined;
});

const linkOf = (credentials: readonly Secret<unknown>[] = []): KafkaLink =>
  new KafkaLink({
    bus: {
      connect: () => {
        tries += 1;
        return connect();
      },
      ensureTopics: () => ensureTopics(),
    },
    mode: 'verify',
    credentials,
    logger,
    clock,
  });

const fails = (code: BusError['code'], message: string) => (): Promise<never> =>
  Promise.reject(new BusError(code, message));
const reasons = (): unknown[] => logger.of('kafka.held').map(({ fields }) => fields['reason']);

describe('KafkaLink', () => {
  it('is there at once where all is well', async () => {
    const link = linkOf();
    expect([link.heldFor, link.reached]).toEqual(['kafka_unavailable', false]);
    expect(await link.start()).toBe(true);
    expect([link.heldFor, link.reached]).toEqual([undefined, true]);
    expect(logger.lines.map(({ event }) => event)).toEqual(['kafka.ready']);
  });

  it('tries every three seconds and says so every thirty, until it gets through', async () => {
    connect = fails('unavailable', 'connecting to Kafka failed: ECONNREFUSED');
    const link = linkOf();
    const started = link.start();
    await clock.advance(29_999);
    expect([tries, reasons()]).toEqual([10, ['connecting to Kafka failed: ECONNREFUSED']]);
    expect(logger.of('kafka.held')[0]).toMatchObject({
      level: 'error',
      fields: { heldFor: 'kafka_unavailable', do: expect.stringContaining('KAFKA_BROKERS') },
    });
    await clock.advance(1);
    expect([tries, reasons().length]).toEqual([11, 2]);
    connect = async () => undefined;
    await clock.advance(3000);
    expect(await started).toBe(true);
  });

  it('has reached Kafka also where topics are wrong, and tells each new fault of theirs', async () => {
    ensureTopics = fails('topics_wrong', 'a is missing');
    const link = linkOf();
    const started = link.start();
    await clock.advance(3000);
    expect([link.heldFor, link.reached, tries]).toEqual(['topics_wrong', true, 2]);
    ensureTopics = fails('topics_wrong', 'b is missing');
    await clock.advance(3000);
    expect(reasons()).toEqual(['a is missing', 'b is missing']);
    link.stop();
    expect(await started).toBe(false);
  });

  it('tells causes apart', async () => {
    connect = fails('authentication_failed', 'no');
    const link = linkOf();
    const started = link.start();
    await clock.advance(0);
    expect([link.heldFor, link.reached]).toEqual(['kafka_authentication_failed', false]);
    connect = fails('unavailable', 'away');
    await clock.advance(3000);
    expect(link.heldFor).toBe('kafka_unavailable');
    expect(reasons()).toEqual(['no', 'away']);
    link.stop();
    await started;
  });

  it('does not connect while a credential is unset, and at once when it is woken', async () => {
    const secret: { name: string; current: unknown; state: Secret<unknown>['state'] } = {
      name: 'KAFKA_SASL_PASSWORD',
      current: undefined,
      state: 'unset',
    };
    const link = linkOf([secret]);
    expect(link.heldFor).toBe('kafka_credential_unset');
    const started = link.start();
    await clock.advance(60_000);
    expect([tries, link.heldFor]).toEqual([0, 'kafka_credential_unset']);
    expect(reasons()[0]).toBe('KAFKA_SASL_PASSWORD must be set');
    await clock.advance(1000);
    secret.state = 'set';
    link.wake();
    expect(await started).toBe(true);
    expect(tries).toBe(1);
  });

  it('tries again after a fault that is none of Kafka’s, and shows it', async () => {
    const fault = new TypeError('x is not a function');
    connect = () => Promise.reject(fault);
    const link = linkOf();
    const started = link.start();
    await clock.advance(3000);
    expect(tries).toBe(2);
    expect(logger.of('kafka.held')[0]?.fields).toMatchObject({ heldFor: 'kafka_unavailable', err: fault });
    link.stop();
    expect(await started).toBe(false);
  });

  it('says nothing of a connection that fails because it is stopped', async () => {
    const { promise, reject } = Promise.withResolvers<void>();
    connect = () => promise;
    const link = linkOf();
    const started = link.start();
    link.stop();
    reject(new BusError('unavailable', 'the bus is closed'));
    expect(await started).toBe(false);
    expect(logger.lines).toEqual([]);
  });
});
