-- What is missing of each flow in one hour, if longer than a fifth of a second?
-- Its window: [1756000000:0_1756003600:0), from 2025-08-24T01:46:03Z to 2025-08-24T02:46:03Z
WITH "t1" AS (
  SELECT DISTINCT
    CAST("t0"."flow_id" AS TEXT) AS "flow_id"
  FROM "segments" AS "t0"
  WHERE
    "t0"."start_ns" < 1756003600000000000
    AND "t0"."end_ns" > 1756000000000000000
    AND "t0"."start_ns" < "t0"."end_ns"
), "t7" AS (
  SELECT
    *
  FROM (
    SELECT
      *
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
    UNION ALL
    SELECT
      *
    FROM (
      SELECT
        "t2"."flow_id",
        1756000000000000000 AS "start_ns",
        1756000000000000000 AS "end_ns"
      FROM "t1" AS "t2"
    ) AS "t5"
  ) AS "t6"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      "t2"."flow_id",
      1756003600000000000 AS "start_ns",
      1756003600000000000 AS "end_ns"
    FROM "t1" AS "t2"
  ) AS "t4"
)
SELECT
  "t12"."_key_0_name" AS "flow_id",
  "t16"."start_ns",
  "t16"."end_ns"
FROM (
  SELECT
    "t14"."_key_0",
    "t14"."_until" AS "start_ns",
    "t14"."start_ns" AS "end_ns"
  FROM (
    SELECT
      "t13"."_key_0",
      "t13"."start_ns",
      "t13"."end_ns",
      MAX("t13"."end_ns") OVER (
        PARTITION BY "t13"."_key_0"
        ORDER BY "t13"."start_ns" ASC
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 preceding
      ) AS "_until"
    FROM (
      SELECT
        "t12"."_key_0_code" AS "_key_0",
        "t9"."start_ns",
        "t9"."end_ns"
      FROM "t7" AS "t9"
      LEFT OUTER JOIN (
        SELECT
          "t10"."_key_0_name",
          ROW_NUMBER() OVER (
            ORDER BY "t10"."_key_0_name" ASC
            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
          ) - 1 AS "_key_0_code"
        FROM (
          SELECT DISTINCT
            "t8"."flow_id" AS "_key_0_name"
          FROM "t7" AS "t8"
          WHERE
            "t8"."flow_id" IS NOT NULL
        ) AS "t10"
      ) AS "t12"
        ON "t9"."flow_id" = "t12"."_key_0_name"
    ) AS "t13"
  ) AS "t14"
  WHERE
    "t14"."start_ns" > "t14"."_until"
    AND (
      CAST("t14"."start_ns" AS DECIMAL(38, 0)) - CAST("t14"."_until" AS DECIMAL(38, 0))
    ) >= CAST(200000000 AS DECIMAL(38, 0))
) AS "t16"
LEFT OUTER JOIN (
  SELECT
    "t10"."_key_0_name",
    ROW_NUMBER() OVER (
      ORDER BY "t10"."_key_0_name" ASC
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) - 1 AS "_key_0_code"
  FROM (
    SELECT DISTINCT
      "t8"."flow_id" AS "_key_0_name"
    FROM "t7" AS "t8"
    WHERE
      "t8"."flow_id" IS NOT NULL
  ) AS "t10"
) AS "t12"
  ON "t16"."_key_0" = "t12"."_key_0_code"
