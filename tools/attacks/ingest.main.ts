import { setTimeout as sleep } from 'node:timers/promises';
import { InMemoryBus } from '../../app/kafka/in-memory-bus.ts';
import type { OutgoingRecord } from '../../app/kafka/port.ts';
import { EXPECTED_AT_START } from '../../app/roles/expected-at-start.ts';
import { startIngest } from '../../app/roles/start-ingest.ts';
import { processConfig } from '../../app/runtime/config/process-config.ts';
import { runUntilSignal } from '../../app/runtime/run-until-signal.ts';
import { peakRssMb } from './peak-rss-mb.ts';

/** What a round takes in a Kafka near by, in milliseconds. */
const ROUND_MS = 2;

/** Takes records as Kafka does, but keeps none: what is measured is the ingest's memory. */
class ForgetfulBus extends InMemoryBus {
  override async ensureTopics(): Promise<void> {}

  override async send(records: readonly OutgoingRecord[]): Promise<void> {
    for (const { value } of records) Buffer.from(value ?? '');
    await sleep(ROUND_MS);
  }
}

process.on('message', () => process.send?.(peakRssMb()));

await runUntilSignal(
  async () => startIngest(processConfig('ingest'), { bus: new ForgetfulBus() }),
  EXPECTED_AT_START,
);
