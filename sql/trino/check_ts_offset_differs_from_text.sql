-- Is there any row of which this is true: a segment's ts_offset says other nanoseconds than are subtracted?
-- What would mend it: delete it and register it again by its text
SELECT
  'ts_offset_differs_from_text' AS "check",
  'error' AS "severity",
  'segments' AS "entity",
  COALESCE(
    CONCAT(CONCAT(COALESCE("t3"."flow_id", '?'), '@'), COALESCE("t3"."timerange", '?')),
    '?'
  ) AS "id",
  COALESCE(
    CONCAT(
      CONCAT(CONCAT('its ts_offset is ', COALESCE("t3"."ts_offset", 'none')), ' as text, and '),
      CONCAT(
        CONCAT(
          CONCAT(
            IF("t3"."ts_offset_ns" < 0, '-', ''),
            IF(
              CAST(ABS("t3"."ts_offset_ns" - (
                "t3"."ts_offset_ns" % 1000000000
              )) AS VARCHAR) = '0',
              '0',
              SUBSTRING(
                CAST(ABS("t3"."ts_offset_ns" - (
                  "t3"."ts_offset_ns" % 1000000000
                )) AS VARCHAR),
                IF(
                  (
                    0 + 1
                  ) >= 1,
                  0 + 1,
                  0 + 1 + LENGTH(
                    CAST(ABS("t3"."ts_offset_ns" - (
                      "t3"."ts_offset_ns" % 1000000000
                    )) AS VARCHAR)
                  )
                ),
                LENGTH(
                  CAST(ABS("t3"."ts_offset_ns" - (
                    "t3"."ts_offset_ns" % 1000000000
                  )) AS VARCHAR)
                ) - 9
              )
            )
          ),
          ':'
        ),
        CAST(ABS("t3"."ts_offset_ns" % 1000000000) AS VARCHAR)
      )
    ),
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
          "t0"."ts_offset" = CONCAT(
            CONCAT(
              CAST(CAST(IF(
                ABS(
                  (
                    CAST((
                      "t0"."ts_offset_ns" - (
                        "t0"."ts_offset_ns" % 1000000000
                      )
                    ) AS DOUBLE) / 1000000000
                  ) - TRUNCATE(
                    CAST((
                      "t0"."ts_offset_ns" - (
                        "t0"."ts_offset_ns" % 1000000000
                      )
                    ) AS DOUBLE) / 1000000000
                  )
                ) = 0.5,
                ROUND(
                  CAST((
                    CAST((
                      "t0"."ts_offset_ns" - (
                        "t0"."ts_offset_ns" % 1000000000
                      )
                    ) AS DOUBLE) / 1000000000
                  ) AS DOUBLE) / 2
                ) * 2,
                ROUND(
                  CAST((
                    "t0"."ts_offset_ns" - (
                      "t0"."ts_offset_ns" % 1000000000
                    )
                  ) AS DOUBLE) / 1000000000
                )
              ) AS BIGINT) AS VARCHAR),
              ':'
            ),
            CAST("t0"."ts_offset_ns" % 1000000000 AS VARCHAR)
          )
        )
      )
      AND "t0"."ts_offset" <> CONCAT(
        CONCAT(
          CONCAT(
            IF("t0"."ts_offset_ns" < 0, '-', ''),
            IF(
              CAST(ABS("t0"."ts_offset_ns" - (
                "t0"."ts_offset_ns" % 1000000000
              )) AS VARCHAR) = '0',
              '0',
              SUBSTRING(
                CAST(ABS("t0"."ts_offset_ns" - (
                  "t0"."ts_offset_ns" % 1000000000
                )) AS VARCHAR),
                IF(
                  (
                    0 + 1
                  ) >= 1,
                  0 + 1,
                  0 + 1 + LENGTH(
                    CAST(ABS("t0"."ts_offset_ns" - (
                      "t0"."ts_offset_ns" % 1000000000
                    )) AS VARCHAR)
                  )
                ),
                LENGTH(
                  CAST(ABS("t0"."ts_offset_ns" - (
                    "t0"."ts_offset_ns" % 1000000000
                  )) AS VARCHAR)
                ) - 9
              )
            )
          ),
          ':'
        ),
        CAST(ABS("t0"."ts_offset_ns" % 1000000000) AS VARCHAR)
      )
  ) AS "t2"
) AS "t3"
