-- Is there any row of which this is true: a segment's last sample is none, or too long?
-- What would mend it: delete it and register it again with the length of its last sample
SELECT
  'last_duration_odd' AS "check",
  'warn' AS "severity",
  'segments' AS "entity",
  COALESCE(COALESCE("t7"."flow_id", '?') || '@' || COALESCE("t7"."timerange", '?'), '?') AS "id",
  COALESCE('its last_duration is ' || "t7"."last_duration", '?') AS "detail"
FROM (
  SELECT DISTINCT
    "t6"."flow_id",
    "t6"."object_id",
    "t6"."start_ns",
    "t6"."end_ns",
    "t6"."timerange",
    "t6"."last_duration"
  FROM (
    SELECT
      "t5"."flow_id",
      "t5"."object_id",
      "t5"."start_ns",
      "t5"."end_ns",
      "t5"."timerange",
      "t5"."last_duration",
      "t5"."last_ns",
      "t3"."of",
      "t3"."num",
      "t3"."den"
    FROM (
      SELECT
        "t0"."flow_id",
        "t0"."object_id",
        "t0"."start_ns",
        "t0"."end_ns",
        "t0"."timerange",
        "t0"."last_duration",
        CASE
          WHEN (
            (
              STRPOS("t0"."last_duration", ':') - 1
            ) > 0
          )
          AND (
            LENGTH(
              SUBSTRING(
                "t0"."last_duration",
                CASE WHEN (
                  0 + 1
                ) >= 1 THEN 0 + 1 ELSE 0 + 1 + LENGTH("t0"."last_duration") END,
                STRPOS("t0"."last_duration", ':') - 1
              )
            ) <= 11
          )
          THEN (
            (
              ABS(
                CAST(TRY_CAST(SUBSTRING(
                  "t0"."last_duration",
                  CASE WHEN (
                    0 + 1
                  ) >= 1 THEN 0 + 1 ELSE 0 + 1 + LENGTH("t0"."last_duration") END,
                  STRPOS("t0"."last_duration", ':') - 1
                ) AS BIGINT) AS DECIMAL(38, 0))
              ) * 1000000000
            ) + CAST(TRY_CAST(SUBSTRING(
              "t0"."last_duration",
              CASE
                WHEN (
                  (
                    STRPOS("t0"."last_duration", ':') - 1
                  ) + 1 + 1
                ) >= 1
                THEN (
                  STRPOS("t0"."last_duration", ':') - 1
                ) + 1 + 1
                ELSE (
                  STRPOS("t0"."last_duration", ':') - 1
                ) + 1 + 1 + LENGTH("t0"."last_duration")
              END
            ) AS BIGINT) AS DECIMAL(38, 0))
          ) * CAST(CASE WHEN STARTS_WITH("t0"."last_duration", '-') THEN -1 ELSE 1 END AS DECIMAL(38, 0))
          ELSE CAST(NULL AS DECIMAL(38, 0))
        END AS "last_ns"
      FROM "segments" AS "t0"
      WHERE
        "t0"."last_duration" IS NOT NULL
    ) AS "t5"
    LEFT OUTER JOIN (
      SELECT DISTINCT
        "t1"."id" AS "of",
        "t1"."frame_rate_num" AS "num",
        "t1"."frame_rate_den" AS "den"
      FROM "flows" AS "t1"
      WHERE
        "t1"."frame_rate_num" > 0
        AND "t1"."frame_rate_den" > 0
        AND NOT (
          COALESCE("t1"."vfr", FALSE)
        )
    ) AS "t3"
      ON "t5"."flow_id" = "t3"."of"
  ) AS "t6"
  WHERE
    (
      "t6"."last_ns" IS NULL
    )
    OR (
      (
        "t6"."last_ns" <= 0
      )
      OR (
        "t6"."last_ns" > CASE
          WHEN "t6"."start_ns" BETWEEN -4611686018427387903 AND 4611686018427387903
          AND "t6"."end_ns" BETWEEN -4611686018427387903 AND 4611686018427387903
          THEN "t6"."end_ns" - "t6"."start_ns"
          ELSE CAST(CASE
            WHEN (
              CAST("t6"."end_ns" AS DECIMAL(38, 0)) - CAST("t6"."start_ns" AS DECIMAL(38, 0))
            ) > 9223372036854775807
            THEN 9223372036854775807
            WHEN (
              CAST("t6"."end_ns" AS DECIMAL(38, 0)) - CAST("t6"."start_ns" AS DECIMAL(38, 0))
            ) < -9223372036854775808
            THEN -9223372036854775808
            ELSE CAST("t6"."end_ns" AS DECIMAL(38, 0)) - CAST("t6"."start_ns" AS DECIMAL(38, 0))
          END AS BIGINT)
        END
      )
    )
    OR (
      (
        "t6"."last_ns" * "t6"."num"
      ) >= (
        (
          CAST("t6"."den" AS DECIMAL(38, 0)) * 1000000000
        ) + "t6"."num"
      )
    )
) AS "t7"
