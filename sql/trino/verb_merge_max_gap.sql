-- What does each flow cover, where a fifth of a second between segments is no gap?
SELECT
  "t5"."_key_0_name" AS "flow_id",
  "t11"."start_ns",
  "t11"."end_ns",
  "t11"."pieces"
FROM (
  SELECT
    "t9"."_key_0",
    "t9"."start_ns",
    "t9"."end_ns",
    "t9"."_pieces" AS "pieces"
  FROM (
    SELECT
      "t8"."_key_0",
      "t8"."start_ns",
      COALESCE(
        LEAD("t8"."_until") OVER (PARTITION BY "t8"."_key_0" ORDER BY "t8"."start_ns" ASC),
        "t8"."_last"
      ) AS "end_ns",
      COALESCE(
        LEAD("t8"."_before") OVER (PARTITION BY "t8"."_key_0" ORDER BY "t8"."start_ns" ASC),
        "t8"."_rows"
      ) - "t8"."_before" AS "_pieces"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t6"."_key_0",
          "t6"."start_ns",
          "t6"."end_ns",
          MAX("t6"."end_ns") OVER (
            PARTITION BY "t6"."_key_0"
            ORDER BY "t6"."start_ns" ASC
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 preceding
          ) AS "_until",
          COUNT(*) OVER (
            PARTITION BY "t6"."_key_0"
            ORDER BY "t6"."start_ns" ASC
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 preceding
          ) AS "_before",
          MAX("t6"."end_ns") OVER (
            PARTITION BY "t6"."_key_0"
            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
          ) AS "_last",
          COUNT(*) OVER (
            PARTITION BY "t6"."_key_0"
            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
          ) AS "_rows"
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
        (
          "t7"."_until" IS NULL
        )
        OR (
          (
            "t7"."start_ns" > "t7"."_until"
          )
          AND (
            (
              CAST("t7"."start_ns" AS DECIMAL(38, 0)) - CAST("t7"."_until" AS DECIMAL(38, 0))
            ) >= CAST('200000001' AS DECIMAL(38, 0))
          )
        )
    ) AS "t8"
  ) AS "t9"
) AS "t11"
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
  ON "t11"."_key_0" = "t5"."_key_0_code"
