-- Is there any row of which this is true: a tag is of a flow, source or other thing that is not there?
-- What would mend it: restore what it is of, or delete the tag
SELECT
  'tag_without_entity' AS "check",
  'error' AS "severity",
  "t18"."entity",
  COALESCE("t18"."id", '?') AS "id",
  COALESCE('has the tag ' || "t18"."name" || ', and is not there', '?') AS "detail"
FROM (
  SELECT
    "t12"."entity",
    "t12"."id",
    "t12"."name"
  FROM (
    SELECT DISTINCT
      "t0"."entity_type" AS "entity",
      "t0"."entity_id" AS "id",
      "t0"."name"
    FROM "tags" AS "t0"
  ) AS "t12"
  ANTI JOIN (
    SELECT
      *
    FROM (
      SELECT
        *
      FROM (
        SELECT
          'profiles' AS "of",
          "t1"."id" AS "known"
        FROM "profiles" AS "t1"
      ) AS "t7"
      UNION ALL
      SELECT
        *
      FROM (
        SELECT
          'webhooks' AS "of",
          "t2"."id" AS "known"
        FROM "webhooks" AS "t2"
      ) AS "t8"
    ) AS "t13"
    UNION ALL
    SELECT
      *
    FROM (
      SELECT
        *
      FROM (
        SELECT
          'storage_backends' AS "of",
          "t3"."id" AS "known"
        FROM "storage_backends" AS "t3"
      ) AS "t9"
      UNION ALL
      SELECT
        *
      FROM (
        SELECT
          *
        FROM (
          SELECT
            'sources' AS "of",
            "t4"."id" AS "known"
          FROM "sources" AS "t4"
        ) AS "t10"
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            'flows' AS "of",
            "t5"."id" AS "known"
          FROM "flows" AS "t5"
        ) AS "t11"
      ) AS "t14"
    ) AS "t15"
  ) AS "t17"
    ON "t12"."entity" = "t17"."of" AND "t12"."id" = "t17"."known"
) AS "t18"
