-- How many objects and bytes does each storage backend hold?
SELECT
  *
FROM (
  SELECT
    "t13"."storage_id",
    "t9"."label",
    "t13"."objects",
    "t13"."size",
    "t13"."unknown"
  FROM (
    SELECT
      "t11"."storage_id",
      COUNT(*) AS "objects",
      COALESCE(
        CAST(CASE
          WHEN SUM(CAST("t11"."size" AS DECIMAL(38, 0))) > 9223372036854775807
          THEN 9223372036854775807
          WHEN SUM(CAST("t11"."size" AS DECIMAL(38, 0))) < -9223372036854775808
          THEN -9223372036854775808
          ELSE SUM(CAST("t11"."size" AS DECIMAL(38, 0)))
        END AS BIGINT),
        0
      ) AS "size",
      SUM(CAST("t11"."size" IS NULL AS INT)) AS "unknown"
    FROM (
      SELECT
        "t5"."storage_id",
        "t5"."object_id",
        "t10"."object_id" AS "object_id_right",
        "t10"."size"
      FROM (
        SELECT DISTINCT
          "t1"."storage_id",
          "t1"."object_id"
        FROM "object_instances" AS "t1"
      ) AS "t5"
      LEFT OUTER JOIN (
        SELECT
          "t6"."id" AS "object_id",
          "t6"."size"
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
        ) AS "t6"
      ) AS "t10"
        ON "t5"."object_id" = "t10"."object_id"
    ) AS "t11"
    GROUP BY
      1
  ) AS "t13"
  LEFT OUTER JOIN (
    SELECT
      "t4"."id" AS "storage_id",
      "t4"."label"
    FROM (
      SELECT
        "t0"."id",
        FIRST("t0"."label") FILTER(WHERE
          "t0"."label" IS NOT NULL) AS "label",
        FIRST("t0"."store_type") FILTER(WHERE
          "t0"."store_type" IS NOT NULL) AS "store_type",
        FIRST("t0"."provider") FILTER(WHERE
          "t0"."provider" IS NOT NULL) AS "provider",
        FIRST("t0"."store_product") FILTER(WHERE
          "t0"."store_product" IS NOT NULL) AS "store_product",
        FIRST("t0"."region") FILTER(WHERE
          "t0"."region" IS NOT NULL) AS "region",
        FIRST("t0"."availability_zone") FILTER(WHERE
          "t0"."availability_zone" IS NOT NULL) AS "availability_zone",
        FIRST("t0"."default_storage") FILTER(WHERE
          "t0"."default_storage" IS NOT NULL) AS "default_storage",
        FIRST("t0"."bucket") FILTER(WHERE
          "t0"."bucket" IS NOT NULL) AS "bucket",
        FIRST("t0"."created") FILTER(WHERE
          "t0"."created" IS NOT NULL) AS "created"
      FROM "storage_backends" AS "t0"
      GROUP BY
        1
    ) AS "t4"
  ) AS "t9"
    ON "t13"."storage_id" = "t9"."storage_id"
) AS "t14"
ORDER BY
  "t14"."size" DESC,
  "t14"."storage_id" ASC
