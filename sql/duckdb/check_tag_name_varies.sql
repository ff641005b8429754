-- Is there any row of which this is true: a tag's name is mostly written in another way?
-- What would mend it: PUT the tag by its usual name, and DELETE this one
WITH "t2" AS (
  SELECT
    "t1"."entity",
    "t1"."id",
    "t1"."name",
    REPLACE(REPLACE(REPLACE(LOWER("t1"."name"), '-', '_'), '.', '_'), ' ', '_') AS "spelt"
  FROM (
    SELECT DISTINCT
      "t0"."entity_type" AS "entity",
      "t0"."entity_id" AS "id",
      "t0"."name"
    FROM "tags" AS "t0"
  ) AS "t1"
)
SELECT
  'tag_name_varies' AS "check",
  'warn' AS "severity",
  "t9"."entity",
  COALESCE("t9"."id", '?') AS "id",
  COALESCE(
    'its tag ' || "t9"."name" || ' is mostly called ' || "t9"."usual" || ', ' || CAST("t9"."often" AS TEXT) || ' times',
    '?'
  ) AS "detail"
FROM (
  SELECT
    "t4"."entity",
    "t4"."id",
    "t4"."name",
    "t4"."spelt",
    "t8"."of",
    "t8"."usual",
    "t8"."often"
  FROM "t2" AS "t4"
  INNER JOIN (
    SELECT
      "t6"."spelt" AS "of",
      "t6"."name" AS "usual",
      "t6"."uses" AS "often"
    FROM (
      SELECT
        "t5"."spelt",
        "t5"."name",
        "t5"."uses",
        ROW_NUMBER() OVER (
          PARTITION BY "t5"."spelt"
          ORDER BY "t5"."uses" DESC, "t5"."name" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) - 1 AS "place"
      FROM (
        SELECT
          "t3"."spelt",
          "t3"."name",
          COUNT(*) AS "uses"
        FROM "t2" AS "t3"
        GROUP BY
          1,
          2
      ) AS "t5"
    ) AS "t6"
    WHERE
      "t6"."place" = 0
  ) AS "t8"
    ON "t4"."spelt" = "t8"."of"
) AS "t9"
WHERE
  "t9"."name" <> "t9"."usual"
