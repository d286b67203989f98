-- Every delivery event once: Customer.io and Pub/Sub may both bring an event again, and a reconciliation may refill it before.
-- Grain: one row per (event_id, recipient_index); of several copies the one that was received first. A refilled row is here only
-- as long as no webhook has told of the same delivery and metric within 5 seconds: the second that the App API gives for a metric
-- need not be that of its webhook (Customer.io documents neither that it is nor that it is not).
-- Filter on `timestamp`. It stands in the PARTITION BY, so that the filter may be applied before rows are compared, and only
-- the days asked for are read. Hence copies of an event_id with different timestamps would all be here, and cannot be taken out
-- without reading every day; there are none, for an event's retries carry the same body. What webhooks have told is looked up
-- in four narrow columns of every day, since seconds cannot be compared with those beside them within one `timestamp`.
SELECT
  event_id,
  recipient_index,
  recipient_count,
  object_type,
  metric,
  timestamp,
  delivery_id,
  campaign_id,
  campaign_name,
  broadcast_id,
  broadcast_name,
  newsletter_id,
  newsletter_name,
  trigger_id,
  transactional_message_id,
  action_id,
  parent_action_id,
  content_id,
  template_id,
  journey_id,
  trigger_event_id,
  tags,
  customer_id,
  person_id,
  person_email,
  person_cio_id,
  person_phone,
  email_address,
  causing_object_type,
  subject,
  recipient,
  href,
  link_id,
  tracked_response,
  failure_message,
  proxied,
  prefetched,
  synthetic,
  machine,
  inbound_event_id,
  -- A keyword, which needs no quotes after a dot.
  copies.to,
  device_id,
  device_platform,
  content,
  headers,
  received_at,
  refilled,
  correlation_id,
  raw,
  subscription_name,
  message_id,
  publish_time,
  attributes
FROM (
  SELECT
    *,
    ROW_NUMBER() OVER (
      PARTITION BY event_id, recipient_index, timestamp
      ORDER BY received_at, publish_time, message_id
    ) AS nth_copy
  FROM `{{dataset}}.delivery_events`
) AS copies
LEFT JOIN (
  SELECT
    delivery_id AS told_delivery,
    metric AS told_metric,
    timestamp AS told_at
  FROM `{{dataset}}.delivery_events`
  WHERE timestamp >= TIMESTAMP '1970-01-01 00:00:00+00'
    AND NOT COALESCE(refilled, FALSE)
) AS told
ON refilled
  AND told_delivery = delivery_id
  AND told_metric = metric
  AND told_at >= TIMESTAMP_SUB(timestamp, INTERVAL 5 SECOND)
  AND told_at <= TIMESTAMP_ADD(timestamp, INTERVAL 5 SECOND)
WHERE nth_copy = 1
  AND told_delivery IS NULL
