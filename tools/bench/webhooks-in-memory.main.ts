import { setTimeout as sleep } from 'node:timers/promises';
import { loadPublisher } from '../../app/pubsub/google-publisher.ts';
import type { EventStream, StreamMessage } from '../../app/pubsub/port.ts';
import { toMessage } from '../../app/pubsub/to-message.ts';
import { EXPECTED_AT_START } from '../../app/roles/expected-at-start.ts';
import { startWebhooks } from '../../app/roles/start-webhooks.ts';
import { processConfig } from '../../app/runtime/config/process-config.ts';
import { runUntilSignal } from '../../app/runtime/run-until-signal.ts';

/** The first argument: milliseconds until a publish is acknowledged. */
const latencyMs = Number(process.argv[2] ?? 0);

/** Loads Pub/Sub's client at start and makes its messages, as the deployed role does, but sends them nowhere. */
const stream: EventStream = {
  stuck: false,
  connect: async () => {
    await loadPublisher();
  },
  publish: async (messages: readonly StreamMessage[]) => {
    messages.map(toMessage);
    if (latencyMs > 0) await sleep(latencyMs);
  },
  close: async () => undefined,
};

await runUntilSignal(async () => startWebhooks(processConfig('webhooks'), { stream }), EXPECTED_AT_START);
