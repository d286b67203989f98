/** A view of the warehouse. Its query is the file `<name>.sql` beside this one, in BigQuery's SQL. */
export interface WarehouseView {
  readonly about: string;
  /** The tables it reads, by their names in the dataset. */
  readonly reads: readonly string[];
  /**
   * The column that a query of the view must filter on where the table below requires a filter on its partitions; undefined
   * where the view has such a filter itself. A view may look further columns up with a filter of its own.
   */
  readonly filter?: 'timestamp' | 'day';
}

/** The views over the delivery events, in alphabetical order; none reads another. */
export const WAREHOUSE_VIEWS = {
  bounce_and_complaint_rates: {
    about: 'per day and channel: messages sent, bounced and complained about, and the rates',
    reads: ['delivery_events'],
    filter: 'day',
  },
  delivery_events_deduplicated: {
    about:
      'the delivery events, each once, though webhooks, the stream and a reconciliation may bring one twice',
    reads: ['delivery_events'],
    filter: 'timestamp',
  },
  message_funnel: {
    about: 'per day, message and channel: how many deliveries reached each step, from sent to converted',
    reads: ['delivery_events'],
    filter: 'day',
  },
  suppression_list: {
    about:
      'per address: bounced for good, complained, suppressed, blocked or full; per person: unsubscribed. `do_not_mail` says which of them not to mail; reasons older than the table’s expiry are gone from it, and Customer.io itself is the authority',
    reads: ['delivery_events'],
  },
  time_to_open: {
    about:
      'per day of sending and message, over the last 90 days: seconds until a person opened it, as percentiles',
    reads: ['delivery_events'],
  },
} as const satisfies Record<string, WarehouseView>;

export type WarehouseViewName = keyof typeof WAREHOUSE_VIEWS;

/** What stands for the dataset in the files. */
const DATASET = '{{dataset}}';

/**
 * The query of a view for a dataset.
 *
 * @param text the content of its file
 * @param dataset `project.dataset`, or only the dataset
 * @example viewQuery('SELECT 1 FROM `{{dataset}}.delivery_events`', 'acme.customerio_events')
 *   // 'SELECT 1 FROM `acme.customerio_events.delivery_events`'
 */
export const viewQuery = (text: string, dataset: string): string => text.replaceAll(DATASET, dataset);
