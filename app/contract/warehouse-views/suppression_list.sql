-- Which addresses and which people should not be mailed, and why?
-- Grain: one row per address of which something below holds (`kind` is `address`), and one row per person who has opted out
-- (`kind` is `person`). Ask by `address` or by `person_id`, with `do_not_mail`; a row may be there for `blocked` or `mailbox_full` alone.
-- What holds of an address, in lower case and without a display name, each recipient of a list for itself:
--   `bounced`, refused for good; `suppressed`, an e-mail to it was dropped; `blocked`, refused for its sender: by 5.7.x, 5.1.7 or 5.1.8,
--   a block list, DMARC, SPF, DKIM or another policy; `mailbox_full`. Each until a later e-mail is delivered to that address.
--   `spammed`, a complaint came from it: until it subscribes again, or its person does without naming an address.
-- What holds of a person (by cio_id, else id, else address): `unsubscribed`, until a later `subscribed`.
-- Of two in the same second the reason wins: webhooks have whole seconds and no order. `since` is the latest time at which a reason
-- that holds was given.
-- A bounce is for good unless its SMTP code begins with 4, or it is one of the two with a column of their own. The code is the first
-- enhanced one (550 5.1.1, 421-4.7.0, 5.1.1), else three digits at the start, after `said:`, `was:`, `talk to me:`, `smtp;` or the
-- address they are about, or at the end after a colon. What stands in brackets is an address (unless it has a #), and numbers with a
-- unit are no codes.
-- The `address` of a person is the one that events last named as theirs, else the one at which an e-mail last arrived, else the one
-- mailed last. `person` of an address is whose that is, and null where that is nobody or several.
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
    NULLIF(recipient, '') AS recipient,
    REGEXP_EXTRACT(
      LOWER(COALESCE(NULLIF(email_address, ''), person_email)),
      '(?:"[^"]*"|[^[:space:]<>,;"])+@[^[:space:]<>,;"]+'
    ) AS own_address,
    -- Ada <ada@example.com> is ada@example.com.
    IF(
      object_type = 'email',
      REGEXP_REPLACE(LOWER(NULLIF(recipient, '')), '(?:"[^"]*"|[^<>,;"])*<([^<>]*)>', '\\1'),
      NULL
    ) AS mailed,
    -- Addresses and hosts become an @: theirs are neither codes nor reasons.
    REGEXP_REPLACE(
      LOWER(IF(metric = 'bounced', failure_message, NULL)),
      '<[^<>#]*>|[^[:space:]<>()@,;:]+@[^[:space:]<>()@,;:]+|host [a-z0-9-]+[.][a-z0-9.-]+',
      ' @ '
    ) AS reply
  FROM `{{dataset}}.delivery_events`
  WHERE timestamp >= TIMESTAMP '1970-01-01 00:00:00+00'
    AND metric IN ('subscribed', 'unsubscribed', 'spammed', 'bounced', 'dropped', 'delivered')
),
addressed AS (
  SELECT
    address,
    metric,
    timestamp,
    reply,
    -- What may hold a code: no other brackets, but one around it all, no links, and no numbers with a unit.
    REGEXP_REPLACE(
      REGEXP_REPLACE(
        REGEXP_REPLACE(reply, '^[[:space:](]+', ''),
        '[[][^][#]*[]]|[(][^()#]*[)]|https?://[^[:space:]]*',
        ' @ '
      ),
      '[0-9.]+ ?(seconds?|secs?|minutes?|mins?|hours?|days?|bytes?|octets?|[kmg]i?b)([^a-z0-9]|$)',
      ' \\2'
    ) AS codes
  FROM events
  CROSS JOIN UNNEST(
    REGEXP_EXTRACT_ALL(
      IF(object_type = 'email', COALESCE(mailed, own_address), own_address),
      '(?:"[^"]*"|[^[:space:]<>,;"])+@[^[:space:]<>,;"]+'
    )
  ) AS address
  WHERE object_type = 'email' OR metric = 'subscribed'
),
-- Grouped, so that each text is judged once.
coded AS (
  SELECT
    address,
    metric,
    reply,
    COALESCE(
      REGEXP_EXTRACT(
        codes,
        '(?:^|[^0-9a-z.@_+-]|^[245][0-9][0-9]-|[^0-9a-z.@_+-][245][0-9][0-9]-)([45][.][0-7][.][0-9]{1,3})(?:[^0-9a-z.@_]|[.][^0-9a-z]|[.]?$)'
      ),
      REGEXP_EXTRACT(
        codes,
        '(?:^|said:|was:|talk to me:|smtp;|@ *:)[[:space:]@]*([45][0-9][0-9])(?:[^0-9a-z.@_]|[.][^0-9a-z]|[.]?$)'
      ),
      REGEXP_EXTRACT(codes, ':[[:space:]]*([45][0-9][0-9])[.]?[[:space:]]*$'),
      ''
    ) AS code,
    MAX(timestamp) AS last_at
  FROM addressed
  GROUP BY 1, 2, 3, 4
),
judged AS (
  SELECT
    address,
    metric,
    last_at,
    code LIKE '4%' AS is_temporary,
    REGEXP_CONTAINS(code, '^[45][.]2[.]2$')
    OR REGEXP_CONTAINS(
      IF(code LIKE '5.1.%', '', COALESCE(reply, '')),
      '(mail ?box|inbox|mail ?folder|account)( [a-z]+){0,3} full([^a-z]|$)|mail ?box (size )?limit|mail ?box has exceeded|over ?quota|over (its|the|his|her|their) (storage |mail ?box )?quota|quota (has been |is |was )?exceeded|exceed(s|ed|ing)? (its |the |their |his |her )?(mail ?box |storage |mail |disk )?(quota|storage (limit|allocation))|storage (limit|allocation) (has been |is )?exceeded|out of storage'
    ) AS is_full,
    REGEXP_CONTAINS(code, '^5[.](7[.][0-9]+|1[.][78])$')
    OR REGEXP_CONTAINS(
      IF(REGEXP_CONTAINS(code, '^5[.]1[.]([1236]|10)$'), '', COALESCE(reply, '')),
      'spamhaus|spamcop|sorbs|uceprotect|abusix|barracudacentral|barracuda reputation|(by|using) barracuda|dnsbl|black ?list|block ?list|deny ?list|blocked using|is listed (at|in|on|by)|reputation|unsolicited|unauthenticated|your (ip|host|server|domain|network)|(sending|sender|client) (ip|host|domain)|(sender|helo command) (address )?(rejected|refused|denied|blocked)|sender verify|(^|[^a-z0-9./-])(rbl|dbl|spf|dkim|dmarc|spam|polic(y|ies))([^a-z0-9./-]|[.-][^a-z0-9]|[.]?$)'
    ) AS is_blocked
  FROM coded
),
addresses AS (
  SELECT
    address,
    MAX(IF(metric = 'subscribed', last_at, NULL)) AS subscribed_at,
    MAX(IF(metric = 'spammed', last_at, NULL)) AS spammed_at,
    MAX(IF(metric = 'bounced' AND NOT is_temporary AND NOT is_full AND NOT is_blocked, last_at, NULL)) AS bounced_at,
    MAX(IF(metric = 'dropped', last_at, NULL)) AS suppressed_at,
    MAX(IF(metric = 'bounced' AND is_blocked, last_at, NULL)) AS blocked_at,
    MAX(IF(metric = 'bounced' AND is_full, last_at, NULL)) AS full_at,
    MAX(IF(metric = 'delivered', last_at, NULL)) AS delivered_at
  FROM judged
  GROUP BY 1
),
-- What happened last under the same identifiers.
identities AS (
  SELECT
    cio_id,
    id,
    COALESCE(
      own_address,
      REGEXP_EXTRACT(mailed, '(?:"[^"]*"|[^[:space:]<>,;"])+@[^[:space:]<>,;"]+')
    ) AS address,
    IF(object_type = 'email', NULL, recipient) AS recipient,
    MAX(timestamp) AS seen_at,
    MAX(IF(own_address IS NULL, NULL, timestamp)) AS named_at,
    MAX(IF(object_type = 'email' AND metric = 'delivered', timestamp, NULL)) AS delivered_at,
    MAX(IF(object_type = 'customer' AND metric = 'subscribed', timestamp, NULL)) AS subscribed_at,
    MAX(IF(metric = 'unsubscribed', timestamp, NULL)) AS unsubscribed_at
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
homed AS (
  SELECT
    *,
    FIRST_VALUE(address) OVER (
      PARTITION BY person
      ORDER BY
        address IS NULL,
        named_at IS NULL,
        named_at DESC,
        delivered_at IS NULL,
        delivered_at DESC,
        seen_at DESC,
        address
    ) AS home
  FROM named
  WHERE person IS NOT NULL
),
people AS (
  SELECT
    person,
    home,
    MAX(id) AS person_id,
    MAX(subscribed_at) AS subscribed_at,
    MAX(IF(address IS NULL, subscribed_at, NULL)) AS subscribed_without_address_at,
    MAX(unsubscribed_at) AS unsubscribed_at
  FROM homed
  GROUP BY 1, 2
),
owners AS (
  SELECT
    home,
    MIN(person) AS person,
    MIN(person_id) AS person_id,
    MAX(subscribed_without_address_at) AS owner_subscribed_at
  FROM people
  WHERE home IS NOT NULL
  GROUP BY 1
  HAVING COUNT(*) = 1
),
states AS (
  SELECT
    'address' AS kind,
    person,
    person_id,
    address,
    NULL AS unsubscribed_at,
    IF(
      spammed_at >= COALESCE(subscribed_at, spammed_at) AND spammed_at >= COALESCE(owner_subscribed_at, spammed_at),
      spammed_at,
      NULL
    ) AS spammed_at,
    IF(bounced_at >= COALESCE(delivered_at, bounced_at), bounced_at, NULL) AS bounced_at,
    IF(suppressed_at >= COALESCE(delivered_at, suppressed_at), suppressed_at, NULL) AS suppressed_at,
    IF(blocked_at >= COALESCE(delivered_at, blocked_at), blocked_at, NULL) AS blocked_at,
    IF(full_at >= COALESCE(delivered_at, full_at), full_at, NULL) AS full_at
  FROM addresses
  LEFT JOIN owners ON home = address
  UNION ALL
  SELECT
    'person' AS kind,
    person,
    person_id,
    home AS address,
    IF(unsubscribed_at >= COALESCE(subscribed_at, unsubscribed_at), unsubscribed_at, NULL) AS unsubscribed_at,
    NULL AS spammed_at,
    NULL AS bounced_at,
    NULL AS suppressed_at,
    NULL AS blocked_at,
    NULL AS full_at
  FROM people
)
SELECT
  kind,
  person,
  person_id,
  address,
  unsubscribed_at IS NOT NULL AS unsubscribed,
  spammed_at IS NOT NULL AS spammed,
  bounced_at IS NOT NULL AS bounced,
  suppressed_at IS NOT NULL AS suppressed,
  blocked_at IS NOT NULL AS blocked,
  full_at IS NOT NULL AS mailbox_full,
  COALESCE(unsubscribed_at, spammed_at, bounced_at, suppressed_at) IS NOT NULL AS do_not_mail,
  GREATEST(
    COALESCE(unsubscribed_at, TIMESTAMP '1970-01-01 00:00:00+00'),
    COALESCE(spammed_at, TIMESTAMP '1970-01-01 00:00:00+00'),
    COALESCE(bounced_at, TIMESTAMP '1970-01-01 00:00:00+00'),
    COALESCE(suppressed_at, TIMESTAMP '1970-01-01 00:00:00+00'),
    COALESCE(blocked_at, TIMESTAMP '1970-01-01 00:00:00+00'),
    COALESCE(full_at, TIMESTAMP '1970-01-01 00:00:00+00')
  ) AS since
FROM states
WHERE COALESCE(unsubscribed_at, spammed_at, bounced_at, suppressed_at, blocked_at, full_at) IS NOT NULL
