-- Is there any row of which this is true: a segment's ts_offset says other nanoseconds than are subtracted?
-- What would mend it: delete it and register it again by its text
SELECT
  'ts_offset_differs_from_text' AS "check",
  'error' AS "severity",
  'segments' AS "entity",
  COALESCE(COALESCE("t3"."flow_id", '?') || '@' || COALESCE("t3"."timerange", '?'), '?') AS "id",
  COALESCE(
    'its ts_offset is ' || COALESCE("t3"."ts_offset", 'none') || ' as text, and ' || CASE WHEN "t3"."ts_offset_ns" < 0 THEN '-' ELSE '' END || CASE
      WHEN CAST(ABS("t3"."ts_offset_ns" - (
        "t3"."ts_offset_ns" % 1000000000
      )) AS TEXT) = '0'
      THEN '0'
      ELSE SUBSTRING(
        CAST(ABS("t3"."ts_offset_ns" - (
          "t3"."ts_offset_ns" % 1000000000
        )) AS TEXT),
        CASE
          WHEN (
            0 + 1
          ) >= 1
          THEN 0 + 1
          ELSE 0 + 1 + LENGTH(CAST(ABS("t3"."ts_offset_ns" - (
            "t3"."ts_offset_ns" % 1000000000
          )) AS TEXT))
        END,
        LENGTH(CAST(ABS("t3"."ts_offset_ns" - (
          "t3"."ts_offset_ns" % 1000000000
        )) AS TEXT)) - 9
      )
    END || ':' || CAST(ABS("t3"."ts_offset_ns" % 1000000000) AS TEXT),
    '?'
  ) AS "detail"
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t0"."flow_id",
      "t0"."object_id",
      "t0"."start_ns",
      "t0"."end_ns",
      "t0"."timerange",
      "t0"."ts_offset",
      "t0"."ts_offset_ns"
    FROM "segments" AS "t0"
    WHERE
      "t0"."ts_offset" IS NULL AND "t0"."ts_offset_ns" <> 0
  ) AS "t1"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      "t0"."flow_id",
      "t0"."object_id",
      "t0"."start_ns",
      "t0"."end_ns",
      "t0"."timerange",
      "t0"."ts_offset",
      "t0"."ts_offset_ns"
    FROM "segments" AS "t0"
    WHERE
      "t0"."ts_offset" IS NOT NULL
      AND NOT (
        (
          "t0"."ts_offset_ns" >= 0
        )
        AND (
          "t0"."ts_offset" = CAST(CAST((
            "t0"."ts_offset_ns" - (
              "t0"."ts_offset_ns" % 1000000000
            )
          ) / 1000000000 AS BIGINT) AS TEXT) || ':' || CAST("t0"."ts_offset_ns" % 1000000000 AS TEXT)
        )
      )
      AND "t0"."ts_offset" <> CASE WHEN "t0"."ts_offset_ns" < 0 THEN '-' ELSE '' END || CASE
        WHEN CAST(ABS("t0"."ts_offset_ns" - (
          "t0"."ts_offset_ns" % 1000000000
        )) AS TEXT) = '0'
        THEN '0'
        ELSE SUBSTRING(
          CAST(ABS("t0"."ts_offset_ns" - (
            "t0"."ts_offset_ns" % 1000000000
          )) AS TEXT),
          CASE
            WHEN (
              0 + 1
            ) >= 1
            THEN 0 + 1
            ELSE 0 + 1 + LENGTH(CAST(ABS("t0"."ts_offset_ns" - (
              "t0"."ts_offset_ns" % 1000000000
            )) AS TEXT))
          END,
          LENGTH(CAST(ABS("t0"."ts_offset_ns" - (
            "t0"."ts_offset_ns" % 1000000000
          )) AS TEXT)) - 9
        )
      END || ':' || CAST(ABS("t0"."ts_offset_ns" % 1000000000) AS TEXT)
  ) AS "t2"
) AS "t3"
