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
        ELEMENT_AT(ARRAY_AGG("t0"."source_id") FILTER(WHERE
          "t0"."source_id" IS NOT NULL), 1) AS "source_id",
        ELEMENT_AT(ARRAY_AGG("t0"."format") FILTER(WHERE
          "t0"."format" IS NOT NULL), 1) AS "format",
        ELEMENT_AT(ARRAY_AGG("t0"."codec") FILTER(WHERE
          "t0"."codec" IS NOT NULL), 1) AS "codec",
        ELEMENT_AT(ARRAY_AGG("t0"."container") FILTER(WHERE
          "t0"."container" IS NOT NULL), 1) AS "container",
        ELEMENT_AT(ARRAY_AGG("t0"."label") FILTER(WHERE
          "t0"."label" IS NOT NULL), 1) AS "label",
        ELEMENT_AT(ARRAY_AGG("t0"."description") FILTER(WHERE
          "t0"."description" IS NOT NULL), 1) AS "description",
        ELEMENT_AT(ARRAY_AGG("t0"."status") FILTER(WHERE
          "t0"."status" IS NOT NULL), 1) AS "status",
        ELEMENT_AT(ARRAY_AGG("t0"."read_only") FILTER(WHERE
          "t0"."read_only" IS NOT NULL), 1) AS "read_only",
        ELEMENT_AT(ARRAY_AGG("t0"."profile_id") FILTER(WHERE
          "t0"."profile_id" IS NOT NULL), 1) AS "profile_id",
        ELEMENT_AT(ARRAY_AGG("t0"."frame_width") FILTER(WHERE
          "t0"."frame_width" IS NOT NULL), 1) AS "frame_width",
        ELEMENT_AT(ARRAY_AGG("t0"."frame_height") FILTER(WHERE
          "t0"."frame_height" IS NOT NULL), 1) AS "frame_height",
        ELEMENT_AT(
          ARRAY_AGG("t0"."frame_rate_num") FILTER(WHERE
            "t0"."frame_rate_num" IS NOT NULL),
          1
        ) AS "frame_rate_num",
        ELEMENT_AT(
          ARRAY_AGG("t0"."frame_rate_den") FILTER(WHERE
            "t0"."frame_rate_den" IS NOT NULL),
          1
        ) AS "frame_rate_den",
        ELEMENT_AT(ARRAY_AGG("t0"."vfr") FILTER(WHERE
          "t0"."vfr" IS NOT NULL), 1) AS "vfr",
        ELEMENT_AT(ARRAY_AGG("t0"."sample_rate") FILTER(WHERE
          "t0"."sample_rate" IS NOT NULL), 1) AS "sample_rate",
        ELEMENT_AT(ARRAY_AGG("t0"."channels") FILTER(WHERE
          "t0"."channels" IS NOT NULL), 1) AS "channels",
        ELEMENT_AT(ARRAY_AGG("t0"."avg_bit_rate") FILTER(WHERE
          "t0"."avg_bit_rate" IS NOT NULL), 1) AS "avg_bit_rate",
        ELEMENT_AT(ARRAY_AGG("t0"."max_bit_rate") FILTER(WHERE
          "t0"."max_bit_rate" IS NOT NULL), 1) AS "max_bit_rate",
        ELEMENT_AT(
          ARRAY_AGG("t0"."segment_duration_num") FILTER(WHERE
            "t0"."segment_duration_num" IS NOT NULL),
          1
        ) AS "segment_duration_num",
        ELEMENT_AT(
          ARRAY_AGG("t0"."segment_duration_den") FILTER(WHERE
            "t0"."segment_duration_den" IS NOT NULL),
          1
        ) AS "segment_duration_den",
        ELEMENT_AT(
          ARRAY_AGG("t0"."init_segments") FILTER(WHERE
            "t0"."init_segments" IS NOT NULL),
          1
        ) AS "init_segments",
        ELEMENT_AT(ARRAY_AGG("t0"."generation") FILTER(WHERE
          "t0"."generation" IS NOT NULL), 1) AS "generation",
        ELEMENT_AT(
          ARRAY_AGG("t0"."metadata_version") FILTER(WHERE
            "t0"."metadata_version" IS NOT NULL),
          1
        ) AS "metadata_version",
        ELEMENT_AT(ARRAY_AGG("t0"."created") FILTER(WHERE
          "t0"."created" IS NOT NULL), 1) AS "created",
        ELEMENT_AT(ARRAY_AGG("t0"."created_by") FILTER(WHERE
          "t0"."created_by" IS NOT NULL), 1) AS "created_by",
        ELEMENT_AT(ARRAY_AGG("t0"."updated_by") FILTER(WHERE
          "t0"."updated_by" IS NOT NULL), 1) AS "updated_by",
        ELEMENT_AT(
          ARRAY_AGG("t0"."metadata_updated") FILTER(WHERE
            "t0"."metadata_updated" IS NOT NULL),
          1
        ) AS "metadata_updated",
        ELEMENT_AT(
          ARRAY_AGG("t0"."segments_updated") FILTER(WHERE
            "t0"."segments_updated" IS NOT NULL),
          1
        ) AS "segments_updated",
        ELEMENT_AT(ARRAY_AGG("t0"."body") FILTER(WHERE
          "t0"."body" IS NOT NULL), 1) AS "body"
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
            ELEMENT_AT(ARRAY_AGG("t2"."storage_path") FILTER(WHERE
              "t2"."storage_path" IS NOT NULL), 1) AS "storage_path",
            ELEMENT_AT(ARRAY_AGG("t2"."size") FILTER(WHERE
              "t2"."size" IS NOT NULL), 1) AS "size",
            ELEMENT_AT(ARRAY_AGG("t2"."content_type") FILTER(WHERE
              "t2"."content_type" IS NOT NULL), 1) AS "content_type",
            ELEMENT_AT(ARRAY_AGG("t2"."start_ns") FILTER(WHERE
              "t2"."start_ns" IS NOT NULL), 1) AS "start_ns",
            ELEMENT_AT(ARRAY_AGG("t2"."end_ns") FILTER(WHERE
              "t2"."end_ns" IS NOT NULL), 1) AS "end_ns",
            ELEMENT_AT(ARRAY_AGG("t2"."timerange") FILTER(WHERE
              "t2"."timerange" IS NOT NULL), 1) AS "timerange",
            ELEMENT_AT(
              ARRAY_AGG("t2"."key_frame_count") FILTER(WHERE
                "t2"."key_frame_count" IS NOT NULL),
              1
            ) AS "key_frame_count",
            ELEMENT_AT(
              ARRAY_AGG("t2"."init_object_id") FILTER(WHERE
                "t2"."init_object_id" IS NOT NULL),
              1
            ) AS "init_object_id",
            ELEMENT_AT(
              ARRAY_AGG("t2"."first_flow_id") FILTER(WHERE
                "t2"."first_flow_id" IS NOT NULL),
              1
            ) AS "first_flow_id",
            ELEMENT_AT(ARRAY_AGG("t2"."created") FILTER(WHERE
              "t2"."created" IS NOT NULL), 1) AS "created",
            ELEMENT_AT(
              ARRAY_AGG("t2"."registered_at") FILTER(WHERE
                "t2"."registered_at" IS NOT NULL),
              1
            ) AS "registered_at",
            ELEMENT_AT(ARRAY_AGG("t2"."released_at") FILTER(WHERE
              "t2"."released_at" IS NOT NULL), 1) AS "released_at",
            ELEMENT_AT(
              ARRAY_AGG("t2"."collecting_since") FILTER(WHERE
                "t2"."collecting_since" IS NOT NULL),
              1
            ) AS "collecting_since"
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
