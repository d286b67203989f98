import { expect } from '@jest/globals';
import { readEvent } from '../../app/webhooks/read-event.ts';
import type { JsonObject, Reading } from '../../app/webhooks/reading.ts';
import { rowFaults } from '../support/row-faults.ts';
import { bytesOf, NOW } from './webhook-server.ts';

const FACTS = { receivedAt: NOW, correlationId: 'c1', timestampHeader: '1760000000' };
/** What the receiver itself puts into every row. */
export const OURS = { received_at: '2025-10-09T08:53:21.000Z', refilled: false, correlation_id: 'c1' };

/** Reads a body; every row of it must be one that BigQuery takes. */
export const read = (body: unknown, more: { contentEncoding?: string } = {}): Reading => {
  const reading = readEvent(bytesOf(body), { ...FACTS, ...more });
  const faults =
    reading.kind === 'rows'
      ? reading.rows.flatMap((row) => rowFaults('delivery_events', row))
      : rowFaults('quarantine', reading.row);
  expect(faults).toEqual([]);
  return reading;
};

/** The rows of a body that is an event. */
export const rowsOf = (body: unknown): readonly JsonObject[] => {
  const reading = read(body);
  if (reading.kind !== 'rows') throw new Error(`quarantined: ${reading.reason}`);
  return reading.rows;
};

/** The only row of a body that is an event. */
export const rowOf = (body: unknown): JsonObject => {
  const [row, ...others] = rowsOf(body);
  expect(others).toEqual([]);
  return row ?? {};
};

/** An event, with some fields replaced. */
export const event = (more: object = {}): JsonObject => ({
  event_id: 'e1',
  object_type: 'email',
  metric: 'sent',
  timestamp: 1760000000,
  data: {},
  ...more,
});
export const withData = (data: unknown): JsonObject => event({ data });
