-- Is there any row of which this is true: an object of a video flow has no key frame?
-- What would mend it: delete its segments and register them again with its key_frame_count
SELECT
  'object_without_key_frames' AS "check",
  'warn' AS "severity",
  'objects' AS "entity",
  COALESCE("t6"."id", '?') AS "id",
  COALESCE('is video and has no key frame', '?') AS "detail"
FROM (
  SELECT
    "t4"."id",
    "t4"."first_flow_id"
  FROM (
    SELECT
      "t0"."id",
      "t0"."first_flow_id"
    FROM "objects" AS "t0"
    WHERE
      "t0"."key_frame_count" = 0
  ) AS "t4"
  SEMI JOIN (
    SELECT
      "t1"."id" AS "video"
    FROM "flows" AS "t1"
    WHERE
      "t1"."format" = 'urn:x-nmos:format:video'
  ) AS "t5"
    ON "t4"."first_flow_id" = "t5"."video"
) AS "t6"
