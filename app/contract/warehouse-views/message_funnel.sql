-- How far did the deliveries of each message get?
-- Grain: one row per day (UTC) of the events, origin (campaign, broadcast, newsletter, transactional), its id, and channel.
-- Counts are deliveries, each once per day and step, however often its events came or to how many devices it went.
-- An event counts on its own day: one sent on Monday and opened on Tuesday is in two rows. Opens that were only prefetched
-- by a mail program or only inferred from a click (`synthetic`), and clicks by machines, are apart; an open through an image
-- proxy is a person's.
-- A broadcast that the API triggered may come without its id: its `origin_id` is null, and all such of a day are one row.
-- Filter on `day`.
SELECT
  DATE(timestamp) AS day,
  CASE
    WHEN transactional_message_id IS NOT NULL THEN 'transactional'
    WHEN newsletter_id IS NOT NULL THEN 'newsletter'
    WHEN broadcast_id IS NOT NULL THEN 'broadcast'
    WHEN campaign_id IS NOT NULL THEN 'campaign'
    WHEN trigger_id IS NOT NULL THEN 'broadcast'
    ELSE 'unknown'
  END AS origin,
  COALESCE(transactional_message_id, newsletter_id, broadcast_id, campaign_id) AS origin_id,
  MAX(COALESCE(newsletter_name, broadcast_name, campaign_name)) AS origin_name,
  object_type AS channel,
  COUNT(DISTINCT IF(metric = 'sent', delivery_id, NULL)) AS sent,
  COUNT(DISTINCT IF(metric = 'delivered', delivery_id, NULL)) AS delivered,
  COUNT(
    DISTINCT IF(
      metric = 'opened' AND NOT COALESCE(prefetched, FALSE) AND NOT COALESCE(synthetic, FALSE),
      delivery_id,
      NULL
    )
  ) AS opened,
  COUNT(DISTINCT IF(metric = 'clicked' AND NOT COALESCE(machine, FALSE), delivery_id, NULL)) AS clicked,
  COUNT(DISTINCT IF(metric = 'converted', delivery_id, NULL)) AS converted,
  COUNT(DISTINCT IF(metric = 'bounced', delivery_id, NULL)) AS bounced,
  COUNT(DISTINCT IF(metric = 'unsubscribed', delivery_id, NULL)) AS unsubscribed,
  COUNT(DISTINCT IF(metric = 'spammed', delivery_id, NULL)) AS spammed,
  COUNT(DISTINCT IF(metric = 'opened' AND prefetched, delivery_id, NULL)) AS prefetched,
  COUNT(DISTINCT IF(metric = 'clicked' AND machine, delivery_id, NULL)) AS clicked_by_machine,
  COUNT(DISTINCT IF(metric = 'opened' AND synthetic, delivery_id, NULL)) AS synthetic
FROM `{{dataset}}.delivery_events`
WHERE delivery_id IS NOT NULL
GROUP BY 1, 2, 3, 5
