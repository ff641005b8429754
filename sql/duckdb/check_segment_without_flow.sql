-- Is there any row of which this is true: a segment is of a flow that is not there?
-- What would mend it: restore the flow, or delete the segment
SELECT
  'segment_without_flow' AS "check",
  'error' AS "severity",
  'segments' AS "entity",
  COALESCE(COALESCE("t12"."flow_id", '?') || '@' || COALESCE("t12"."timerange", '?'), '?') AS "id",
  COALESCE('there is no flow ' || "t12"."flow_id", '?') AS "detail"
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t7"."flow_id",
      "t7"."object_id",
      "t7"."start_ns",
      "t7"."end_ns",
      "t7"."timerange"
    FROM (
      SELECT
        "t0"."flow_id",
        "t0"."object_id",
        "t0"."start_ns",
        "t0"."end_ns",
        "t0"."timerange"
      FROM "segments" AS "t0"
    ) AS "t7"
    SEMI JOIN (
      SELECT
        "t8"."flow_id" AS "_their_flow_id"
      FROM (
        SELECT
          "t5"."flow_id"
        FROM (
          SELECT DISTINCT
            "t0"."flow_id"
          FROM "segments" AS "t0"
        ) AS "t5"
        ANTI JOIN "flows" AS "t2"
          ON "t5"."flow_id" = "t2"."id"
      ) AS "t8"
    ) AS "t10"
      ON "t7"."flow_id" = "t10"."_their_flow_id"
  ) AS "t11"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      CAST("t0"."flow_id" AS TEXT) AS "flow_id",
      CAST("t0"."object_id" AS TEXT) AS "object_id",
      CAST("t0"."start_ns" AS BIGINT) AS "start_ns",
      CAST("t0"."end_ns" AS BIGINT) AS "end_ns",
      CAST("t0"."timerange" AS TEXT) AS "timerange"
    FROM "segments" AS "t0"
    WHERE
      "t0"."flow_id" IS NULL
  ) AS "t6"
) AS "t12"
