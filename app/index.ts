/** The public surface for application teams. */
export type { AnonymousEvent, DeliveryReport, Operation } from './contract/operations.ts';
export type {
  EventRecord,
  JsonObject,
  ObjectIdentifiers,
  PersonIdentifiers,
  RecordPayloads,
  RecordType,
  Relationship,
} from './contract/record.ts';
export { TOPICS, type Topic } from './contract/topics.ts';
export { CustomerIOError } from './customerio/customerio-error.ts';
export {
  CustomerIOService,
  type EventOptions,
  type Failed,
  type Finished,
  type Lifecycle,
  type ServiceEvents,
} from './customerio/customerio-service.ts';
export type { ApiAnswer, TrackApi, TrackSender } from './customerio/port.ts';
export { createTrackClient, type TrackClientOptions } from './customerio/track-client.ts';
export { CustomerIOEventBus, type EventBusOptions } from './kafka/customerio-event-bus.ts';
export { InMemoryBus } from './kafka/in-memory-bus.ts';
export { KafkajsBus } from './kafka/kafkajs-bus.ts';
export { type Bus, BusError, type BusListener, type BusRecord, type OutgoingRecord } from './kafka/port.ts';
export { GoogleStream, type GoogleStreamOptions } from './pubsub/google-stream.ts';
export { InMemoryStream } from './pubsub/in-memory-stream.ts';
export type { EventStream, StreamMessage } from './pubsub/port.ts';
export { createLogger, type Logger } from './runtime/logger.ts';
export { createMetrics, type Metrics } from './runtime/metrics.ts';
export {
  CustomerIOWebhooks,
  type HandlingLimits,
  type HandlingResult,
  type ListenerFault,
  type WebhookListeners,
} from './webhooks/customerio-webhooks.ts';
export type { Reading, WebhookEvent } from './webhooks/reading.ts';
export { streamTo } from './webhooks/stream-to.ts';
export { type WebhooksMetrics, webhooksMetrics } from './webhooks/webhooks-metrics.ts';
export { type WebhooksOptions, webhooksReceiver, webhooksRouter } from './webhooks/webhooks-router.ts';
