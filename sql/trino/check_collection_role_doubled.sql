-- Is there any row of which this is true: a flow collects several members in one role?
-- What would mend it: PUT the flow's flow_collection with one member in each role
SELECT
  'collection_role_doubled' AS "check",
  'warn' AS "severity",
  'flows' AS "entity",
  COALESCE(CAST("t2"."id" AS VARCHAR), '?') AS "id",
  COALESCE(
    CONCAT(CONCAT(CAST("t2"."members" AS VARCHAR), ' members have the role '), "t2"."role"),
    '?'
  ) AS "detail"
FROM (
  SELECT
    "t1"."flow_id" AS "id",
    "t1"."role",
    COUNT(*) AS "members"
  FROM (
    SELECT
      *
    FROM "collections" AS "t0"
    WHERE
      "t0"."role" IS NOT NULL
  ) AS "t1"
  GROUP BY
    1,
    2
) AS "t2"
WHERE
  "t2"."members" > 1
