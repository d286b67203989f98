import { randomInt } from 'node:crypto';
import type { EventStream, StreamMessage } from '../pubsub/port.ts';
import type { RowJournal } from './row-journal.ts';

/** A line of the journal: a row with the columns that Pub/Sub would add, on its way to a table. */
export interface JournalLine {
  readonly table: StreamMessage['table'];
  readonly row: StreamMessage['row'];
}

/** What every {@link JournalLine} begins with. */
export const LINE_BEGIN = '{"table":"';

const SUBSCRIPTION = 'projects/local/subscriptions/customerio-events-';

/**
 * A stream into the journal of the local warehouse. A publish is acknowledged once its rows are in the file; the database takes
 * them up when it is next asked something. Fills the columns that Pub/Sub writes with `write_metadata`.
 *
 * @example
 * const stream = new LocalWarehouseStream(await RowJournal.open('.cio-local'), Date.now);
 * await stream.publish([{ table: 'delivery_events', row: { event_id: 'e1' }, eventId: 'e1' }]);
 */
export class LocalWarehouseStream implements EventStream {
  readonly stuck = false;
  readonly #journal: RowJournal;
  readonly #now: () => number;
  readonly #process = randomInt(1_000, 10_000);
  #published = 0;
  #isClosed = false;

  /** @param now milliseconds since 1970 */
  constructor(journal: RowJournal, now: () => number) {
    this.#journal = journal;
    this.#now = now;
  }

  async publish(messages: readonly StreamMessage[]): Promise<void> {
    if (this.#isClosed) throw new Error('the stream is closed');
    await this.#journal.append(messages.map((message) => this.#lineOf(message)));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#journal.close();
  }

  #lineOf({ table, row, eventId }: StreamMessage): string {
    this.#published += 1;
    const now = this.#now();
    const line: JournalLine = {
      table,
      row: {
        ...row,
        subscription_name: `${SUBSCRIPTION}${table}`,
        message_id: `${now}${this.#process}${this.#published}`,
        publish_time: new Date(now).toISOString(),
        attributes: JSON.stringify({ table, ...(eventId !== undefined && { event_id: eventId }) }),
      },
    };
    return JSON.stringify(line);
  }
}
