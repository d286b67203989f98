import type { Role } from './roles.ts';

/**
 * Flags that Node is started with, by role: in the containers, and wherever a role's memory is measured.
 *
 * `webhooks`: at thousands of short requests a second V8 lets the young generation grow to its two halves of 16 MB and more. That is
 * resident memory which buys no throughput: what a webhook leaves behind is dead at the next collection, however early that comes.
 * Without the flag V8 sizes a half by the memory it finds (Node 24.21: 1 MB with 512 MiB, 16 MB with 1 GiB, 64 MB with 24 GiB), so that
 * what is measured on a large machine would not hold in a container.
 *
 * @example ['node', ...NODE_FLAGS.webhooks, '/bundles/webhooks.mjs']
 */
export const NODE_FLAGS: Readonly<Record<Role, readonly string[]>> = {
  ingest: [],
  'track-worker': [],
  webhooks: ['--max-semi-space-size=4'],
};
