-- Every delivery event once: Customer.io and Pub/Sub may both bring an event again.
-- Grain: one row per (event_id, recipient_index); of several copies the one that was received first.
-- Filter on `timestamp`. It is the same in every copy and stands in PARTITION BY, so that the filter may be applied before
-- the copies are compared, and only the days asked for are read.
SELECT *
FROM `{{dataset}}.delivery_events`
WHERE TRUE
QUALIFY ROW_NUMBER() OVER (
  PARTITION BY event_id, recipient_index, timestamp
  ORDER BY received_at, publish_time, message_id
) = 1
