import type { Role } from './roles.ts';

/**
 * Flags that Node is started with, by role: in the containers, and wherever a role's memory is measured.
 *
 * `webhooks`: V8 sizes the young generation by the memory that it finds (Node 24.21: two halves of 1 MB with 512 MiB, of 16 MB with
 * 1 GiB, of 64 MB with 24 GiB). Large ones are resident memory that buys nothing, since what a webhook leaves behind is dead at the
 * next collection; with very small ones collections come so often that slow streams fall behind. At 1,000 webhooks a second and a stream
 * of 50 ms halves of 4 MB took 114 MB and a p99 of 60 ms, the default of a large machine 133 MB, and halves of 1 MB a p99 of 212 ms.
 *
 * @example ['node', ...NODE_FLAGS.webhooks, '/bundles/webhooks.mjs']
 */
export const NODE_FLAGS: Readonly<Record<Role, readonly string[]>> = {
  ingest: [],
  'track-worker': [],
  webhooks: ['--max-semi-space-size=4'],
};
