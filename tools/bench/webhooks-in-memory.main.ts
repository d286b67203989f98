import { loadGoogle } from '../../app/pubsub/google-client.ts';
import { InMemoryStream } from '../../app/pubsub/in-memory-stream.ts';
import { EXPECTED_AT_START } from '../../app/roles/expected-at-start.ts';
import { startWebhooks } from '../../app/roles/start-webhooks.ts';
import { processConfig } from '../../app/runtime/config/process-config.ts';
import { runUntilSignal } from '../../app/runtime/run-until-signal.ts';

/** Loads Pub/Sub's client at start, as the deployed role does, and stores in memory. */
class WarmingStream extends InMemoryStream {
  async connect(): Promise<void> {
    await loadGoogle({ project: 'bench', emulatorHost: '127.0.0.1:1' });
  }
}

await runUntilSignal(
  async () => startWebhooks(processConfig('webhooks'), { stream: new WarmingStream() }),
  EXPECTED_AT_START,
);
