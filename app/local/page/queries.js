/** What the page asks the warehouse, in BigQuery's SQL. */

export const STEPS = ['sent', 'delivered', 'opened', 'clicked', 'converted'];
export const TROUBLES = ['bounced', 'unsubscribed', 'spammed'];

/** As in the view `message_funnel`: no opens that were only prefetched or inferred from a click, no clicks by machines. */
const ONLY = {
  opened: ' AND NOT COALESCE(prefetched, FALSE) AND NOT COALESCE(synthetic, FALSE)',
  clicked: ' AND NOT COALESCE(machine, FALSE)',
};

const EVENTS = '`customerio_events.delivery_events_deduplicated`';
/** The warehouse wants a filter on the day; the page wants every day there is. */
const EVER = "timestamp >= TIMESTAMP '1970-01-01 00:00:00+00'";

const reached = (step) =>
  `COUNT(DISTINCT IF(metric = '${step}'${ONLY[step] ?? ''}, delivery_id, NULL)) AS ${step}`;

/** How many deliveries reached each step; each counts once, on however many days it was opened. */
export const FUNNEL = `SELECT ${[...STEPS, ...TROUBLES].map(reached).join(', ')} FROM ${EVENTS} WHERE ${EVER}`;

/** The events that came last. */
export const LATEST = [
  'SELECT timestamp, object_type, metric, person_id, delivery_id,',
  'COALESCE(recipient, email_address, device_id) AS address',
  `FROM ${EVENTS} WHERE ${EVER}`,
  'ORDER BY received_at DESC, recipient_index LIMIT 10',
].join(' ');

/** What the page proposes to ask. */
export const EXAMPLE = [
  'SELECT day, origin, sent, opened FROM `customerio_events.message_funnel`',
  'WHERE day >= DATE_SUB(CURRENT_DATE(), INTERVAL 7 DAY)',
].join('\n   ');
