-- Is there any row of which this is true: a flow or source lacks a label, description, creator or container?
-- What would mend it: PUT what is missing
SELECT
  'metadata_missing' AS "check",
  'warn' AS "severity",
  "t6"."entity",
  COALESCE(CAST("t6"."id" AS TEXT), '?') AS "id",
  COALESCE("t6"."detail", '?') AS "detail"
FROM (
  SELECT
    *
  FROM (
    SELECT DISTINCT
      "t3"."entity",
      "t3"."id",
      'has no ' || SUBSTRING(
        "t3"."lacking",
        CASE WHEN (
          2 + 1
        ) >= 1 THEN 2 + 1 ELSE 2 + 1 + LENGTH("t3"."lacking") END
      ) AS "detail"
    FROM (
      SELECT
        'flows' AS "entity",
        "t0"."id",
        '' || CASE WHEN COALESCE("t0"."label", '') = '' THEN ', label' ELSE '' END || CASE WHEN COALESCE("t0"."description", '') = '' THEN ', description' ELSE '' END || CASE WHEN COALESCE("t0"."created_by", '') = '' THEN ', created_by' ELSE '' END || CASE
          WHEN (
            COALESCE("t0"."container", '') = ''
          )
          AND (
            "t0"."format" <> 'urn:x-nmos:format:multi'
          )
          THEN ', container'
          ELSE ''
        END AS "lacking"
      FROM "flows" AS "t0"
    ) AS "t3"
    WHERE
      "t3"."lacking" <> ''
  ) AS "t5"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT DISTINCT
      "t2"."entity",
      "t2"."id",
      'has no ' || SUBSTRING(
        "t2"."lacking",
        CASE WHEN (
          2 + 1
        ) >= 1 THEN 2 + 1 ELSE 2 + 1 + LENGTH("t2"."lacking") END
      ) AS "detail"
    FROM (
      SELECT
        'sources' AS "entity",
        "t1"."id",
        '' || CASE WHEN COALESCE("t1"."label", '') = '' THEN ', label' ELSE '' END || CASE WHEN COALESCE("t1"."description", '') = '' THEN ', description' ELSE '' END || CASE WHEN COALESCE("t1"."created_by", '') = '' THEN ', created_by' ELSE '' END AS "lacking"
      FROM "sources" AS "t1"
    ) AS "t2"
    WHERE
      "t2"."lacking" <> ''
  ) AS "t4"
) AS "t6"
