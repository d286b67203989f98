import type { StreamMessage } from '../../app/pubsub/port.ts';
import { warehouseWorld } from '../warehouse/warehouse-world.ts';
import { rowFaults } from './row-faults.ts';
import type { ProofRun } from './webhooks-proof.ts';

/** What became of what was reported. All lists but `view` are empty when the promise holds. */
export interface Verdict {
  /** `<event id> <recipient>` of each row of the deduplicated view, sorted. */
  readonly view: readonly string[];
  readonly missing: readonly string[];
  readonly unexpected: readonly string[];
  /** Rows that are more than once in the view. */
  readonly repeated: readonly string[];
  /** What BigQuery would refuse, and what the local warehouse refused. */
  readonly faults: readonly string[];
  readonly quarantined: number;
  /** Messages beyond the first of each row. */
  readonly duplicates: number;
}

const VIEW = 'SELECT event_id, recipient_index FROM `customerio_events.delivery_events_deduplicated`';
const MOST_ROWS = 100_000;

const messageOf = ({ data, attributes }: ProofRun['messages'][number]): StreamMessage => ({
  table: attributes['table'] as StreamMessage['table'],
  row: JSON.parse(data.toString()) as StreamMessage['row'],
  ...(attributes['event_id'] !== undefined && { eventId: attributes['event_id'] }),
});

const viewOf = async (
  messages: readonly StreamMessage[],
): Promise<{ readonly view: readonly string[]; readonly refused: readonly string[] }> => {
  const world = await warehouseWorld();
  try {
    await world.stream.publish(messages);
    const { rows } = await world.warehouse.query(VIEW, { rows: MOST_ROWS });
    return { view: rows.map(([id, recipient]) => `${id} ${recipient}`).sort(), refused: world.refused };
  } finally {
    await world.close();
  }
};

/** Loads every message, duplicates included, into the local warehouse, and compares its deduplicated view with what was reported. */
export const verdictOf = async ({ messages, expected }: ProofRun): Promise<Verdict> => {
  const sent = messages.map(messageOf);
  const { view, refused } = await viewOf(sent);
  const [inView, wanted] = [new Set(view), new Set(expected)];
  return {
    view,
    missing: expected.filter((key) => !inView.has(key)),
    unexpected: view.filter((key) => !wanted.has(key)),
    repeated: view.filter((key, index) => view[index - 1] === key),
    faults: [...sent.flatMap(({ table, row }) => rowFaults(table, row)), ...refused],
    quarantined: sent.filter(({ table }) => table === 'quarantine').length,
    duplicates:
      messages.length - new Set(sent.map(({ row }) => `${row['event_id']} ${row['recipient_index']}`)).size,
  };
};

/** The figures of a run in one line. */
export const summaryOf = (run: ProofRun, { view, duplicates, missing, repeated }: Verdict): string => {
  const { taken, failed, failedDown, failedSlow, messages, kills } = run;
  return [
    `${taken} events, ${taken + failed} attempts (${failed} failed, ${failedDown} of them while the stream was down, ${failedSlow} while it was slow)`,
    `${kills} kills, ${messages.length} messages, ${duplicates} of them duplicates`,
    `${view.length} rows in the deduplicated view, ${missing.length} missing, ${repeated.length} repeated`,
  ].join('; ');
};
