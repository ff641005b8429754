-- Is there any row of which this is true: an object was allocated, and no segment came in time?
-- What would mend it: let the collector run: tams work
SELECT
  'object_never_registered' AS "check",
  'warn' AS "severity",
  'objects' AS "entity",
  COALESCE(CAST("t0"."id" AS TEXT), '?') AS "id",
  COALESCE('allocated ' || CAST("t0"."created" AS TEXT) || ', never registered', '?') AS "detail"
FROM "objects" AS "t0"
WHERE
  "t0"."registered_at" IS NULL
  AND "t0"."created" < CURRENT_TIMESTAMP AT TIME ZONE 'UTC' - INTERVAL '4200' SECOND
  AND "t0"."collecting_since" IS NULL
