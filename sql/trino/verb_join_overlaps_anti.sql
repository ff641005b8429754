-- Which segments are in no clip of their flow?
SELECT
  "t5"."flow_id",
  "t5"."object_id",
  "t5"."start_ns",
  "t5"."end_ns"
FROM (
  SELECT
    "t4"."flow_id",
    "t4"."object_id",
    "t4"."start_ns",
    "t4"."end_ns",
    "t4"."_point",
    "t4"."_theirs",
    "t4"."_end",
    MAX("t4"."_end") OVER (
      PARTITION BY "t4"."flow_id"
      ORDER BY "t4"."_point" ASC, "t4"."_theirs" ASC
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 preceding
    ) AS "_until"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        CAST("t0"."flow_id" AS VARCHAR) AS "flow_id",
        "t0"."object_id",
        CAST("t0"."start_ns" AS BIGINT) AS "start_ns",
        CAST("t0"."end_ns" AS BIGINT) AS "end_ns",
        CAST("t0"."end_ns" AS BIGINT) AS "_point",
        0 AS "_theirs",
        CAST(NULL AS BIGINT) AS "_end"
      FROM "segments" AS "t0"
      WHERE
        "t0"."start_ns" < "t0"."end_ns"
    ) AS "t2"
    UNION ALL
    SELECT
      *
    FROM (
      SELECT
        CAST("t1"."flow_id" AS VARCHAR) AS "flow_id",
        CAST(NULL AS VARCHAR) AS "object_id",
        CAST(NULL AS BIGINT) AS "start_ns",
        CAST(NULL AS BIGINT) AS "end_ns",
        CAST("t1"."start_ns" AS BIGINT) AS "_point",
        1 AS "_theirs",
        CAST("t1"."end_ns" AS BIGINT) AS "_end"
      FROM "clips" AS "t1"
      WHERE
        "t1"."start_ns" < "t1"."end_ns" AND CAST("t1"."flow_id" AS VARCHAR) IS NOT NULL
    ) AS "t3"
  ) AS "t4"
) AS "t5"
WHERE
  "t5"."_theirs" = 0 AND NOT (
    COALESCE("t5"."_until" > "t5"."start_ns", FALSE)
  )
