-- Is there any row of which this is true: a controlled instance is not where its object is kept, or has a URL stored?
-- What would mend it: set its key to the object's storage_path and its url to NULL
SELECT
  'instance_place_differs' AS "check",
  'error' AS "severity",
  'object_instances' AS "entity",
  COALESCE("t7"."object_id", '?') AS "id",
  COALESCE(
    CASE
      WHEN (
        "t7"."bucket" IS NULL
      ) OR (
        "t7"."key" IS NULL
      )
      THEN 'is controlled and has no bucket and key'
      WHEN "t7"."url" IS NOT NULL
      THEN 'is controlled and has a URL stored'
      ELSE CONCAT(CONCAT(CONCAT('lies at ', "t7"."key"), ', its storage_path is '), "t7"."path")
    END,
    '?'
  ) AS "detail"
FROM (
  SELECT DISTINCT
    *
  FROM (
    SELECT
      "t4"."object_id",
      "t4"."storage_id",
      "t4"."bucket",
      "t4"."key",
      "t4"."url",
      "t5"."of",
      "t5"."path"
    FROM (
      SELECT
        "t0"."object_id",
        "t0"."storage_id",
        "t0"."bucket",
        "t0"."key",
        "t0"."url"
      FROM "object_instances" AS "t0"
      WHERE
        "t0"."controlled"
    ) AS "t4"
    LEFT OUTER JOIN (
      SELECT
        "t1"."id" AS "of",
        "t1"."storage_path" AS "path"
      FROM "objects" AS "t1"
    ) AS "t5"
      ON "t4"."object_id" = "t5"."of"
  ) AS "t6"
  WHERE
    (
      "t6"."bucket" IS NULL
    )
    OR (
      "t6"."key" IS NULL
    )
    OR (
      "t6"."url" IS NOT NULL
    )
    OR (
      "t6"."key" <> "t6"."path"
    )
) AS "t7"
