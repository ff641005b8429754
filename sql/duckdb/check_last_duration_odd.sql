-- Is there any row of which this is true: a segment's last sample is none, or too long?
-- What would mend it: delete it and register it again with the length of its last sample
WITH "t2" AS (
  SELECT
    "t1"."flow_id",
    "t1"."object_id",
    "t1"."start_ns",
    "t1"."end_ns",
    "t1"."timerange",
    "t1"."last_duration"
  FROM "segments" AS "t1"
  WHERE
    "t1"."last_duration" IS NOT NULL
)
SELECT
  'last_duration_odd' AS "check",
  'warn' AS "severity",
  'segments' AS "entity",
  COALESCE(COALESCE("t20"."flow_id", '?') || '@' || COALESCE("t20"."timerange", '?'), '?') AS "id",
  COALESCE('its last_duration is ' || "t20"."last_duration", '?') AS "detail"
FROM (
  SELECT DISTINCT
    "t19"."flow_id",
    "t19"."object_id",
    "t19"."start_ns",
    "t19"."end_ns",
    "t19"."timerange",
    "t19"."last_duration"
  FROM (
    SELECT
      "t18"."flow_id",
      "t18"."object_id",
      "t18"."start_ns",
      "t18"."end_ns",
      "t18"."timerange",
      "t18"."last_duration",
      "t18"."last_ns",
      "t18"."duration_ns",
      "t6"."of",
      "t6"."num",
      "t6"."den"
    FROM (
      SELECT
        "t16"."flow_id",
        "t16"."object_id",
        "t16"."start_ns",
        "t16"."end_ns",
        "t16"."timerange",
        "t16"."last_duration",
        CASE
          WHEN (
            (
              STRPOS("t16"."last_duration", ':') - 1
            ) > 0
          )
          AND (
            LENGTH(
              SUBSTRING(
                "t16"."last_duration",
                CASE WHEN (
                  0 + 1
                ) >= 1 THEN 0 + 1 ELSE 0 + 1 + LENGTH("t16"."last_duration") END,
                STRPOS("t16"."last_duration", ':') - 1
              )
            ) <= 11
          )
          THEN (
            (
              ABS(
                CAST(TRY_CAST(SUBSTRING(
                  "t16"."last_duration",
                  CASE WHEN (
                    0 + 1
                  ) >= 1 THEN 0 + 1 ELSE 0 + 1 + LENGTH("t16"."last_duration") END,
                  STRPOS("t16"."last_duration", ':') - 1
                ) AS BIGINT) AS DECIMAL(38, 0))
              ) * 1000000000
            ) + CAST(TRY_CAST(SUBSTRING(
              "t16"."last_duration",
              CASE
                WHEN (
                  (
                    STRPOS("t16"."last_duration", ':') - 1
                  ) + 1 + 1
                ) >= 1
                THEN (
                  STRPOS("t16"."last_duration", ':') - 1
                ) + 1 + 1
                ELSE (
                  STRPOS("t16"."last_duration", ':') - 1
                ) + 1 + 1 + LENGTH("t16"."last_duration")
              END
            ) AS BIGINT) AS DECIMAL(38, 0))
          ) * CAST(CASE WHEN STARTS_WITH("t16"."last_duration", '-') THEN -1 ELSE 1 END AS DECIMAL(38, 0))
          ELSE CAST(NULL AS DECIMAL(38, 0))
        END AS "last_ns",
        CASE
          WHEN "t16"."start_ns" BETWEEN -4611686018427387903 AND 4611686018427387903
          AND "t16"."end_ns" BETWEEN -4611686018427387903 AND 4611686018427387903
          THEN "t16"."end_ns" - "t16"."start_ns"
          ELSE CAST(CASE
            WHEN (
              CAST("t16"."end_ns" AS DECIMAL(38, 0)) - CAST("t16"."start_ns" AS DECIMAL(38, 0))
            ) > 9223372036854775807
            THEN 9223372036854775807
            WHEN (
              CAST("t16"."end_ns" AS DECIMAL(38, 0)) - CAST("t16"."start_ns" AS DECIMAL(38, 0))
            ) < -9223372036854775808
            THEN -9223372036854775808
            ELSE CAST("t16"."end_ns" AS DECIMAL(38, 0)) - CAST("t16"."start_ns" AS DECIMAL(38, 0))
          END AS BIGINT)
        END AS "duration_ns"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t7"."flow_id",
            "t7"."object_id",
            "t7"."start_ns",
            "t7"."end_ns",
            "t7"."timerange",
            "t7"."last_duration"
          FROM "t2" AS "t7"
          SEMI JOIN (
            SELECT
              "t12"."flow_id" AS "_their_flow_id",
              "t12"."last_duration" AS "_their_last_duration"
            FROM (
              SELECT DISTINCT
                "t11"."flow_id",
                "t11"."last_duration"
              FROM (
                SELECT
                  "t10"."flow_id",
                  "t10"."last_duration",
                  "t10"."duration_ns",
                  "t10"."last_ns",
                  "t6"."of",
                  "t6"."num",
                  "t6"."den"
                FROM (
                  SELECT
                    "t8"."flow_id",
                    "t8"."last_duration",
                    "t8"."duration_ns",
                    CASE
                      WHEN (
                        (
                          STRPOS("t8"."last_duration", ':') - 1
                        ) > 0
                      )
                      AND (
                        LENGTH(
                          SUBSTRING(
                            "t8"."last_duration",
                            CASE WHEN (
                              0 + 1
                            ) >= 1 THEN 0 + 1 ELSE 0 + 1 + LENGTH("t8"."last_duration") END,
                            STRPOS("t8"."last_duration", ':') - 1
                          )
                        ) <= 11
                      )
                      THEN (
                        (
                          ABS(
                            CAST(TRY_CAST(SUBSTRING(
                              "t8"."last_duration",
                              CASE WHEN (
                                0 + 1
                              ) >= 1 THEN 0 + 1 ELSE 0 + 1 + LENGTH("t8"."last_duration") END,
                              STRPOS("t8"."last_duration", ':') - 1
                            ) AS BIGINT) AS DECIMAL(38, 0))
                          ) * 1000000000
                        ) + CAST(TRY_CAST(SUBSTRING(
                          "t8"."last_duration",
                          CASE
                            WHEN (
                              (
                                STRPOS("t8"."last_duration", ':') - 1
                              ) + 1 + 1
                            ) >= 1
                            THEN (
                              STRPOS("t8"."last_duration", ':') - 1
                            ) + 1 + 1
                            ELSE (
                              STRPOS("t8"."last_duration", ':') - 1
                            ) + 1 + 1 + LENGTH("t8"."last_duration")
                          END
                        ) AS BIGINT) AS DECIMAL(38, 0))
                      ) * CAST(CASE WHEN STARTS_WITH("t8"."last_duration", '-') THEN -1 ELSE 1 END AS DECIMAL(38, 0))
                      ELSE CAST(NULL AS DECIMAL(38, 0))
                    END AS "last_ns"
                  FROM (
                    SELECT
                      "t4"."flow_id",
                      "t4"."last_duration",
                      MIN(
                        CASE
                          WHEN "t4"."start_ns" BETWEEN -4611686018427387903 AND 4611686018427387903
                          AND "t4"."end_ns" BETWEEN -4611686018427387903 AND 4611686018427387903
                          THEN "t4"."end_ns" - "t4"."start_ns"
                          ELSE CAST(CASE
                            WHEN (
                              CAST("t4"."end_ns" AS DECIMAL(38, 0)) - CAST("t4"."start_ns" AS DECIMAL(38, 0))
                            ) > 9223372036854775807
                            THEN 9223372036854775807
                            WHEN (
                              CAST("t4"."end_ns" AS DECIMAL(38, 0)) - CAST("t4"."start_ns" AS DECIMAL(38, 0))
                            ) < -9223372036854775808
                            THEN -9223372036854775808
                            ELSE CAST("t4"."end_ns" AS DECIMAL(38, 0)) - CAST("t4"."start_ns" AS DECIMAL(38, 0))
                          END AS BIGINT)
                        END
                      ) AS "duration_ns"
                    FROM "t2" AS "t4"
                    GROUP BY
                      1,
                      2
                  ) AS "t8"
                ) AS "t10"
                LEFT OUTER JOIN (
                  SELECT DISTINCT
                    "t0"."id" AS "of",
                    "t0"."frame_rate_num" AS "num",
                    "t0"."frame_rate_den" AS "den"
                  FROM "flows" AS "t0"
                  WHERE
                    "t0"."frame_rate_num" > 0
                    AND "t0"."frame_rate_den" > 0
                    AND NOT (
                      COALESCE("t0"."vfr", FALSE)
                    )
                ) AS "t6"
                  ON "t10"."flow_id" = "t6"."of"
              ) AS "t11"
              WHERE
                (
                  "t11"."last_ns" IS NULL
                )
                OR (
                  (
                    "t11"."last_ns" <= 0
                  ) OR (
                    "t11"."last_ns" > "t11"."duration_ns"
                  )
                )
                OR (
                  (
                    "t11"."last_ns" * "t11"."num"
                  ) >= (
                    (
                      CAST("t11"."den" AS DECIMAL(38, 0)) * 1000000000
                    ) + "t11"."num"
                  )
                )
            ) AS "t12"
          ) AS "t14"
            ON "t7"."flow_id" = "t14"."_their_flow_id"
            AND "t7"."last_duration" = "t14"."_their_last_duration"
        ) AS "t15"
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            CAST("t1"."flow_id" AS TEXT) AS "flow_id",
            CAST("t1"."object_id" AS TEXT) AS "object_id",
            CAST("t1"."start_ns" AS BIGINT) AS "start_ns",
            CAST("t1"."end_ns" AS BIGINT) AS "end_ns",
            CAST("t1"."timerange" AS TEXT) AS "timerange",
            "t1"."last_duration"
          FROM "segments" AS "t1"
          WHERE
            "t1"."last_duration" IS NOT NULL
            AND (
              (
                "t1"."flow_id" IS NULL
              ) OR (
                "t1"."last_duration" IS NULL
              )
            )
        ) AS "t5"
      ) AS "t16"
    ) AS "t18"
    LEFT OUTER JOIN (
      SELECT DISTINCT
        "t0"."id" AS "of",
        "t0"."frame_rate_num" AS "num",
        "t0"."frame_rate_den" AS "den"
      FROM "flows" AS "t0"
      WHERE
        "t0"."frame_rate_num" > 0
        AND "t0"."frame_rate_den" > 0
        AND NOT (
          COALESCE("t0"."vfr", FALSE)
        )
    ) AS "t6"
      ON "t18"."flow_id" = "t6"."of"
  ) AS "t19"
  WHERE
    (
      "t19"."last_ns" IS NULL
    )
    OR (
      (
        "t19"."last_ns" <= 0
      ) OR (
        "t19"."last_ns" > "t19"."duration_ns"
      )
    )
    OR (
      (
        "t19"."last_ns" * "t19"."num"
      ) >= (
        (
          CAST("t19"."den" AS DECIMAL(38, 0)) * 1000000000
        ) + "t19"."num"
      )
    )
) AS "t20"
