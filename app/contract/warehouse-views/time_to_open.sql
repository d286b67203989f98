-- How long until a person opens a message?
-- Grain: one row per day (UTC) of sending, origin (campaign, broadcast, newsletter, transactional), its id, and channel.
-- `sent` and `opened` count deliveries; the percentiles, in seconds, are of those that were opened. Opens that were
-- prefetched or inferred from a click (synthetic) do not count, and an open that is told of as before its sending took no time: webhooks have whole seconds and no order.
-- A broadcast that the API triggered may come without its id: its `origin_id` is null, and all such of a day are one row.
-- Reads the last 90 days itself, so a query needs no filter; a delivery sent before them is left out.
SELECT
  DATE(sent_at) AS day,
  origin,
  origin_id,
  channel,
  COUNT(*) AS sent,
  COUNT(opened_at) AS opened,
  APPROX_QUANTILES(seconds, 100)[OFFSET(50)] AS p50_seconds,
  APPROX_QUANTILES(seconds, 100)[OFFSET(90)] AS p90_seconds
FROM (
  SELECT
    origin,
    origin_id,
    channel,
    sent_at,
    opened_at,
    IF(opened_at < sent_at, 0, TIMESTAMP_DIFF(opened_at, sent_at, SECOND)) AS seconds
  FROM (
    SELECT
      delivery_id,
      CASE
        WHEN MAX(transactional_message_id) IS NOT NULL THEN 'transactional'
        WHEN MAX(newsletter_id) IS NOT NULL THEN 'newsletter'
        WHEN MAX(broadcast_id) IS NOT NULL THEN 'broadcast'
        WHEN MAX(campaign_id) IS NOT NULL THEN 'campaign'
        WHEN MAX(trigger_id) IS NOT NULL THEN 'broadcast'
        ELSE 'unknown'
      END AS origin,
      COALESCE(
        MAX(transactional_message_id),
        MAX(newsletter_id),
        MAX(broadcast_id),
        MAX(campaign_id)
      ) AS origin_id,
      MAX(object_type) AS channel,
      MIN(IF(metric = 'sent', timestamp, NULL)) AS sent_at,
      MIN(
        IF(
          metric = 'opened' AND NOT COALESCE(prefetched, FALSE) AND NOT COALESCE(synthetic, FALSE),
          timestamp,
          NULL
        )
      ) AS opened_at
    FROM `{{dataset}}.delivery_events`
    WHERE timestamp >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 90 DAY)
      AND metric IN ('sent', 'opened')
      AND delivery_id IS NOT NULL
    GROUP BY 1
  ) AS deliveries
  WHERE sent_at IS NOT NULL
) AS opens
GROUP BY 1, 2, 3, 4
