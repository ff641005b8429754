-- How many segments, objects, how much time and how many bytes has each flow?
SELECT
  *
FROM (
  SELECT
    "t8"."flow_id",
    "t8"."source_id",
    "t8"."format",
    "t8"."codec",
    "t8"."label",
    COALESCE("t13"."segments", 0) AS "segments",
    COALESCE("t13"."objects", 0) AS "objects",
    COALESCE("t13"."length_ns", 0) AS "length_ns",
    "t13"."start_ns",
    "t13"."end_ns",
    "t13"."size"
  FROM (
    SELECT
      "t3"."id" AS "flow_id",
      "t3"."source_id",
      "t3"."format",
      "t3"."codec",
      "t3"."label"
    FROM (
      SELECT
        "t0"."id",
        FIRST("t0"."source_id") FILTER(WHERE
          "t0"."source_id" IS NOT NULL) AS "source_id",
        FIRST("t0"."format") FILTER(WHERE
          "t0"."format" IS NOT NULL) AS "format",
        FIRST("t0"."codec") FILTER(WHERE
          "t0"."codec" IS NOT NULL) AS "codec",
        FIRST("t0"."container") FILTER(WHERE
          "t0"."container" IS NOT NULL) AS "container",
        FIRST("t0"."label") FILTER(WHERE
          "t0"."label" IS NOT NULL) AS "label",
        FIRST("t0"."description") FILTER(WHERE
          "t0"."description" IS NOT NULL) AS "description",
        FIRST("t0"."status") FILTER(WHERE
          "t0"."status" IS NOT NULL) AS "status",
        FIRST("t0"."read_only") FILTER(WHERE
          "t0"."read_only" IS NOT NULL) AS "read_only",
        FIRST("t0"."profile_id") FILTER(WHERE
          "t0"."profile_id" IS NOT NULL) AS "profile_id",
        FIRST("t0"."frame_width") FILTER(WHERE
          "t0"."frame_width" IS NOT NULL) AS "frame_width",
        FIRST("t0"."frame_height") FILTER(WHERE
          "t0"."frame_height" IS NOT NULL) AS "frame_height",
        FIRST("t0"."frame_rate_num") FILTER(WHERE
          "t0"."frame_rate_num" IS NOT NULL) AS "frame_rate_num",
        FIRST("t0"."frame_rate_den") FILTER(WHERE
          "t0"."frame_rate_den" IS NOT NULL) AS "frame_rate_den",
        FIRST("t0"."vfr") FILTER(WHERE
          "t0"."vfr" IS NOT NULL) AS "vfr",
        FIRST("t0"."sample_rate") FILTER(WHERE
          "t0"."sample_rate" IS NOT NULL) AS "sample_rate",
        FIRST("t0"."channels") FILTER(WHERE
          "t0"."channels" IS NOT NULL) AS "channels",
        FIRST("t0"."avg_bit_rate") FILTER(WHERE
          "t0"."avg_bit_rate" IS NOT NULL) AS "avg_bit_rate",
        FIRST("t0"."max_bit_rate") FILTER(WHERE
          "t0"."max_bit_rate" IS NOT NULL) AS "max_bit_rate",
        FIRST("t0"."segment_duration_num") FILTER(WHERE
          "t0"."segment_duration_num" IS NOT NULL) AS "segment_duration_num",
        FIRST("t0"."segment_duration_den") FILTER(WHERE
          "t0"."segment_duration_den" IS NOT NULL) AS "segment_duration_den",
        FIRST("t0"."init_segments") FILTER(WHERE
          "t0"."init_segments" IS NOT NULL) AS "init_segments",
        FIRST("t0"."generation") FILTER(WHERE
          "t0"."generation" IS NOT NULL) AS "generation",
        FIRST("t0"."metadata_version") FILTER(WHERE
          "t0"."metadata_version" IS NOT NULL) AS "metadata_version",
        FIRST("t0"."created") FILTER(WHERE
          "t0"."created" IS NOT NULL) AS "created",
        FIRST("t0"."created_by") FILTER(WHERE
          "t0"."created_by" IS NOT NULL) AS "created_by",
        FIRST("t0"."updated_by") FILTER(WHERE
          "t0"."updated_by" IS NOT NULL) AS "updated_by",
        FIRST("t0"."metadata_updated") FILTER(WHERE
          "t0"."metadata_updated" IS NOT NULL) AS "metadata_updated",
        FIRST("t0"."segments_updated") FILTER(WHERE
          "t0"."segments_updated" IS NOT NULL) AS "segments_updated",
        FIRST("t0"."body") FILTER(WHERE
          "t0"."body" IS NOT NULL) AS "body"
      FROM "flows" AS "t0"
      GROUP BY
        1
    ) AS "t3"
  ) AS "t8"
  LEFT OUTER JOIN (
    SELECT
      "t11"."flow_id",
      SUM("t11"."segments") AS "segments",
      COUNT(*) AS "objects",
      CAST(CASE
        WHEN SUM("t11"."length_ns") > 9223372036854775807
        THEN 9223372036854775807
        WHEN SUM("t11"."length_ns") < -9223372036854775808
        THEN -9223372036854775808
        ELSE SUM("t11"."length_ns")
      END AS BIGINT) AS "length_ns",
      MIN("t11"."start_ns") AS "start_ns",
      MAX("t11"."end_ns") AS "end_ns",
      CAST(CASE
        WHEN SUM(CAST("t11"."size" AS DECIMAL(38, 0))) > 9223372036854775807
        THEN 9223372036854775807
        WHEN SUM(CAST("t11"."size" AS DECIMAL(38, 0))) < -9223372036854775808
        THEN -9223372036854775808
        ELSE SUM(CAST("t11"."size" AS DECIMAL(38, 0)))
      END AS BIGINT) AS "size"
    FROM (
      SELECT
        "t9"."flow_id",
        "t9"."object_id",
        "t9"."segments",
        "t9"."length_ns",
        "t9"."start_ns",
        "t9"."end_ns",
        "t10"."object_id" AS "object_id_right",
        "t10"."size"
      FROM (
        SELECT
          "t1"."flow_id",
          "t1"."object_id",
          COUNT(*) AS "segments",
          SUM(CAST("t1"."end_ns" AS DECIMAL(38, 0)) - CAST("t1"."start_ns" AS DECIMAL(38, 0))) AS "length_ns",
          MIN("t1"."start_ns") AS "start_ns",
          MAX("t1"."end_ns") AS "end_ns"
        FROM "segments" AS "t1"
        GROUP BY
          1,
          2
      ) AS "t9"
      LEFT OUTER JOIN (
        SELECT
          "t4"."id" AS "object_id",
          "t4"."size"
        FROM (
          SELECT
            "t2"."id",
            FIRST("t2"."storage_path") FILTER(WHERE
              "t2"."storage_path" IS NOT NULL) AS "storage_path",
            FIRST("t2"."size") FILTER(WHERE
              "t2"."size" IS NOT NULL) AS "size",
            FIRST("t2"."content_type") FILTER(WHERE
              "t2"."content_type" IS NOT NULL) AS "content_type",
            FIRST("t2"."start_ns") FILTER(WHERE
              "t2"."start_ns" IS NOT NULL) AS "start_ns",
            FIRST("t2"."end_ns") FILTER(WHERE
              "t2"."end_ns" IS NOT NULL) AS "end_ns",
            FIRST("t2"."timerange") FILTER(WHERE
              "t2"."timerange" IS NOT NULL) AS "timerange",
            FIRST("t2"."key_frame_count") FILTER(WHERE
              "t2"."key_frame_count" IS NOT NULL) AS "key_frame_count",
            FIRST("t2"."init_object_id") FILTER(WHERE
              "t2"."init_object_id" IS NOT NULL) AS "init_object_id",
            FIRST("t2"."first_flow_id") FILTER(WHERE
              "t2"."first_flow_id" IS NOT NULL) AS "first_flow_id",
            FIRST("t2"."created") FILTER(WHERE
              "t2"."created" IS NOT NULL) AS "created",
            FIRST("t2"."registered_at") FILTER(WHERE
              "t2"."registered_at" IS NOT NULL) AS "registered_at",
            FIRST("t2"."released_at") FILTER(WHERE
              "t2"."released_at" IS NOT NULL) AS "released_at",
            FIRST("t2"."collecting_since") FILTER(WHERE
              "t2"."collecting_since" IS NOT NULL) AS "collecting_since"
          FROM "objects" AS "t2"
          GROUP BY
            1
        ) AS "t4"
      ) AS "t10"
        ON "t9"."object_id" = "t10"."object_id"
    ) AS "t11"
    GROUP BY
      1
  ) AS "t13"
    ON "t8"."flow_id" = "t13"."flow_id"
) AS "t14"
ORDER BY
  "t14"."flow_id" ASC
