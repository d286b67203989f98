import type { StrayTable, WarehouseRow } from '../bigquery/port.ts';
import { QUARANTINE_REASONS } from '../contract/quarantine-reasons.ts';
import type { EventColumn } from '../contract/warehouse.ts';
import type { TraceStep } from './trace-step.ts';

/** What is read of a delivery event. */
export const MESSAGE_COLUMNS = [
  'delivery_id',
  'trigger_event_id',
  'person_id',
  'object_type',
  'metric',
  'timestamp',
  'failure_message',
  'refilled',
  'event_id',
  'correlation_id',
] as const satisfies readonly EventColumn[];

/** What a message can be found by. */
export const MESSAGE_IDS = [
  'delivery_id',
  'person_id',
  'trigger_event_id',
  'event_id',
  'correlation_id',
] as const satisfies readonly EventColumn[];

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** The ids that rows of every table have in common. */
const idsOf = (row: WarehouseRow): Partial<TraceStep> => {
  const ids = {
    eventId: text(row['trigger_event_id']),
    person: text(row['person_id']),
    deliveryId: text(row['delivery_id']),
    webhookId: text(row['event_id']),
    correlationId: text(row['correlation_id']),
  };
  return Object.fromEntries(Object.entries(ids).filter(([, id]) => id !== undefined));
};

/** A row of delivery_events as a step. */
export const messageStep = (row: WarehouseRow): TraceStep => {
  const reason = text(row['failure_message']);
  const refilled = row['refilled'] === true ? ' (refilled)' : '';
  const metric = text(row['metric']);
  return {
    at: Date.parse(String(row['timestamp'])),
    where: 'delivery_events',
    kind: 'message',
    what: `${row['object_type']} ${row['metric']}${reason ? `: ${reason}` : ''}${refilled}`,
    ...idsOf(row),
    ...(metric && { metric }),
  };
};

const STRAYS: Readonly<Record<StrayTable, (row: WarehouseRow) => Pick<TraceStep, 'kind' | 'what'>>> = {
  quarantine: ({ reason }) => {
    const words = QUARANTINE_REASONS[reason as keyof typeof QUARANTINE_REASONS] ?? reason;
    return { kind: 'quarantined', what: `a webhook is in quarantine and no delivery event: ${words}` };
  },
  dead_letters: ({ table, reason }) => ({
    kind: 'refused',
    what: `BigQuery did not take a row of ${table ?? 'an unknown table'}: ${reason ?? 'the reason is not known'}`,
  }),
};

/** A webhook that is no delivery event as a step. */
export const strayStep = (table: StrayTable, row: WarehouseRow): TraceStep => ({
  at: Date.parse(String(row['happened_at'])),
  where: table,
  ...STRAYS[table](row),
  ...idsOf(row),
});
