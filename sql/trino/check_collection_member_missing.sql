-- Is there any row of which this is true: a flow collects what is no flow?
-- What would mend it: PUT the flow's flow_collection without that member
SELECT
  'collection_member_missing' AS "check",
  'error' AS "severity",
  'flows' AS "entity",
  COALESCE("t5"."id", '?') AS "id",
  COALESCE(CONCAT(CONCAT('collects ', "t5"."member_id"), ', which is no flow'), '?') AS "detail"
FROM (
  SELECT
    "t4"."member_id",
    "t4"."role",
    "t4"."id"
  FROM (
    SELECT
      "t0"."member_id",
      "t0"."role",
      "t0"."flow_id" AS "id"
    FROM "collections" AS "t0"
  ) AS "t4"
  WHERE
    NOT EXISTS(
      SELECT
        1
      FROM "flows" AS "t2"
      WHERE
        "t4"."member_id" = "t2"."id"
    )
) AS "t5"
