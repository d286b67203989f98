import { setTimeout as sleep } from 'node:timers/promises';
import { GoogleStream } from '../../app/pubsub/google-stream.ts';
import { EXPECTED_AT_START } from '../../app/roles/expected-at-start.ts';
import { startWebhooks } from '../../app/roles/start-webhooks.ts';
import { processConfig } from '../../app/runtime/config/process-config.ts';
import { runUntilSignal } from '../../app/runtime/run-until-signal.ts';
import { peakRssMb } from './peak-rss-mb.ts';

/** What a large request to Pub/Sub takes, in milliseconds. */
const PUBLISH_MS = 100;

/** Takes messages as Pub/Sub's client does, which copies them twice, but keeps none: what is measured is the receiver's memory. */
const forgetful = (project: string, topic: string): GoogleStream =>
  new GoogleStream({
    project,
    topic,
    connect: async () => ({
      publish: async (messages) => {
        const framed = messages.map(({ data }) => Buffer.concat([Buffer.from(data)]));
        await sleep(PUBLISH_MS);
        framed.length = 0;
      },
      close: async () => undefined,
    }),
  });

process.on('message', () => process.send?.(peakRssMb()));

await runUntilSignal(async () => {
  const config = processConfig('webhooks');
  const { pubsubProject, pubsubTopic, pubsubEmulatorHost } = config;
  // With a server the real client is measured.
  return startWebhooks(config, pubsubEmulatorHost ? {} : { stream: forgetful(pubsubProject, pubsubTopic) });
}, EXPECTED_AT_START);
