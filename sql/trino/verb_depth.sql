-- How many segments of each flow are there at once, and when?
WITH "t6" AS (
  SELECT
    "t5"."_key_0_code" AS "_key_0",
    "t3"."start_ns",
    "t3"."end_ns"
  FROM (
    SELECT
      CAST("t0"."flow_id" AS VARCHAR) AS "flow_id",
      CAST("t0"."start_ns" AS BIGINT) AS "start_ns",
      CAST("t0"."end_ns" AS BIGINT) AS "end_ns"
    FROM "segments" AS "t0"
    WHERE
      "t0"."start_ns" < "t0"."end_ns"
  ) AS "t3"
  LEFT OUTER JOIN (
    SELECT
      "t2"."_key_0_name",
      ROW_NUMBER() OVER (ORDER BY "t2"."_key_0_name" ASC) - 1 AS "_key_0_code"
    FROM (
      SELECT DISTINCT
        CAST("t0"."flow_id" AS VARCHAR) AS "_key_0_name"
      FROM "segments" AS "t0"
      WHERE
        "t0"."start_ns" < "t0"."end_ns" AND CAST("t0"."flow_id" AS VARCHAR) IS NOT NULL
    ) AS "t2"
  ) AS "t5"
    ON "t3"."flow_id" = "t5"."_key_0_name"
)
SELECT
  "t5"."_key_0_name" AS "flow_id",
  "t15"."start_ns",
  "t15"."end_ns",
  "t15"."depth"
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t12"."_key_0",
      "t12"."start_ns",
      "t12"."_step",
      SUM("t12"."_step") OVER (
        PARTITION BY "t12"."_key_0"
        ORDER BY "t12"."start_ns" ASC
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ) AS "depth",
      LEAD("t12"."start_ns") OVER (PARTITION BY "t12"."_key_0" ORDER BY "t12"."start_ns" ASC) AS "end_ns"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t10"."_key_0",
          "t10"."start_ns",
          SUM("t10"."_step") AS "_step"
        FROM (
          SELECT
            *
          FROM (
            SELECT
              "t7"."_key_0",
              "t7"."start_ns",
              1 AS "_step"
            FROM "t6" AS "t7"
          ) AS "t8"
          UNION ALL
          SELECT
            *
          FROM (
            SELECT
              "t7"."_key_0",
              "t7"."end_ns" AS "start_ns",
              -1 AS "_step"
            FROM "t6" AS "t7"
          ) AS "t9"
        ) AS "t10"
        GROUP BY
          1,
          2
      ) AS "t11"
      WHERE
        "t11"."_step" <> 0
    ) AS "t12"
  ) AS "t13"
  WHERE
    "t13"."depth" > 0
) AS "t15"
LEFT OUTER JOIN (
  SELECT
    "t2"."_key_0_name",
    ROW_NUMBER() OVER (ORDER BY "t2"."_key_0_name" ASC) - 1 AS "_key_0_code"
  FROM (
    SELECT DISTINCT
      CAST("t0"."flow_id" AS VARCHAR) AS "_key_0_name"
    FROM "segments" AS "t0"
    WHERE
      "t0"."start_ns" < "t0"."end_ns" AND CAST("t0"."flow_id" AS VARCHAR) IS NOT NULL
  ) AS "t2"
) AS "t5"
  ON "t15"."_key_0" = "t5"."_key_0_code"
