-- Is there any row of which this is true: a segment's ts_offset says other nanoseconds than are subtracted?
-- What would mend it: delete it and register it again by its text
SELECT
  'ts_offset_differs_from_text' AS "check",
  'error' AS "severity",
  'segments' AS "entity",
  COALESCE(COALESCE("t4"."flow_id", '?') || '@' || COALESCE("t4"."timerange", '?'), '?') AS "id",
  COALESCE(
    'its ts_offset is ' || COALESCE("t4"."ts_offset", 'none') || ' as text, and ' || CASE WHEN "t4"."ts_offset_ns" < 0 THEN '-' ELSE '' END || CASE
      WHEN CAST(ABS("t4"."ts_offset_ns" - (
        "t4"."ts_offset_ns" % 1000000000
      )) AS TEXT) = '0'
      THEN '0'
      ELSE SUBSTRING(
        CAST(ABS("t4"."ts_offset_ns" - (
          "t4"."ts_offset_ns" % 1000000000
        )) AS TEXT),
        CASE
          WHEN (
            0 + 1
          ) >= 1
          THEN 0 + 1
          ELSE 0 + 1 + LENGTH(CAST(ABS("t4"."ts_offset_ns" - (
            "t4"."ts_offset_ns" % 1000000000
          )) AS TEXT))
        END,
        LENGTH(CAST(ABS("t4"."ts_offset_ns" - (
          "t4"."ts_offset_ns" % 1000000000
        )) AS TEXT)) - 9
      )
    END || ':' || CAST(ABS("t4"."ts_offset_ns" % 1000000000) AS TEXT),
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
  ) AS "t2"
  UNION ALL
  SELECT
    *
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
        "t0"."ts_offset" IS NOT NULL
    ) AS "t1"
    WHERE
      NOT (
        (
          "t1"."ts_offset_ns" >= 0
        )
        AND (
          "t1"."ts_offset" = CAST(CAST((
            "t1"."ts_offset_ns" - (
              "t1"."ts_offset_ns" % 1000000000
            )
          ) / 1000000000 AS BIGINT) AS TEXT) || ':' || CAST("t1"."ts_offset_ns" % 1000000000 AS TEXT)
        )
      )
      AND "t1"."ts_offset" <> CASE WHEN "t1"."ts_offset_ns" < 0 THEN '-' ELSE '' END || CASE
        WHEN CAST(ABS("t1"."ts_offset_ns" - (
          "t1"."ts_offset_ns" % 1000000000
        )) AS TEXT) = '0'
        THEN '0'
        ELSE SUBSTRING(
          CAST(ABS("t1"."ts_offset_ns" - (
            "t1"."ts_offset_ns" % 1000000000
          )) AS TEXT),
          CASE
            WHEN (
              0 + 1
            ) >= 1
            THEN 0 + 1
            ELSE 0 + 1 + LENGTH(CAST(ABS("t1"."ts_offset_ns" - (
              "t1"."ts_offset_ns" % 1000000000
            )) AS TEXT))
          END,
          LENGTH(CAST(ABS("t1"."ts_offset_ns" - (
            "t1"."ts_offset_ns" % 1000000000
          )) AS TEXT)) - 9
        )
      END || ':' || CAST(ABS("t1"."ts_offset_ns" % 1000000000) AS TEXT)
  ) AS "t3"
) AS "t4"
