-- How much of another flow's media does each flow show?
SELECT
  *
FROM (
  SELECT
    "t8"."flow_id",
    "t8"."origin_id",
    COUNT(*) AS "objects",
    SUM("t8"."segments") AS "segments",
    CAST(CASE
      WHEN SUM("t8"."length_ns") > 9223372036854775807
      THEN 9223372036854775807
      WHEN SUM("t8"."length_ns") < -9223372036854775808
      THEN -9223372036854775808
      ELSE SUM("t8"."length_ns")
    END AS BIGINT) AS "length_ns",
    CAST(CASE
      WHEN SUM(CAST("t8"."size" AS DECIMAL(38, 0))) > 9223372036854775807
      THEN 9223372036854775807
      WHEN SUM(CAST("t8"."size" AS DECIMAL(38, 0))) < -9223372036854775808
      THEN -9223372036854775808
      ELSE SUM(CAST("t8"."size" AS DECIMAL(38, 0)))
    END AS BIGINT) AS "size"
  FROM (
    SELECT
      "t7"."flow_id",
      "t7"."origin_id",
      "t7"."object_id",
      COUNT(*) AS "segments",
      SUM(CAST("t7"."end_ns" AS DECIMAL(38, 0)) - CAST("t7"."start_ns" AS DECIMAL(38, 0))) AS "length_ns",
      MAX("t7"."size") AS "size"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t2"."flow_id",
          "t2"."object_id",
          "t2"."start_ns",
          "t2"."end_ns",
          "t2"."timerange",
          "t2"."ts_offset",
          "t2"."ts_offset_ns",
          "t2"."last_duration",
          "t2"."sample_offset",
          "t2"."sample_count",
          "t2"."created",
          "t2"."body",
          "t5"."origin_id",
          "t5"."size"
        FROM "segments" AS "t2"
        INNER JOIN (
          SELECT
            "t3"."id" AS "object_id",
            "t3"."first_flow_id" AS "origin_id",
            "t3"."size"
          FROM (
            SELECT
              "t1"."id",
              FIRST("t1"."storage_path") FILTER(WHERE
                "t1"."storage_path" IS NOT NULL) AS "storage_path",
              FIRST("t1"."size") FILTER(WHERE
                "t1"."size" IS NOT NULL) AS "size",
              FIRST("t1"."content_type") FILTER(WHERE
                "t1"."content_type" IS NOT NULL) AS "content_type",
              FIRST("t1"."start_ns") FILTER(WHERE
                "t1"."start_ns" IS NOT NULL) AS "start_ns",
              FIRST("t1"."end_ns") FILTER(WHERE
                "t1"."end_ns" IS NOT NULL) AS "end_ns",
              FIRST("t1"."timerange") FILTER(WHERE
                "t1"."timerange" IS NOT NULL) AS "timerange",
              FIRST("t1"."key_frame_count") FILTER(WHERE
                "t1"."key_frame_count" IS NOT NULL) AS "key_frame_count",
              FIRST("t1"."init_object_id") FILTER(WHERE
                "t1"."init_object_id" IS NOT NULL) AS "init_object_id",
              FIRST("t1"."first_flow_id") FILTER(WHERE
                "t1"."first_flow_id" IS NOT NULL) AS "first_flow_id",
              FIRST("t1"."created") FILTER(WHERE
                "t1"."created" IS NOT NULL) AS "created",
              FIRST("t1"."registered_at") FILTER(WHERE
                "t1"."registered_at" IS NOT NULL) AS "registered_at",
              FIRST("t1"."released_at") FILTER(WHERE
                "t1"."released_at" IS NOT NULL) AS "released_at",
              FIRST("t1"."collecting_since") FILTER(WHERE
                "t1"."collecting_since" IS NOT NULL) AS "collecting_since"
            FROM "objects" AS "t1"
            GROUP BY
              1
          ) AS "t3"
        ) AS "t5"
          ON "t2"."object_id" = "t5"."object_id"
      ) AS "t6"
      WHERE
        "t6"."flow_id" <> "t6"."origin_id"
    ) AS "t7"
    GROUP BY
      1,
      2,
      3
  ) AS "t8"
  GROUP BY
    1,
    2
) AS "t9"
ORDER BY
  "t9"."length_ns" DESC,
  "t9"."flow_id" ASC,
  "t9"."origin_id" ASC
