-- Is there any row of which this is true: a flow has another format than its source?
-- What would mend it: register the flow anew with a source of its format
SELECT
  'flow_format_differs' AS "check",
  'error' AS "severity",
  'flows' AS "entity",
  COALESCE("t9"."id", '?') AS "id",
  COALESCE('is ' || "t9"."format" || ', its source is ' || "t9"."source_format", '?') AS "detail"
FROM (
  SELECT DISTINCT
    *
  FROM (
    SELECT
      "t7"."id",
      "t7"."source_id",
      "t7"."format",
      "t7"."label",
      "t7"."source_format"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t4"."id",
          "t4"."source_id",
          "t4"."format",
          "t4"."label",
          "t5"."of",
          "t5"."source_format"
        FROM (
          SELECT
            "t0"."id",
            "t0"."source_id",
            "t0"."format",
            "t0"."label"
          FROM "flows" AS "t0"
        ) AS "t4"
        INNER JOIN (
          SELECT
            "t1"."id" AS "of",
            "t1"."format" AS "source_format"
          FROM "sources" AS "t1"
        ) AS "t5"
          ON "t4"."source_id" = "t5"."of"
      ) AS "t6"
      WHERE
        "t6"."format" <> "t6"."source_format"
    ) AS "t7"
  ) AS "t8"
) AS "t9"
