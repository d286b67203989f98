import type { Role } from './roles.ts';

/**
 * Flags that Node is started with by role, whatever the memory.
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

/** The share of a container's memory that V8's heap may have: the rest is for buffers, code, stacks and Node itself. */
const HEAP_SHARE = 0.6;

/**
 * Flags that Node is started with: in the containers, and wherever a role's memory is measured. Without a limit of its own V8 may let
 * the heap grow past the container's memory before it collects, and the process is then killed without a word.
 *
 * @param memoryMib the container's memory
 * @example ['node', ...nodeFlags('webhooks', 512), '/bundles/webhooks.mjs']
 */
export const nodeFlags = (role: Role, memoryMib: number): readonly string[] => [
  ...NODE_FLAGS[role],
  `--max-old-space-size=${Math.floor(memoryMib * HEAP_SHARE)}`,
];
