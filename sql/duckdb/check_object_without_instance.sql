-- Is there any row of which this is true: a segment shows an object that has no bytes anywhere: it is unverified?
-- What would mend it: register an instance of it, or delete its segments
SELECT
  'object_without_instance' AS "check",
  'warn' AS "severity",
  'objects' AS "entity",
  COALESCE("t7"."id", '?') AS "id",
  COALESCE('is shown by a segment and has no instance', '?') AS "detail"
FROM (
  SELECT
    "t6"."id",
    "t6"."first_flow_id"
  FROM (
    SELECT DISTINCT
      "t0"."id",
      "t0"."first_flow_id"
    FROM "objects" AS "t0"
    WHERE
      "t0"."registered_at" IS NOT NULL AND "t0"."released_at" IS NULL
  ) AS "t6"
  ANTI JOIN "object_instances" AS "t3"
    ON "t6"."id" = "t3"."object_id"
  SEMI JOIN "segments" AS "t4"
    ON "t6"."id" = "t4"."object_id"
) AS "t7"
