-- Every delivery event once: Customer.io and Pub/Sub may both bring an event again, and a reconciliation may refill it before.
-- Grain: one row per (event_id, recipient_index); of several copies the one that was received first. A refilled row is here only
-- as long as no webhook has told of the same delivery, metric and `timestamp`: the second that the App API gives for a metric is
-- taken to be that of its webhook (inferred: Customer.io documents neither that it is nor that it is not).
-- Filter on `timestamp`. It stands in every PARTITION BY, so that the filter may be applied before rows are compared, and only
-- the days asked for are read. Hence copies of an event_id with different timestamps would all be here, and cannot be taken out
-- without reading every day; there are none, for an event's retries carry the same body.
SELECT *
FROM `{{dataset}}.delivery_events`
WHERE TRUE
QUALIFY
  ROW_NUMBER() OVER (
    PARTITION BY event_id, recipient_index, timestamp
    ORDER BY received_at, publish_time, message_id
  ) = 1
  AND NOT (
    COALESCE(refilled, FALSE)
    AND COUNTIF(NOT COALESCE(refilled, FALSE)) OVER (PARTITION BY delivery_id, metric, timestamp) > 0
  )
