-- Is there any row of which this is true: an object's initialisation object is not there?
-- What would mend it: register the initialisation object again, or delete the object's segments
SELECT
  'init_object_missing' AS "check",
  'error' AS "severity",
  'objects' AS "entity",
  COALESCE("t9"."id", '?') AS "id",
  COALESCE(CONCAT('there is no initialisation object ', "t9"."init_object_id"), '?') AS "detail"
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
  WHERE
    EXISTS(
      SELECT
        1
      FROM (
        SELECT
          "t6"."id" AS "absent"
        FROM (
          SELECT
            "t5"."id"
          FROM (
            SELECT DISTINCT
              "t0"."init_object_id" AS "id"
            FROM "objects" AS "t0"
            WHERE
              "t0"."init_object_id" IS NOT NULL
          ) AS "t5"
          WHERE
            NOT EXISTS(
              SELECT
                1
              FROM "objects" AS "t1"
              WHERE
                "t5"."id" = "t1"."id"
            )
        ) AS "t6"
      ) AS "t8"
      WHERE
        "t4"."init_object_id" = "t8"."absent"
    )
) AS "t9"
