import { randomUUID } from 'node:crypto';
import type { ConfigFor } from '../contract/env.ts';
import { CustomerIOEventBus } from '../kafka/customerio-event-bus.ts';
import type { Bus, BusError } from '../kafka/port.ts';
import type { Logger } from '../runtime/logger.ts';
import { kafkaSasl, type SaslConfig } from './kafka-sasl.ts';

/** The settings that say where Kafka is. */
export type KafkaConfig = SaslConfig &
  Pick<ConfigFor<'kafka'>, 'kafkaTls' | 'kafkaCa'> & {
    readonly kafkaBrokers: readonly string[] | undefined;
    readonly kafkaSessionTimeoutMs?: number;
  };

/**
 * The Kafka bus of a role; the client is loaded only where brokers are given.
 *
 * @param onRefused called whenever Kafka, or what gives tokens for it, refuses the credential
 */
export const kafkaBus = async (
  config: KafkaConfig,
  clientId: string,
  logger: Logger,
  onRefused: () => void = () => undefined,
): Promise<Bus> => {
  const { KafkajsBus } = await import('../kafka/kafkajs-bus.ts');
  const { kafkaTls, kafkaCa, kafkaSessionTimeoutMs } = config;
  return new KafkajsBus({
    brokers: config.kafkaBrokers ?? [],
    clientId,
    ssl: kafkaTls && kafkaCa !== undefined ? { ca: kafkaCa } : kafkaTls,
    sasl: await kafkaSasl(config),
    onAuthenticationFailed: onRefused,
    ...(kafkaSessionTimeoutMs !== undefined && { sessionTimeoutMs: kafkaSessionTimeoutMs }),
    logger,
  });
};

/** The event bus over a bus, with an instance name of its own. */
export const eventBus = (bus: Bus, logger: Logger): CustomerIOEventBus =>
  new CustomerIOEventBus({
    bus,
    instance: randomUUID().slice(0, 8),
    onRetry: (error: BusError) => logger.warn({ code: error.code, reason: error.message }, 'publish.retried'),
  });
