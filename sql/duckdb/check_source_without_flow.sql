-- Is there any row of which this is true: a source that a flow brought has none any more?
-- What would mend it: DELETE the source
SELECT
  'source_without_flow' AS "check",
  'warn' AS "severity",
  'sources' AS "entity",
  COALESCE("t5"."id", '?') AS "id",
  COALESCE('no flow has it as its source', '?') AS "detail"
FROM (
  SELECT
    "t4"."id",
    "t4"."label"
  FROM (
    SELECT
      "t0"."id",
      "t0"."label"
    FROM "sources" AS "t0"
    WHERE
      NOT (
        "t0"."explicit"
      )
  ) AS "t4"
  ANTI JOIN "flows" AS "t2"
    ON "t4"."id" = "t2"."source_id"
) AS "t5"
