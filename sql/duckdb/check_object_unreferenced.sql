-- Is there any row of which this is true: no segment shows a registered object, and the collector does not know it?
-- What would mend it: release it, so that the collector takes its bytes
SELECT
  'object_unreferenced' AS "check",
  'warn' AS "severity",
  'objects' AS "entity",
  COALESCE("t7"."id", '?') AS "id",
  COALESCE('no segment shows it, and it was not released', '?') AS "detail"
FROM (
  SELECT
    "t5"."id",
    "t5"."size",
    "t5"."first_flow_id",
    "t5"."registered_at"
  FROM (
    SELECT
      "t0"."id",
      "t0"."size",
      "t0"."first_flow_id",
      "t0"."registered_at"
    FROM "objects" AS "t0"
    WHERE
      "t0"."registered_at" IS NOT NULL
      AND "t0"."released_at" IS NULL
      AND "t0"."collecting_since" IS NULL
  ) AS "t5"
  ANTI JOIN "segments" AS "t2"
    ON "t5"."id" = "t2"."object_id"
  ANTI JOIN (
    SELECT
      "t0"."init_object_id" AS "needed"
    FROM "objects" AS "t0"
    WHERE
      "t0"."init_object_id" IS NOT NULL
  ) AS "t6"
    ON "t5"."id" = "t6"."needed"
) AS "t7"
