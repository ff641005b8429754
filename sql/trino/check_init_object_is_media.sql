-- Is there any row of which this is true: an initialisation object is shown by a segment?
-- What would mend it: delete the segments that show it
SELECT
  'init_object_is_media' AS "check",
  'error' AS "severity",
  'objects' AS "entity",
  COALESCE("t5"."id", '?') AS "id",
  COALESCE('objects need it to be decoded, and a segment shows it', '?') AS "detail"
FROM (
  SELECT
    "t4"."id"
  FROM (
    SELECT DISTINCT
      "t0"."init_object_id" AS "id"
    FROM "objects" AS "t0"
    WHERE
      "t0"."init_object_id" IS NOT NULL
  ) AS "t4"
  WHERE
    EXISTS(
      SELECT
        1
      FROM "segments" AS "t2"
      WHERE
        "t4"."id" = "t2"."object_id"
    )
) AS "t5"
