-- Who should not be mailed, and why?
-- Grain: one row per person (by cio_id, else id, else address) for whom at least one reason holds.
-- `unsubscribed` and `spammed` hold until a later `subscribed`; `bounced` (an e-mail that was refused for good: its message is
-- no 4xx) and `suppressed` (an e-mail that was dropped) until a later e-mail is delivered. Of two in the same second the reason
-- wins: webhooks have whole seconds and no order. `since` is the latest time at which a reason that holds was given.
-- Reads every day there is: its own filter is only there because the table requires one.
SELECT
  person,
  person_id,
  address,
  unsubscribed,
  spammed,
  bounced,
  suppressed,
  GREATEST(
    IF(unsubscribed, unsubscribed_at, TIMESTAMP '1970-01-01 00:00:00+00'),
    IF(spammed, spammed_at, TIMESTAMP '1970-01-01 00:00:00+00'),
    IF(bounced, bounced_at, TIMESTAMP '1970-01-01 00:00:00+00'),
    IF(suppressed, suppressed_at, TIMESTAMP '1970-01-01 00:00:00+00')
  ) AS since
FROM (
  SELECT
    *,
    COALESCE(unsubscribed_at >= COALESCE(subscribed_at, unsubscribed_at), FALSE) AS unsubscribed,
    COALESCE(spammed_at >= COALESCE(subscribed_at, spammed_at), FALSE) AS spammed,
    COALESCE(bounced_at >= COALESCE(delivered_at, bounced_at), FALSE) AS bounced,
    COALESCE(suppressed_at >= COALESCE(delivered_at, suppressed_at), FALSE) AS suppressed
  FROM (
    SELECT
      COALESCE(person_cio_id, person_id, email_address, recipient) AS person,
      MAX(person_id) AS person_id,
      MAX_BY(
        COALESCE(IF(object_type = 'email', recipient, NULL), email_address, person_email),
        IF(
          COALESCE(IF(object_type = 'email', recipient, NULL), email_address, person_email) IS NULL,
          NULL,
          timestamp
        )
      ) AS address,
      MAX(IF(object_type = 'customer' AND metric = 'subscribed', timestamp, NULL)) AS subscribed_at,
      MAX(IF(metric = 'unsubscribed', timestamp, NULL)) AS unsubscribed_at,
      MAX(IF(metric = 'spammed', timestamp, NULL)) AS spammed_at,
      MAX(
        IF(
          object_type = 'email' AND metric = 'bounced' AND NOT STARTS_WITH(COALESCE(failure_message, ''), '4'),
          timestamp,
          NULL
        )
      ) AS bounced_at,
      MAX(IF(object_type = 'email' AND metric = 'dropped', timestamp, NULL)) AS suppressed_at,
      MAX(IF(object_type = 'email' AND metric = 'delivered', timestamp, NULL)) AS delivered_at
    FROM `{{dataset}}.delivery_events`
    WHERE timestamp >= TIMESTAMP '1970-01-01 00:00:00+00'
      AND metric IN ('subscribed', 'unsubscribed', 'spammed', 'bounced', 'dropped', 'delivered')
    GROUP BY 1
  ) AS times
) AS states
WHERE unsubscribed OR spammed OR bounced OR suppressed
