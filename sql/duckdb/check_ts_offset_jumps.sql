-- Is there any row of which this is true: a segment's ts_offset is not that of its two neighbours, which agree?
-- What would mend it: delete it and register it again with the ts_offset of its neighbours
WITH "t3" AS (
  SELECT
    "t1"."flow_id",
    "t1"."object_id",
    "t1"."start_ns",
    "t1"."end_ns",
    "t1"."timerange",
    "t1"."ts_offset_ns"
  FROM "segments" AS "t1"
)
SELECT
  'ts_offset_jumps' AS "check",
  'warn' AS "severity",
  'segments' AS "entity",
  COALESCE(COALESCE("t14"."flow_id", '?') || '@' || COALESCE("t14"."timerange", '?'), '?') AS "id",
  COALESCE(
    'its ts_offset is ' || CASE WHEN "t14"."ts_offset_ns" < 0 THEN '-' ELSE '' END || CASE
      WHEN CAST(ABS("t14"."ts_offset_ns" - (
        "t14"."ts_offset_ns" % 1000000000
      )) AS TEXT) = '0'
      THEN '0'
      ELSE SUBSTRING(
        CAST(ABS("t14"."ts_offset_ns" - (
          "t14"."ts_offset_ns" % 1000000000
        )) AS TEXT),
        CASE
          WHEN (
            0 + 1
          ) >= 1
          THEN 0 + 1
          ELSE 0 + 1 + LENGTH(
            CAST(ABS("t14"."ts_offset_ns" - (
              "t14"."ts_offset_ns" % 1000000000
            )) AS TEXT)
          )
        END,
        LENGTH(
          CAST(ABS("t14"."ts_offset_ns" - (
            "t14"."ts_offset_ns" % 1000000000
          )) AS TEXT)
        ) - 9
      )
    END || ':' || CAST(ABS("t14"."ts_offset_ns" % 1000000000) AS TEXT) || ', both neighbours have ' || CASE WHEN "t14"."before_ns" < 0 THEN '-' ELSE '' END || CASE
      WHEN CAST(ABS("t14"."before_ns" - (
        "t14"."before_ns" % 1000000000
      )) AS TEXT) = '0'
      THEN '0'
      ELSE SUBSTRING(
        CAST(ABS("t14"."before_ns" - (
          "t14"."before_ns" % 1000000000
        )) AS TEXT),
        CASE
          WHEN (
            0 + 1
          ) >= 1
          THEN 0 + 1
          ELSE 0 + 1 + LENGTH(CAST(ABS("t14"."before_ns" - (
            "t14"."before_ns" % 1000000000
          )) AS TEXT))
        END,
        LENGTH(CAST(ABS("t14"."before_ns" - (
          "t14"."before_ns" % 1000000000
        )) AS TEXT)) - 9
      )
    END || ':' || CAST(ABS("t14"."before_ns" % 1000000000) AS TEXT),
    '?'
  ) AS "detail"
FROM (
  SELECT
    "t13"."flow_id",
    "t13"."object_id",
    "t13"."start_ns",
    "t13"."end_ns",
    "t13"."timerange",
    "t13"."ts_offset_ns",
    "t13"."before_ns",
    "t13"."after_ns"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t10"."flow_id",
        "t10"."object_id",
        "t10"."start_ns",
        "t10"."end_ns",
        "t10"."timerange",
        "t10"."ts_offset_ns",
        LAG("t10"."ts_offset_ns") OVER (
          PARTITION BY "t10"."flow_id"
          ORDER BY "t10"."start_ns" ASC, "t10"."end_ns" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) AS "before_ns",
        LEAD("t10"."ts_offset_ns") OVER (
          PARTITION BY "t10"."flow_id"
          ORDER BY "t10"."start_ns" ASC, "t10"."end_ns" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) AS "after_ns"
      FROM (
        SELECT
          "t6"."flow_id",
          "t6"."object_id",
          "t6"."start_ns",
          "t6"."end_ns",
          "t6"."timerange",
          "t6"."ts_offset_ns"
        FROM "t3" AS "t6"
        SEMI JOIN (
          SELECT
            "t7"."flow_id" AS "varying"
          FROM (
            SELECT
              "t5"."flow_id",
              MIN("t5"."ts_offset_ns") AS "least",
              MAX("t5"."ts_offset_ns") AS "most"
            FROM "t3" AS "t5"
            GROUP BY
              1
          ) AS "t7"
          WHERE
            "t7"."least" < "t7"."most"
        ) AS "t9"
          ON "t6"."flow_id" = "t9"."varying"
      ) AS "t10"
    ) AS "t11"
    WHERE
      "t11"."before_ns" = "t11"."after_ns"
      AND "t11"."ts_offset_ns" <> "t11"."before_ns"
  ) AS "t13"
  SEMI JOIN (
    SELECT
      "t0"."id" AS "made",
      "t0"."first_flow_id" AS "maker"
    FROM "objects" AS "t0"
  ) AS "t4"
    ON "t13"."object_id" = "t4"."made" AND "t13"."flow_id" = "t4"."maker"
) AS "t14"
