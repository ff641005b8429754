-- Is there any row of which this is true: a deletion request has not moved for as long as an upload may take?
-- What would mend it: let it be worked on: tams work
SELECT
  'deletion_request_stuck' AS "check",
  'warn' AS "severity",
  'deletion_requests' AS "entity",
  COALESCE(CAST("t0"."id" AS VARCHAR), '?') AS "id",
  COALESCE(
    CONCAT(
      CONCAT(
        CONCAT(
          CONCAT("t0"."status", ', not moved since '),
          REGEXP_REPLACE(CAST("t0"."updated" AS VARCHAR), '\.0*$|(\.\d*[1-9])0+$', '$1')
        ),
        ', of flow '
      ),
      CONCAT(CONCAT("t0"."flow_id", ' is left '), "t0"."timerange_remaining")
    ),
    '?'
  ) AS "detail"
FROM "deletion_requests" AS "t0"
WHERE
  "t0"."status" IN ('created', 'started')
  AND "t0"."updated" < CAST(CURRENT_TIMESTAMP AT TIME ZONE 'UTC' AS TIMESTAMP(6)) - INTERVAL '4200' SECOND
