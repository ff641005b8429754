-- Is there any row of which this is true: an object's initialisation object is not there?
-- What would mend it: register the initialisation object again, or delete the object's segments
SELECT
  'init_object_missing' AS "check",
  'error' AS "severity",
  'objects' AS "entity",
  COALESCE("t5"."id", '?') AS "id",
  COALESCE('there is no initialisation object ' || "t5"."init_object_id", '?') AS "detail"
FROM (
  SELECT
    "t4"."id",
    "t4"."init_object_id"
  FROM (
    SELECT
      "t0"."id",
      "t0"."init_object_id"
    FROM "objects" AS "t0"
    WHERE
      "t0"."init_object_id" IS NOT NULL
  ) AS "t4"
  ANTI JOIN (
    SELECT
      "t0"."id" AS "there"
    FROM "objects" AS "t0"
  ) AS "t2"
    ON "t4"."init_object_id" = "t2"."there"
) AS "t5"
