-- Is there any row of which this is true: a flow is of a source that is not there?
-- What would mend it: PUT the flow again, which makes its source
SELECT
  'flow_without_source' AS "check",
  'error' AS "severity",
  'flows' AS "entity",
  COALESCE("t5"."id", '?') AS "id",
  COALESCE(CONCAT('there is no source ', "t5"."source_id"), '?') AS "detail"
FROM (
  SELECT
    "t4"."id",
    "t4"."source_id",
    "t4"."label"
  FROM (
    SELECT
      "t0"."id",
      "t0"."source_id",
      "t0"."label"
    FROM "flows" AS "t0"
  ) AS "t4"
  WHERE
    NOT EXISTS(
      SELECT
        1
      FROM "sources" AS "t2"
      WHERE
        "t4"."source_id" = "t2"."id"
    )
) AS "t5"
