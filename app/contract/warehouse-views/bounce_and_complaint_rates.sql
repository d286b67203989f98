-- Is the reputation of the senders in danger? Mailbox providers look at both rates.
-- Grain: one row per day (UTC) of the events and channel.
-- Counts are deliveries, each once per day and step; a push to several devices is one. A bounce counts on its own day, so a
-- day with few messages may show the bounces of the day before. A rate is null where nothing was sent or delivered.
-- Filter on `day`.
SELECT
  day,
  channel,
  sent,
  delivered,
  bounced,
  spammed,
  SAFE_DIVIDE(bounced, sent) AS bounce_rate,
  SAFE_DIVIDE(spammed, delivered) AS complaint_rate
FROM (
  SELECT
    DATE(timestamp) AS day,
    object_type AS channel,
    COUNT(DISTINCT IF(metric = 'sent', delivery_id, NULL)) AS sent,
    COUNT(DISTINCT IF(metric = 'delivered', delivery_id, NULL)) AS delivered,
    COUNT(DISTINCT IF(metric = 'bounced', delivery_id, NULL)) AS bounced,
    COUNT(DISTINCT IF(metric = 'spammed', delivery_id, NULL)) AS spammed
  FROM `{{dataset}}.delivery_events`
  WHERE metric IN ('sent', 'delivered', 'bounced', 'spammed')
  GROUP BY 1, 2
) AS counts
