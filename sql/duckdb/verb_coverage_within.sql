-- How much of one hour does each flow cover?
-- Its window: [1756000000:0_1756003600:0), from 2025-08-24T01:46:03Z to 2025-08-24T02:46:03Z
SELECT
  "t5"."_key_0_name" AS "flow_id",
  "t11"."covered_ns",
  "t11"."pieces",
  "t11"."first_ns",
  "t11"."last_ns",
  "t11"."ratio"
FROM (
  SELECT
    "t9"."_key_0",
    "t9"."pieces",
    "t9"."first_ns",
    "t9"."last_ns",
    "t9"."_missing",
    "t9"."_length",
    CAST(CASE
      WHEN (
        "t9"."_length" - "t9"."_missing"
      ) > 9223372036854775807
      THEN 9223372036854775807
      WHEN (
        "t9"."_length" - "t9"."_missing"
      ) < -9223372036854775808
      THEN -9223372036854775808
      ELSE "t9"."_length" - "t9"."_missing"
    END AS BIGINT) AS "covered_ns",
    CAST("t9"."_length" - "t9"."_missing" AS DOUBLE) / CAST(CAST(3600000000000 AS DECIMAL(38, 0)) AS DOUBLE) AS "ratio"
  FROM (
    SELECT
      "t8"."_key_0",
      COALESCE("t8"."pieces", 0) + 1 AS "pieces",
      "t8"."first_ns",
      "t8"."last_ns",
      COALESCE("t8"."_missing", CAST(0 AS DECIMAL(38, 0))) AS "_missing",
      CAST("t8"."last_ns" AS DECIMAL(38, 0)) - CAST("t8"."first_ns" AS DECIMAL(38, 0)) AS "_length"
    FROM (
      SELECT
        "t7"."_key_0",
        SUM(CAST("t7"."start_ns" > "t7"."_until" AS INT)) AS "pieces",
        MIN("t7"."start_ns") AS "first_ns",
        MAX("t7"."end_ns") AS "last_ns",
        SUM(CAST("t7"."start_ns" AS DECIMAL(38, 0)) - CAST("t7"."_until" AS DECIMAL(38, 0))) FILTER(WHERE
          "t7"."start_ns" > "t7"."_until") AS "_missing"
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
              CAST("t0"."flow_id" AS TEXT) AS "flow_id",
              GREATEST(CAST("t0"."start_ns" AS BIGINT), 1756000000000000000) AS "start_ns",
              LEAST(CAST("t0"."end_ns" AS BIGINT), 1756003600000000000) AS "end_ns"
            FROM "segments" AS "t0"
            WHERE
              "t0"."start_ns" < 1756003600000000000
              AND "t0"."end_ns" > 1756000000000000000
              AND "t0"."start_ns" < "t0"."end_ns"
          ) AS "t3"
          LEFT OUTER JOIN (
            SELECT
              "t1"."_key_0_name",
              ROW_NUMBER() OVER (
                ORDER BY "t1"."_key_0_name" ASC
                ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
              ) - 1 AS "_key_0_code"
            FROM (
              SELECT DISTINCT
                CAST("t0"."flow_id" AS TEXT) AS "_key_0_name"
              FROM "segments" AS "t0"
              WHERE
                "t0"."start_ns" < 1756003600000000000
                AND "t0"."end_ns" > 1756000000000000000
                AND "t0"."start_ns" < "t0"."end_ns"
                AND CAST("t0"."flow_id" AS TEXT) IS NOT NULL
            ) AS "t1"
          ) AS "t5"
            ON "t3"."flow_id" = "t5"."_key_0_name"
        ) AS "t6"
      ) AS "t7"
      GROUP BY
        1
    ) AS "t8"
    WHERE
      "t8"."first_ns" IS NOT NULL
  ) AS "t9"
) AS "t11"
LEFT OUTER JOIN (
  SELECT
    "t1"."_key_0_name",
    ROW_NUMBER() OVER (
      ORDER BY "t1"."_key_0_name" ASC
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) - 1 AS "_key_0_code"
  FROM (
    SELECT DISTINCT
      CAST("t0"."flow_id" AS TEXT) AS "_key_0_name"
    FROM "segments" AS "t0"
    WHERE
      "t0"."start_ns" < 1756003600000000000
      AND "t0"."end_ns" > 1756000000000000000
      AND "t0"."start_ns" < "t0"."end_ns"
      AND CAST("t0"."flow_id" AS TEXT) IS NOT NULL
  ) AS "t1"
) AS "t5"
  ON "t11"."_key_0" = "t5"."_key_0_code"
