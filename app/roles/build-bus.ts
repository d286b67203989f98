import { randomUUID } from 'node:crypto';
import type { ConfigFor } from '../contract/env.ts';
import { CustomerIOEventBus } from '../kafka/customerio-event-bus.ts';
import type { Bus, BusError } from '../kafka/port.ts';
import type { Logger } from '../runtime/logger.ts';

type KafkaConfig = Pick<
  ConfigFor<'local'>,
  'kafkaBrokers' | 'kafkaTls' | 'kafkaSaslMechanism' | 'kafkaSaslUsername' | 'kafkaSaslPassword'
> & { readonly kafkaSessionTimeoutMs?: number };

const saslOf = (
  config: KafkaConfig,
): { mechanism: 'plain'; username: string; password: string } | undefined => {
  const { kafkaSaslMechanism, kafkaSaslUsername, kafkaSaslPassword } = config;
  if (kafkaSaslMechanism === 'none' || !kafkaSaslUsername || !kafkaSaslPassword) return undefined;
  return { mechanism: kafkaSaslMechanism, username: kafkaSaslUsername, password: kafkaSaslPassword };
};

/** The Kafka bus of a role; the client is loaded only where brokers are given. */
export const kafkaBus = async (config: KafkaConfig, clientId: string, logger: Logger): Promise<Bus> => {
  const { KafkajsBus } = await import('../kafka/kafkajs-bus.ts');
  const sasl = saslOf(config);
  return new KafkajsBus({
    brokers: config.kafkaBrokers ?? [],
    clientId,
    ssl: config.kafkaTls,
    ...(sasl && { sasl }),
    ...(config.kafkaSessionTimeoutMs !== undefined && { sessionTimeoutMs: config.kafkaSessionTimeoutMs }),
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
