-- Is there any row of which this is true: by some of its flows a source collects what by others it is collected by?
-- What would mend it: PUT the flow_collection of one of the flows without that member
WITH "t2" AS (
  SELECT DISTINCT
    "t1"."id",
    "t1"."source_id"
  FROM "flows" AS "t1"
), "t10" AS (
  SELECT DISTINCT
    *
  FROM (
    SELECT
      "t5"."flow_id",
      "t5"."member_id",
      "t6"."source_id",
      "t8"."of"
    FROM (
      SELECT DISTINCT
        "t0"."flow_id",
        "t0"."member_id"
      FROM "collections" AS "t0"
      WHERE
        "t0"."flow_id" <> "t0"."member_id"
    ) AS "t5"
    INNER JOIN (
      SELECT
        "t4"."id" AS "member_id",
        "t4"."source_id" AS "of"
      FROM "t2" AS "t4"
    ) AS "t8"
      ON "t5"."member_id" = "t8"."member_id"
    INNER JOIN "t2" AS "t6"
      ON "t5"."flow_id" = "t6"."id"
  ) AS "t9"
)
SELECT
  'source_flows_disagree' AS "check",
  'warn' AS "severity",
  'flows' AS "entity",
  COALESCE("t17"."id", '?') AS "id",
  COALESCE("t17"."detail", '?') AS "detail"
FROM (
  SELECT DISTINCT
    "t16"."member_id",
    "t16"."flow_id" AS "id",
    "t16"."of" AS "source_id",
    "t16"."source_id" = "t16"."of" AS "own",
    'collects ' || "t16"."member_id" || ', ' || CASE
      WHEN "t16"."source_id" = "t16"."of"
      THEN 'of its own source'
      ELSE 'whose source collects its own'
    END AS "detail"
  FROM (
    SELECT
      "t12"."flow_id",
      "t12"."member_id",
      "t12"."source_id",
      "t12"."of",
      "t15"."back_flow_id",
      "t15"."back_member_id",
      "t15"."back_source_id",
      "t15"."back_of"
    FROM "t10" AS "t12"
    INNER JOIN (
      SELECT
        "t13"."flow_id" AS "back_flow_id",
        "t13"."member_id" AS "back_member_id",
        "t13"."source_id" AS "back_source_id",
        "t13"."of" AS "back_of"
      FROM "t10" AS "t13"
    ) AS "t15"
      ON "t12"."source_id" = "t15"."back_of" AND "t12"."of" = "t15"."back_source_id"
  ) AS "t16"
  WHERE
    NOT (
      (
        "t16"."back_flow_id" = "t16"."member_id"
      )
      AND (
        "t16"."back_member_id" = "t16"."flow_id"
      )
    )
) AS "t17"
