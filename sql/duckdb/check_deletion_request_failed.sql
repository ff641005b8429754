-- Is there any row of which this is true: a deletion request ended with an error, and some of it is still there?
-- What would mend it: DELETE again, once its error is seen to
SELECT
  'deletion_request_failed' AS "check",
  'error' AS "severity",
  'deletion_requests' AS "entity",
  COALESCE(CAST("t0"."id" AS TEXT), '?') AS "id",
  COALESCE(
    'failed, of flow ' || "t0"."flow_id" || ' is left ' || "t0"."timerange_remaining",
    '?'
  ) AS "detail"
FROM "deletion_requests" AS "t0"
WHERE
  "t0"."status" = 'error'
