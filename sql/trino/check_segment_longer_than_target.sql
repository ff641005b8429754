-- Is there any row of which this is true: a segment is more than ten times as long as its flow's segment_duration?
-- What would mend it: PUT the flow's segment_duration, or cut the object and register its parts
WITH "t2" AS (
  SELECT
    "t1"."id" AS "of",
    "t1"."segment_duration_num" AS "num",
    "t1"."segment_duration_den" AS "den"
  FROM "flows" AS "t1"
  WHERE
    "t1"."segment_duration_num" > 0 AND "t1"."segment_duration_den" > 0
)
SELECT
  'segment_longer_than_target' AS "check",
  'warn' AS "severity",
  'segments' AS "entity",
  COALESCE(
    CONCAT(CONCAT(COALESCE("t16"."flow_id", '?'), '@'), COALESCE("t16"."timerange", '?')),
    '?'
  ) AS "id",
  COALESCE(
    CONCAT(
      CONCAT(
        'is more than ten times as long as its flow''s ',
        CONCAT(CONCAT(CAST("t16"."num" AS VARCHAR), '/'), CAST("t16"."den" AS VARCHAR))
      ),
      ' s'
    ),
    '?'
  ) AS "detail"
FROM (
  SELECT DISTINCT
    *
  FROM (
    SELECT
      "t14"."flow_id",
      "t14"."object_id",
      "t14"."start_ns",
      "t14"."end_ns",
      "t14"."timerange",
      "t14"."of",
      "t14"."num",
      "t14"."den"
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
          "t7"."duration_ns",
          "t4"."of",
          "t4"."num",
          "t4"."den"
        FROM (
          SELECT
            "t0"."flow_id",
            "t0"."object_id",
            "t0"."start_ns",
            "t0"."end_ns",
            "t0"."timerange",
            CASE
              WHEN "t0"."start_ns" BETWEEN -4611686018427387903 AND 4611686018427387903
              AND "t0"."end_ns" BETWEEN -4611686018427387903 AND 4611686018427387903
              THEN "t0"."end_ns" - "t0"."start_ns"
              ELSE CAST(CASE
                WHEN (
                  CAST("t0"."end_ns" AS DECIMAL(38, 0)) - CAST("t0"."start_ns" AS DECIMAL(38, 0))
                ) > 9223372036854775807
                THEN 9223372036854775807
                WHEN (
                  CAST("t0"."end_ns" AS DECIMAL(38, 0)) - CAST("t0"."start_ns" AS DECIMAL(38, 0))
                ) < -9223372036854775808
                THEN -9223372036854775808
                ELSE CAST("t0"."end_ns" AS DECIMAL(38, 0)) - CAST("t0"."start_ns" AS DECIMAL(38, 0))
              END AS BIGINT)
            END AS "duration_ns"
          FROM "segments" AS "t0"
        ) AS "t7"
        INNER JOIN "t2" AS "t4"
          ON "t7"."flow_id" = "t4"."of"
        WHERE
          EXISTS(
            SELECT
              1
            FROM (
              SELECT DISTINCT
                "t10"."flow_id" AS "odd"
              FROM (
                SELECT
                  "t9"."flow_id",
                  "t9"."duration_ns",
                  "t5"."of",
                  "t5"."num",
                  "t5"."den"
                FROM (
                  SELECT
                    "t0"."flow_id",
                    MAX(
                      CASE
                        WHEN "t0"."start_ns" BETWEEN -4611686018427387903 AND 4611686018427387903
                        AND "t0"."end_ns" BETWEEN -4611686018427387903 AND 4611686018427387903
                        THEN "t0"."end_ns" - "t0"."start_ns"
                        ELSE CAST(CASE
                          WHEN (
                            CAST("t0"."end_ns" AS DECIMAL(38, 0)) - CAST("t0"."start_ns" AS DECIMAL(38, 0))
                          ) > 9223372036854775807
                          THEN 9223372036854775807
                          WHEN (
                            CAST("t0"."end_ns" AS DECIMAL(38, 0)) - CAST("t0"."start_ns" AS DECIMAL(38, 0))
                          ) < -9223372036854775808
                          THEN -9223372036854775808
                          ELSE CAST("t0"."end_ns" AS DECIMAL(38, 0)) - CAST("t0"."start_ns" AS DECIMAL(38, 0))
                        END AS BIGINT)
                      END
                    ) AS "duration_ns"
                  FROM "segments" AS "t0"
                  GROUP BY
                    1
                ) AS "t9"
                INNER JOIN "t2" AS "t5"
                  ON "t9"."flow_id" = "t5"."of"
              ) AS "t10"
              WHERE
                (
                  CAST("t10"."duration_ns" AS DECIMAL(38, 0)) * "t10"."den"
                ) > (
                  CAST("t10"."num" AS DECIMAL(38, 0)) * 10000000000
                )
            ) AS "t12"
            WHERE
              "t7"."flow_id" = "t12"."odd"
          )
      ) AS "t13"
      WHERE
        (
          CAST("t13"."duration_ns" AS DECIMAL(38, 0)) * "t13"."den"
        ) > (
          CAST("t13"."num" AS DECIMAL(38, 0)) * 10000000000
        )
    ) AS "t14"
  ) AS "t15"
) AS "t16"
