-- Is there any row of which this is true: a segment shows an object that is not there?
-- What would mend it: register the object again, or delete the segment
SELECT
  'segment_without_object' AS "check",
  'error' AS "severity",
  'segments' AS "entity",
  COALESCE(COALESCE("t5"."flow_id", '?') || '@' || COALESCE("t5"."timerange", '?'), '?') AS "id",
  COALESCE('there is no object ' || "t5"."object_id", '?') AS "detail"
FROM (
  SELECT
    "t4"."flow_id",
    "t4"."object_id",
    "t4"."start_ns",
    "t4"."end_ns",
    "t4"."timerange"
  FROM (
    SELECT
      "t0"."flow_id",
      "t0"."object_id",
      "t0"."start_ns",
      "t0"."end_ns",
      "t0"."timerange"
    FROM "segments" AS "t0"
  ) AS "t4"
  ANTI JOIN "objects" AS "t2"
    ON "t4"."object_id" = "t2"."id"
) AS "t5"
