-- Is there any row of which this is true: only one of flow and object has to do with initialisation objects?
-- What would mend it: PUT the flow's init_segments, or register the segment with its init_object_id
SELECT
  'init_segments_differ' AS "check",
  'error' AS "severity",
  'segments' AS "entity",
  COALESCE(COALESCE("t10"."flow_id", '?') || '@' || COALESCE("t10"."timerange", '?'), '?') AS "id",
  COALESCE(
    CASE
      WHEN "t10"."wanted"
      THEN 'its flow needs initialisation objects, its object has none'
      ELSE 'its object has an initialisation object, its flow needs none'
    END,
    '?'
  ) AS "detail"
FROM (
  SELECT DISTINCT
    "t9"."flow_id",
    "t9"."object_id",
    "t9"."start_ns",
    "t9"."end_ns",
    "t9"."timerange",
    "t9"."wanted"
  FROM (
    SELECT
      "t4"."flow_id",
      "t4"."object_id",
      "t4"."start_ns",
      "t4"."end_ns",
      "t4"."timerange",
      "t7"."of_flow",
      "t7"."wanted",
      "t8"."of_object",
      "t8"."has"
    FROM (
      SELECT
        "t0"."flow_id",
        "t0"."object_id",
        "t0"."start_ns",
        "t0"."end_ns",
        "t0"."timerange"
      FROM "segments" AS "t0"
    ) AS "t4"
    INNER JOIN (
      SELECT
        "t1"."id" AS "of_flow",
        COALESCE("t1"."init_segments", FALSE) AS "wanted"
      FROM "flows" AS "t1"
    ) AS "t7"
      ON "t4"."flow_id" = "t7"."of_flow"
    INNER JOIN (
      SELECT
        "t2"."id" AS "of_object",
        "t2"."init_object_id" IS NOT NULL AS "has"
      FROM "objects" AS "t2"
    ) AS "t8"
      ON "t4"."object_id" = "t8"."of_object"
  ) AS "t9"
  WHERE
    "t9"."wanted" <> "t9"."has"
) AS "t10"
