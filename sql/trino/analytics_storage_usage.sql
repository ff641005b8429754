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
      SUM(CAST("t11"."size" IS NULL AS INTEGER)) AS "unknown"
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
        ELEMENT_AT(ARRAY_AGG("t0"."label") FILTER(WHERE
          "t0"."label" IS NOT NULL), 1) AS "label",
        ELEMENT_AT(ARRAY_AGG("t0"."store_type") FILTER(WHERE
          "t0"."store_type" IS NOT NULL), 1) AS "store_type",
        ELEMENT_AT(ARRAY_AGG("t0"."provider") FILTER(WHERE
          "t0"."provider" IS NOT NULL), 1) AS "provider",
        ELEMENT_AT(
          ARRAY_AGG("t0"."store_product") FILTER(WHERE
            "t0"."store_product" IS NOT NULL),
          1
        ) AS "store_product",
        ELEMENT_AT(ARRAY_AGG("t0"."region") FILTER(WHERE
          "t0"."region" IS NOT NULL), 1) AS "region",
        ELEMENT_AT(
          ARRAY_AGG("t0"."availability_zone") FILTER(WHERE
            "t0"."availability_zone" IS NOT NULL),
          1
        ) AS "availability_zone",
        ELEMENT_AT(
          ARRAY_AGG("t0"."default_storage") FILTER(WHERE
            "t0"."default_storage" IS NOT NULL),
          1
        ) AS "default_storage",
        ELEMENT_AT(ARRAY_AGG("t0"."bucket") FILTER(WHERE
          "t0"."bucket" IS NOT NULL), 1) AS "bucket",
        ELEMENT_AT(ARRAY_AGG("t0"."created") FILTER(WHERE
          "t0"."created" IS NOT NULL), 1) AS "created"
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
