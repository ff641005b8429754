-- Is there any row of which this is true: an instance is of an object that is not there?
-- What would mend it: restore the object's row, or delete the instance's
SELECT
  'instance_without_object' AS "check",
  'error' AS "severity",
  'object_instances' AS "entity",
  COALESCE("t5"."id", '?') AS "id",
  COALESCE(
    'has an instance at ' || COALESCE(COALESCE("t5"."label", "t5"."storage_id"), 'nowhere') || ', and is not there',
    '?'
  ) AS "detail"
FROM (
  SELECT
    "t4"."storage_id",
    "t4"."label",
    "t4"."id"
  FROM (
    SELECT
      "t0"."storage_id",
      "t0"."label",
      "t0"."object_id" AS "id"
    FROM "object_instances" AS "t0"
  ) AS "t4"
  ANTI JOIN "objects" AS "t2"
    ON "t4"."id" = "t2"."id"
) AS "t5"
