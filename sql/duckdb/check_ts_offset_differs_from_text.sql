-- Is there any row of which this is true: a segment's ts_offset says other nanoseconds than are subtracted?
-- What would mend it: delete it and register it again by its text
SELECT
  'ts_offset_differs_from_text' AS "check",
  'error' AS "severity",
  'segments' AS "entity",
  COALESCE(COALESCE("t0"."flow_id", '?') || '@' || COALESCE("t0"."timerange", '?'), '?') AS "id",
  COALESCE(
    'its ts_offset is ' || COALESCE("t0"."ts_offset", 'none') || ' as text, and ' || CASE WHEN "t0"."ts_offset_ns" < 0 THEN '-' ELSE '' END || CASE
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
    END || ':' || CAST(ABS("t0"."ts_offset_ns" % 1000000000) AS TEXT),
    '?'
  ) AS "detail"
FROM "segments" AS "t0"
WHERE
  (
    (
      "t0"."ts_offset" IS NULL
    ) AND (
      "t0"."ts_offset_ns" <> 0
    )
  )
  OR (
    (
      "t0"."ts_offset" IS NOT NULL
    )
    AND (
      "t0"."ts_offset" <> CASE WHEN "t0"."ts_offset_ns" < 0 THEN '-' ELSE '' END || CASE
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
    )
  )
