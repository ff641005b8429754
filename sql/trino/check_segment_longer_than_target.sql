-- Is there any row of which this is true: a segment is more than ten times as long as its flow's segment_duration?
-- What would mend it: PUT the flow's segment_duration, or cut the object and register its parts
SELECT
  'segment_longer_than_target' AS "check",
  'warn' AS "severity",
  'segments' AS "entity",
  COALESCE(
    CONCAT(CONCAT(COALESCE("t7"."flow_id", '?'), '@'), COALESCE("t7"."timerange", '?')),
    '?'
  ) AS "id",
  COALESCE(
    CONCAT(
      CONCAT(
        'is more than ten times as long as its flow''s ',
        CONCAT(CONCAT(CAST("t7"."num" AS VARCHAR), '/'), CAST("t7"."den" AS VARCHAR))
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
      "t3"."flow_id",
      "t3"."object_id",
      "t3"."start_ns",
      "t3"."end_ns",
      "t3"."timerange",
      "t5"."of",
      "t5"."num",
      "t5"."den"
    FROM (
      SELECT
        "t0"."flow_id",
        "t0"."object_id",
        "t0"."start_ns",
        "t0"."end_ns",
        "t0"."timerange"
      FROM "segments" AS "t0"
    ) AS "t3"
    INNER JOIN (
      SELECT DISTINCT
        "t1"."id" AS "of",
        "t1"."segment_duration_num" AS "num",
        "t1"."segment_duration_den" AS "den"
      FROM "flows" AS "t1"
      WHERE
        "t1"."segment_duration_num" > 0 AND "t1"."segment_duration_den" > 0
    ) AS "t5"
      ON "t3"."flow_id" = "t5"."of"
  ) AS "t6"
  WHERE
    (
      CAST(CASE
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
      END AS DECIMAL(38, 0)) * "t6"."den"
    ) > (
      CAST("t6"."num" AS DECIMAL(38, 0)) * 10000000000
    )
) AS "t7"
