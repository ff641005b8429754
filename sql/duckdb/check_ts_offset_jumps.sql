-- Is there any row of which this is true: a segment's ts_offset is not that of its two neighbours, which agree?
-- What would mend it: delete it and register it again with the ts_offset of its neighbours
WITH "t3" AS (
  SELECT
    "t0"."flow_id",
    "t0"."start_ns",
    "t0"."end_ns",
    "t0"."ts_offset_ns"
  FROM "segments" AS "t0"
)
SELECT
  'ts_offset_jumps' AS "check",
  'warn' AS "severity",
  'segments' AS "entity",
  COALESCE(COALESCE("t16"."flow_id", '?') || '@' || COALESCE("t16"."timerange", '?'), '?') AS "id",
  COALESCE(
    'its ts_offset is ' || CASE WHEN "t16"."ts_offset_ns" < 0 THEN '-' ELSE '' END || CASE
      WHEN CAST(ABS("t16"."ts_offset_ns" - (
        "t16"."ts_offset_ns" % 1000000000
      )) AS TEXT) = '0'
      THEN '0'
      ELSE SUBSTRING(
        CAST(ABS("t16"."ts_offset_ns" - (
          "t16"."ts_offset_ns" % 1000000000
        )) AS TEXT),
        CASE
          WHEN (
            0 + 1
          ) >= 1
          THEN 0 + 1
          ELSE 0 + 1 + LENGTH(
            CAST(ABS("t16"."ts_offset_ns" - (
              "t16"."ts_offset_ns" % 1000000000
            )) AS TEXT)
          )
        END,
        LENGTH(
          CAST(ABS("t16"."ts_offset_ns" - (
            "t16"."ts_offset_ns" % 1000000000
          )) AS TEXT)
        ) - 9
      )
    END || ':' || CAST(ABS("t16"."ts_offset_ns" % 1000000000) AS TEXT) || ', both neighbours have ' || CASE WHEN "t16"."before_ns" < 0 THEN '-' ELSE '' END || CASE
      WHEN CAST(ABS("t16"."before_ns" - (
        "t16"."before_ns" % 1000000000
      )) AS TEXT) = '0'
      THEN '0'
      ELSE SUBSTRING(
        CAST(ABS("t16"."before_ns" - (
          "t16"."before_ns" % 1000000000
        )) AS TEXT),
        CASE
          WHEN (
            0 + 1
          ) >= 1
          THEN 0 + 1
          ELSE 0 + 1 + LENGTH(CAST(ABS("t16"."before_ns" - (
            "t16"."before_ns" % 1000000000
          )) AS TEXT))
        END,
        LENGTH(CAST(ABS("t16"."before_ns" - (
          "t16"."before_ns" % 1000000000
        )) AS TEXT)) - 9
      )
    END || ':' || CAST(ABS("t16"."before_ns" % 1000000000) AS TEXT),
    '?'
  ) AS "detail"
FROM (
  SELECT
    "t5"."flow_id",
    "t5"."object_id",
    "t5"."start_ns",
    "t5"."end_ns",
    "t5"."timerange",
    "t5"."ts_offset_ns",
    "t15"."before_ns",
    "t15"."after_ns"
  FROM (
    SELECT
      "t0"."flow_id",
      "t0"."object_id",
      "t0"."start_ns",
      "t0"."end_ns",
      "t0"."timerange",
      "t0"."ts_offset_ns"
    FROM "segments" AS "t0"
  ) AS "t5"
  INNER JOIN (
    SELECT DISTINCT
      *
    FROM (
      SELECT
        "t12"."flow_id",
        "t12"."start_ns",
        "t12"."end_ns",
        "t12"."ts_offset_ns",
        LAG("t12"."ts_offset_ns") OVER (
          PARTITION BY "t12"."flow_id"
          ORDER BY "t12"."start_ns" ASC, "t12"."end_ns" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) AS "before_ns",
        LEAD("t12"."ts_offset_ns") OVER (
          PARTITION BY "t12"."flow_id"
          ORDER BY "t12"."start_ns" ASC, "t12"."end_ns" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) AS "after_ns"
      FROM (
        SELECT
          "t8"."flow_id",
          "t8"."start_ns",
          "t8"."end_ns",
          "t8"."ts_offset_ns"
        FROM "t3" AS "t8"
        SEMI JOIN (
          SELECT
            "t9"."flow_id" AS "varying"
          FROM (
            SELECT
              "t6"."flow_id",
              MIN("t6"."ts_offset_ns") AS "least",
              MAX("t6"."ts_offset_ns") AS "most"
            FROM "t3" AS "t6"
            GROUP BY
              1
          ) AS "t9"
          WHERE
            "t9"."least" < "t9"."most"
        ) AS "t11"
          ON "t8"."flow_id" = "t11"."varying"
      ) AS "t12"
    ) AS "t13"
    WHERE
      "t13"."before_ns" = "t13"."after_ns"
      AND "t13"."ts_offset_ns" <> "t13"."before_ns"
  ) AS "t15"
    ON "t5"."flow_id" = "t15"."flow_id"
    AND "t5"."start_ns" = "t15"."start_ns"
    AND "t5"."end_ns" = "t15"."end_ns"
    AND "t5"."ts_offset_ns" = "t15"."ts_offset_ns"
  SEMI JOIN (
    SELECT
      "t1"."id" AS "made",
      "t1"."first_flow_id" AS "maker"
    FROM "objects" AS "t1"
  ) AS "t7"
    ON "t5"."object_id" = "t7"."made" AND "t5"."flow_id" = "t7"."maker"
) AS "t16"
