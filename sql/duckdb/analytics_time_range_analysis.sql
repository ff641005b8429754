-- How is the time of each flow filled, and by segments of which lengths?
SELECT
  *
FROM (
  SELECT
    "t7"."_key_0_name" AS "flow_id",
    "t13"."covered_ns",
    "t13"."pieces",
    "t13"."first_ns",
    "t13"."last_ns",
    "t13"."ratio",
    "t6"."segments",
    "t6"."shortest_ns",
    "t6"."longest_ns"
  FROM (
    SELECT
      "t11"."_key_0",
      "t11"."pieces",
      "t11"."first_ns",
      "t11"."last_ns",
      "t11"."_missing",
      "t11"."_length",
      CAST(CASE
        WHEN (
          "t11"."_length" - "t11"."_missing"
        ) > 9223372036854775807
        THEN 9223372036854775807
        WHEN (
          "t11"."_length" - "t11"."_missing"
        ) < -9223372036854775808
        THEN -9223372036854775808
        ELSE "t11"."_length" - "t11"."_missing"
      END AS BIGINT) AS "covered_ns",
      CAST("t11"."_length" - "t11"."_missing" AS DOUBLE) / CAST("t11"."_length" AS DOUBLE) AS "ratio"
    FROM (
      SELECT
        "t10"."_key_0",
        COALESCE("t10"."pieces", 0) + 1 AS "pieces",
        "t10"."first_ns",
        "t10"."last_ns",
        COALESCE("t10"."_missing", CAST(0 AS DECIMAL(38, 0))) AS "_missing",
        CAST("t10"."last_ns" AS DECIMAL(38, 0)) - CAST("t10"."first_ns" AS DECIMAL(38, 0)) AS "_length"
      FROM (
        SELECT
          "t9"."_key_0",
          SUM(CAST("t9"."start_ns" > "t9"."_until" AS INT)) AS "pieces",
          MIN("t9"."start_ns") AS "first_ns",
          MAX("t9"."end_ns") AS "last_ns",
          SUM(CAST("t9"."start_ns" AS DECIMAL(38, 0)) - CAST("t9"."_until" AS DECIMAL(38, 0))) FILTER(WHERE
            "t9"."start_ns" > "t9"."_until") AS "_missing"
        FROM (
          SELECT
            "t8"."_key_0",
            "t8"."start_ns",
            "t8"."end_ns",
            MAX("t8"."end_ns") OVER (
              PARTITION BY "t8"."_key_0"
              ORDER BY "t8"."start_ns" ASC
              ROWS BETWEEN UNBOUNDED PRECEDING AND 1 preceding
            ) AS "_until"
          FROM (
            SELECT
              "t7"."_key_0_code" AS "_key_0",
              "t3"."start_ns",
              "t3"."end_ns"
            FROM (
              SELECT
                CAST("t0"."flow_id" AS TEXT) AS "flow_id",
                CAST("t0"."start_ns" AS BIGINT) AS "start_ns",
                CAST("t0"."end_ns" AS BIGINT) AS "end_ns"
              FROM "segments" AS "t0"
              WHERE
                "t0"."start_ns" < "t0"."end_ns"
            ) AS "t3"
            LEFT OUTER JOIN (
              SELECT
                "t2"."_key_0_name",
                ROW_NUMBER() OVER (
                  ORDER BY "t2"."_key_0_name" ASC
                  ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                ) - 1 AS "_key_0_code"
              FROM (
                SELECT DISTINCT
                  CAST("t0"."flow_id" AS TEXT) AS "_key_0_name"
                FROM "segments" AS "t0"
                WHERE
                  "t0"."start_ns" < "t0"."end_ns" AND CAST("t0"."flow_id" AS TEXT) IS NOT NULL
              ) AS "t2"
            ) AS "t7"
              ON "t3"."flow_id" = "t7"."_key_0_name"
          ) AS "t8"
        ) AS "t9"
        GROUP BY
          1
      ) AS "t10"
      WHERE
        "t10"."first_ns" IS NOT NULL
    ) AS "t11"
  ) AS "t13"
  LEFT OUTER JOIN (
    SELECT
      "t2"."_key_0_name",
      ROW_NUMBER() OVER (
        ORDER BY "t2"."_key_0_name" ASC
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
      ) - 1 AS "_key_0_code"
    FROM (
      SELECT DISTINCT
        CAST("t0"."flow_id" AS TEXT) AS "_key_0_name"
      FROM "segments" AS "t0"
      WHERE
        "t0"."start_ns" < "t0"."end_ns" AND CAST("t0"."flow_id" AS TEXT) IS NOT NULL
    ) AS "t2"
  ) AS "t7"
    ON "t13"."_key_0" = "t7"."_key_0_code"
  INNER JOIN (
    SELECT
      "t0"."flow_id",
      COUNT(*) AS "segments",
      CAST(CASE
        WHEN MIN(CAST("t0"."end_ns" AS DECIMAL(38, 0)) - CAST("t0"."start_ns" AS DECIMAL(38, 0))) > 9223372036854775807
        THEN 9223372036854775807
        WHEN MIN(CAST("t0"."end_ns" AS DECIMAL(38, 0)) - CAST("t0"."start_ns" AS DECIMAL(38, 0))) < -9223372036854775808
        THEN -9223372036854775808
        ELSE MIN(CAST("t0"."end_ns" AS DECIMAL(38, 0)) - CAST("t0"."start_ns" AS DECIMAL(38, 0)))
      END AS BIGINT) AS "shortest_ns",
      CAST(CASE
        WHEN MAX(CAST("t0"."end_ns" AS DECIMAL(38, 0)) - CAST("t0"."start_ns" AS DECIMAL(38, 0))) > 9223372036854775807
        THEN 9223372036854775807
        WHEN MAX(CAST("t0"."end_ns" AS DECIMAL(38, 0)) - CAST("t0"."start_ns" AS DECIMAL(38, 0))) < -9223372036854775808
        THEN -9223372036854775808
        ELSE MAX(CAST("t0"."end_ns" AS DECIMAL(38, 0)) - CAST("t0"."start_ns" AS DECIMAL(38, 0)))
      END AS BIGINT) AS "longest_ns"
    FROM "segments" AS "t0"
    GROUP BY
      1
  ) AS "t6"
    ON "t7"."_key_0_name" = "t6"."flow_id"
) AS "t14"
ORDER BY
  "t14"."flow_id" ASC
