/** The types of event an application sends; each has a single endpoint of its name. */
export const EVENT_TYPES = ['identify', 'track', 'page', 'screen', 'group', 'alias'] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** HTTP paths, once. */
export const PATHS = {
  batch: '/v1/batch',
  import: '/v1/import',
  /** What C#, Kotlin and Swift SDKs call the batch. */
  b: '/v1/b',
  openapi: '/v1/openapi.json',
  webhooks: '/webhooks/customerio',
  healthz: '/healthz',
  readyz: '/readyz',
  startupz: '/startupz',
  metrics: '/metrics',
  fake: '/fake-customerio',
  fakeTrackV1: '/fake-customerio/track/api/v1',
} as const;
