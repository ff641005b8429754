-- Is there any row of which this is true: an initialisation object has a timerange?
-- What would mend it: set its start_ns, end_ns and timerange to NULL
SELECT
  'init_object_has_timerange' AS "check",
  'warn' AS "severity",
  'objects' AS "entity",
  COALESCE("t8"."id", '?') AS "id",
  COALESCE(
    'is an initialisation object and has the timerange ' || COALESCE("t8"."timerange", '?'),
    '?'
  ) AS "detail"
FROM (
  SELECT DISTINCT
    *
  FROM (
    SELECT
      "t6"."id",
      "t6"."start_ns",
      "t6"."end_ns",
      "t6"."timerange"
    FROM (
      SELECT
        "t0"."id",
        "t0"."start_ns",
        "t0"."end_ns",
        "t0"."timerange"
      FROM "objects" AS "t0"
      WHERE
        (
          "t0"."timerange" IS NOT NULL
        ) OR (
          "t0"."start_ns" IS NOT NULL
        )
    ) AS "t6"
    SEMI JOIN (
      SELECT DISTINCT
        "t0"."init_object_id" AS "id"
      FROM "objects" AS "t0"
      WHERE
        "t0"."init_object_id" IS NOT NULL
    ) AS "t5"
      ON "t6"."id" = "t5"."id"
    ANTI JOIN "segments" AS "t2"
      ON "t6"."id" = "t2"."object_id"
  ) AS "t7"
) AS "t8"
