import { NOON, type Posted } from './warehouse-world.ts';

let nextId = 0;

/** An event of a delivery, by default of the e-mails of campaign 5; `at` seconds after noon. */
export const event = (
  metric: string,
  deliveryId: string,
  at: number,
  data: object = {},
  channel = 'email',
): Posted => {
  nextId += 1;
  const person = {
    customer_id: deliveryId,
    identifiers: { id: deliveryId, email: null, cio_id: `c-${deliveryId}` },
  };
  const common = { ...person, delivery_id: deliveryId, campaign_id: 5, action_id: 96 };
  return {
    event_id: `e${nextId}`,
    object_type: channel,
    metric,
    timestamp: NOON + at,
    data: { ...common, ...data },
  };
};

/** An event about a person, whose identifiers the data may replace; without a delivery unless the data have one. */
export const about = (
  [objectType, metric]: readonly [string, string],
  id: string,
  at: number,
  data: object = {},
): Posted => {
  nextId += 1;
  const who = { identifiers: { id, email: null, cio_id: `c-${id}` } };
  return {
    event_id: `p${nextId}`,
    object_type: objectType,
    metric,
    timestamp: NOON + at,
    data: { ...who, ...data },
  };
};
