-- Is there any row of which this is true: a segment shows an object that has no timerange?
-- What would mend it: delete its segments and register them again with an object_timerange
SELECT
  'object_timerange_missing' AS "check",
  'error' AS "severity",
  'objects' AS "entity",
  COALESCE("t7"."id", '?') AS "id",
  COALESCE('is shown by a segment and has no timerange', '?') AS "detail"
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
      (
        (
          "t0"."timerange" IS NULL
        )
        OR (
          "t0"."start_ns" IS NULL
        )
        OR (
          "t0"."end_ns" IS NULL
        )
      )
      AND "t0"."registered_at" IS NOT NULL
      AND "t0"."released_at" IS NULL
  ) AS "t6"
  SEMI JOIN "segments" AS "t2"
    ON "t6"."id" = "t2"."object_id"
  ANTI JOIN (
    SELECT
      "t0"."init_object_id" AS "needed"
    FROM "objects" AS "t0"
    WHERE
      "t0"."init_object_id" IS NOT NULL
  ) AS "t4"
    ON "t6"."id" = "t4"."needed"
) AS "t7"
