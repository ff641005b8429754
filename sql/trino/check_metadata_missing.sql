-- Is there any row of which this is true: a flow or source lacks a label, description, creator or container?
-- What would mend it: PUT what is missing
SELECT
  'metadata_missing' AS "check",
  'warn' AS "severity",
  "t6"."entity",
  COALESCE(CAST("t6"."id" AS VARCHAR), '?') AS "id",
  COALESCE("t6"."detail", '?') AS "detail"
FROM (
  SELECT
    *
  FROM (
    SELECT DISTINCT
      "t3"."entity",
      "t3"."id",
      CONCAT(
        'has no ',
        SUBSTRING("t3"."lacking", IF((
          2 + 1
        ) >= 1, 2 + 1, 2 + 1 + LENGTH("t3"."lacking")))
      ) AS "detail"
    FROM (
      SELECT
        'flows' AS "entity",
        "t0"."id",
        CONCAT(
          '',
          IF(COALESCE("t0"."label", '') = '', ', label', ''),
          IF(COALESCE("t0"."description", '') = '', ', description', ''),
          IF(COALESCE("t0"."created_by", '') = '', ', created_by', ''),
          IF(
            (
              COALESCE("t0"."container", '') = ''
            )
            AND (
              "t0"."format" <> 'urn:x-nmos:format:multi'
            ),
            ', container',
            ''
          )
        ) AS "lacking"
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
      CONCAT(
        'has no ',
        SUBSTRING("t2"."lacking", IF((
          2 + 1
        ) >= 1, 2 + 1, 2 + 1 + LENGTH("t2"."lacking")))
      ) AS "detail"
    FROM (
      SELECT
        'sources' AS "entity",
        "t1"."id",
        CONCAT(
          '',
          IF(COALESCE("t1"."label", '') = '', ', label', ''),
          IF(COALESCE("t1"."description", '') = '', ', description', ''),
          IF(COALESCE("t1"."created_by", '') = '', ', created_by', '')
        ) AS "lacking"
      FROM "sources" AS "t1"
    ) AS "t2"
    WHERE
      "t2"."lacking" <> ''
  ) AS "t4"
) AS "t6"
