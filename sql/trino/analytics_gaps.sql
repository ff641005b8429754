-- What is missing of each flow between its first and its last segment?
SELECT
  *
FROM (
  SELECT
    "t5"."_key_0_name" AS "flow_id",
    "t9"."start_ns",
    "t9"."end_ns"
  FROM (
    SELECT
      "t7"."_key_0",
      "t7"."_until" AS "start_ns",
      "t7"."start_ns" AS "end_ns"
    FROM (
      SELECT
        "t6"."_key_0",
        "t6"."start_ns",
        "t6"."end_ns",
        MAX("t6"."end_ns") OVER (
          PARTITION BY "t6"."_key_0"
          ORDER BY "t6"."start_ns" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND 1 preceding
        ) AS "_until"
      FROM (
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
      ) AS "t6"
    ) AS "t7"
    WHERE
      "t7"."start_ns" > "t7"."_until"
  ) AS "t9"
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
    ON "t9"."_key_0" = "t5"."_key_0_code"
) AS "t10"
ORDER BY
  "t10"."flow_id" ASC,
  "t10"."start_ns" ASC
