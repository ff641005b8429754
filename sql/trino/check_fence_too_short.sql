-- Is there any row of which this is true: a flow has a longer segment than its fence says, which questions will not find?
-- What would mend it: write any segment of the flow again, or raise max_segment_ns
SELECT
  'fence_too_short' AS "check",
  'error' AS "severity",
  'flows' AS "entity",
  COALESCE("t8"."id", '?') AS "id",
  COALESCE(
    CONCAT(
      CONCAT(
        CONCAT('has a segment of ', CONCAT(CAST("t8"."longest_ns" AS VARCHAR), ' ns')),
        ', its fence says '
      ),
      CAST("t8"."fence_ns" AS VARCHAR)
    ),
    '?'
  ) AS "detail"
FROM (
  SELECT
    "t7"."id",
    "t7"."longest_ns",
    COALESCE("t5"."fence_ns", 0) AS "fence_ns"
  FROM (
    SELECT
      "t0"."flow_id" AS "id",
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
      ) AS "longest_ns"
    FROM "segments" AS "t0"
    GROUP BY
      1
  ) AS "t7"
  LEFT OUTER JOIN (
    SELECT
      "t2"."flow_id" AS "fenced",
      MAX("t2"."max_segment_ns") AS "fence_ns"
    FROM "flow_fences" AS "t2"
    GROUP BY
      1
  ) AS "t5"
    ON "t7"."id" = "t5"."fenced"
  WHERE
    EXISTS(
      SELECT
        1
      FROM "flows" AS "t3"
      WHERE
        "t7"."id" = "t3"."id"
    )
) AS "t8"
WHERE
  "t8"."longest_ns" > "t8"."fence_ns"
