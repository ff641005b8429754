-- Is there any row of which this is true: a flow of format multi collects neither video nor audio?
-- What would mend it: PUT its flow_collection with the flows that it is made of
SELECT
  'collection_without_essence' AS "check",
  'warn' AS "severity",
  'flows' AS "entity",
  COALESCE("t9"."id", '?') AS "id",
  COALESCE('collects neither video nor audio', '?') AS "detail"
FROM (
  SELECT
    "t5"."id",
    "t5"."label"
  FROM (
    SELECT DISTINCT
      "t0"."id",
      "t0"."label"
    FROM "flows" AS "t0"
    WHERE
      "t0"."format" = 'urn:x-nmos:format:multi'
  ) AS "t5"
  WHERE
    NOT EXISTS(
      SELECT
        1
      FROM (
        SELECT
          "t2"."flow_id",
          "t2"."member_id",
          "t2"."position",
          "t2"."role",
          "t2"."container_mapping",
          "t2"."body"
        FROM "collections" AS "t2"
        WHERE
          EXISTS(
            SELECT
              1
            FROM (
              SELECT
                "t0"."id" AS "member"
              FROM "flows" AS "t0"
              WHERE
                "t0"."format" IN ('urn:x-nmos:format:video', 'urn:x-nmos:format:audio', 'urn:x-nmos:format:multi')
            ) AS "t6"
            WHERE
              "t2"."member_id" = "t6"."member"
          )
      ) AS "t8"
      WHERE
        "t5"."id" = "t8"."flow_id"
    )
) AS "t9"
