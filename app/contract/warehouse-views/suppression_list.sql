-- Who should not be mailed, and why?
-- Grain: one row per person (by cio_id, else id, else address) for whom at least one reason holds.
-- `unsubscribed` and `spammed` hold until a later `subscribed`; `bounced` (an e-mail that was refused for good) and `suppressed`
-- (an e-mail that was dropped) until a later e-mail is delivered. Of two in the same second the reason wins: webhooks have whole
-- seconds and no order. `since` is the latest time at which a reason that holds was given.
-- A bounce is for good unless the first SMTP code in its text, such as 421 or 4.2.2, begins with 4; a text without one is.
-- An event without a cio_id is of the person who had its id last; one with an address only, of the person whose address it is,
-- or by itself where that is nobody or several. An event that names nobody is left out.
-- It knows what the table still has, no more: a reason given before the table's oldest day (partitions expire, after the
-- construct's `eventDays`) is gone from here, though it still holds. Whom not to mail is Customer.io's to say; this list explains.
-- Reads every day there is: its own filter is only there because the table requires one.
WITH events AS (
  SELECT
    object_type,
    metric,
    timestamp,
    NULLIF(person_cio_id, '') AS cio_id,
    NULLIF(person_id, '') AS id,
    COALESCE(
      IF(object_type = 'email', NULLIF(recipient, ''), NULL),
      NULLIF(email_address, ''),
      NULLIF(person_email, '')
    ) AS address,
    NULLIF(recipient, '') AS recipient,
    COALESCE(
      REGEXP_EXTRACT(
        failure_message,
        '(?:^|[^0-9A-Za-z.@_+-])([45])(?:[0-5][0-9]|[.][0-9]{1,3}[.][0-9]{1,3})(?:[^0-9A-Za-z.@_]|[.][^0-9A-Za-z]|[.]?$)'
      ) = '4',
      FALSE
    ) AS is_temporary
  FROM `{{dataset}}.delivery_events`
  WHERE timestamp >= TIMESTAMP '1970-01-01 00:00:00+00'
    AND metric IN ('subscribed', 'unsubscribed', 'spammed', 'bounced', 'dropped', 'delivered')
),
-- What happened last under the same identifiers.
identities AS (
  SELECT
    cio_id,
    id,
    address,
    recipient,
    MAX(timestamp) AS seen_at,
    MAX(IF(object_type = 'customer' AND metric = 'subscribed', timestamp, NULL)) AS subscribed_at,
    MAX(IF(metric = 'unsubscribed', timestamp, NULL)) AS unsubscribed_at,
    MAX(IF(metric = 'spammed', timestamp, NULL)) AS spammed_at,
    MAX(IF(object_type = 'email' AND metric = 'bounced' AND NOT is_temporary, timestamp, NULL)) AS bounced_at,
    MAX(IF(object_type = 'email' AND metric = 'dropped', timestamp, NULL)) AS suppressed_at,
    MAX(IF(object_type = 'email' AND metric = 'delivered', timestamp, NULL)) AS delivered_at
  FROM events
  GROUP BY 1, 2, 3, 4
),
-- Without an id each cio_id is alone, so that those without do not all meet in one window; below the same of addresses.
known AS (
  SELECT
    *,
    COALESCE(
      cio_id,
      FIRST_VALUE(cio_id) OVER (
        PARTITION BY id, IF(id IS NULL, cio_id, NULL)
        ORDER BY cio_id IS NULL, seen_at DESC, cio_id
      ),
      id
    ) AS known_as
  FROM identities
),
named AS (
  SELECT
    *,
    COALESCE(
      known_as,
      IF(MIN(known_as) OVER of_address = MAX(known_as) OVER of_address, MIN(known_as) OVER of_address, NULL),
      address,
      recipient
    ) AS person
  FROM known
  WINDOW of_address AS (PARTITION BY address, IF(address IS NULL, known_as, NULL))
),
people AS (
  SELECT
    person,
    MAX(id) AS person_id,
    MAX_BY(address, IF(address IS NULL, NULL, seen_at)) AS address,
    MAX(subscribed_at) AS subscribed_at,
    MAX(unsubscribed_at) AS unsubscribed_at,
    MAX(spammed_at) AS spammed_at,
    MAX(bounced_at) AS bounced_at,
    MAX(suppressed_at) AS suppressed_at,
    MAX(delivered_at) AS delivered_at
  FROM named
  WHERE person IS NOT NULL
  GROUP BY 1
),
states AS (
  SELECT
    *,
    COALESCE(unsubscribed_at >= COALESCE(subscribed_at, unsubscribed_at), FALSE) AS unsubscribed,
    COALESCE(spammed_at >= COALESCE(subscribed_at, spammed_at), FALSE) AS spammed,
    COALESCE(bounced_at >= COALESCE(delivered_at, bounced_at), FALSE) AS bounced,
    COALESCE(suppressed_at >= COALESCE(delivered_at, suppressed_at), FALSE) AS suppressed
  FROM people
)
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
FROM states
WHERE unsubscribed OR spammed OR bounced OR suppressed
