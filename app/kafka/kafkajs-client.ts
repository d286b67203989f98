import './kafkajs-idle-queue.ts';
import './kafkajs-session-lifetime.ts';
import { Kafka, logLevel, type RetryOptions } from 'kafkajs';
import { saslOf } from './kafkajs-credentials.ts';
import { type BusLogger, type KafkajsBusOptions, SETTINGS } from './kafkajs-settings.ts';
import { tlsOf } from './kafkajs-tls.ts';

/**
 * A kafkajs client with the credential of now. A new one for every producer, consumer and admin: consumers of one client
 * share positions.
 */
export function createKafka(options: KafkajsBusOptions): Kafka {
  const retry: RetryOptions = { ...SETTINGS.retry, restartOnFailure: async () => false };
  const ssl = tlsOf(options.ssl);
  const sasl = saslOf(options);
  return new Kafka({
    brokers: [...options.brokers],
    clientId: options.clientId,
    ...(ssl === undefined ? {} : { ssl }),
    ...(sasl === undefined ? {} : { sasl }),
    connectionTimeout: SETTINGS.connectionTimeout,
    requestTimeout: SETTINGS.requestTimeout,
    retry,
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => forwardLog(options.logger, entry.namespace, entry.log),
  });
}

function forwardLog(
  logger: BusLogger,
  namespace: string,
  { message, timestamp: _, stack: __, ...fields }: { readonly message: unknown; [field: string]: unknown },
): void {
  // An error answer to one request is also thrown to the caller, who judges it: a new topic has no leader for a moment.
  if (namespace === 'Connection' && 'correlationId' in fields) return;
  // What kafkajs calls an error it either recovers from or throws, and then the bus tells of it. Some of its messages are errors.
  logger.warn({ ...fields, namespace }, Error.isError(message) ? message.message : String(message));
}
