import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { InMemoryBus } from '../../app/kafka/in-memory-bus.ts';
import type { OutgoingRecord } from '../../app/kafka/port.ts';
import { EXPECTED_AT_START } from '../../app/roles/expected-at-start.ts';
import { startIngest } from '../../app/roles/start-ingest.ts';
import { processConfig } from '../../app/runtime/config/process-config.ts';
import { runUntilSignal } from '../../app/runtime/run-until-signal.ts';

const STATUS = '/proc/self/status';

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

/** The most resident memory that this program had, in MB of 2^20 bytes. */
const peakRssMb = (): number => {
  // Linux counts the memory of the process that started this one into maxRSS.
  const [, kib] = existsSync(STATUS) ? (/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(STATUS, 'utf8')) ?? []) : [];
  return (kib === undefined ? process.resourceUsage().maxRSS : Number(kib)) / 1024;
};

process.on('message', () => process.send?.(peakRssMb()));

await runUntilSignal(
  async () => startIngest(processConfig('ingest'), { bus: new ForgetfulBus() }),
  EXPECTED_AT_START,
);
