-- Is there any row of which this is true: a flow that is not there collects another?
-- What would mend it: restore the flow, or delete the row
SELECT
  'collection_without_flow' AS "check",
  'error' AS "severity",
  'collections' AS "entity",
  COALESCE("t5"."id", '?') AS "id",
  COALESCE(CONCAT(CONCAT('collects ', "t5"."member_id"), ', and is not there'), '?') AS "detail"
FROM (
  SELECT
    "t4"."member_id",
    "t4"."id"
  FROM (
    SELECT DISTINCT
      "t0"."member_id",
      "t0"."flow_id" AS "id"
    FROM "collections" AS "t0"
  ) AS "t4"
  WHERE
    NOT EXISTS(
      SELECT
        1
      FROM "flows" AS "t2"
      WHERE
        "t4"."id" = "t2"."id"
    )
) AS "t5"
