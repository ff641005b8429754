-- How many bytes are in each bucket and storage class, and how many does no object know?
SELECT
  *
FROM (
  SELECT
    "t22"."bucket",
    "t22"."storage_class",
    COUNT(*) AS "keys",
    CAST(CASE
      WHEN SUM(CAST("t22"."size" AS DECIMAL(38, 0))) > 9223372036854775807
      THEN 9223372036854775807
      WHEN SUM(CAST("t22"."size" AS DECIMAL(38, 0))) < -9223372036854775808
      THEN -9223372036854775808
      ELSE SUM(CAST("t22"."size" AS DECIMAL(38, 0)))
    END AS BIGINT) AS "size",
    SUM(CAST("t22"."is_unknown" AS INTEGER)) AS "unknown_keys",
    CAST(CASE
      WHEN SUM(CAST(IF("t22"."is_unknown", "t22"."size", 0) AS DECIMAL(38, 0))) > 9223372036854775807
      THEN 9223372036854775807
      WHEN SUM(CAST(IF("t22"."is_unknown", "t22"."size", 0) AS DECIMAL(38, 0))) < -9223372036854775808
      THEN -9223372036854775808
      ELSE SUM(CAST(IF("t22"."is_unknown", "t22"."size", 0) AS DECIMAL(38, 0)))
    END AS BIGINT) AS "unknown_size"
  FROM (
    SELECT
      "t21"."bucket",
      "t21"."storage_class",
      COALESCE("t21"."size", 0) AS "size",
      "t19"."is_known" IS NULL AS "is_unknown"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t15"."bucket",
          "t15"."key",
          MAX("t15"."size") AS "size",
          MAX("t15"."etag") AS "etag",
          MAX("t15"."storage_class") AS "storage_class",
          MAX("t15"."last_modified") AS "last_modified",
          MAX("t15"."listed_at") AS "listed_at"
        FROM (
          SELECT
            "t12"."bucket",
            "t12"."key",
            "t12"."size",
            "t12"."etag",
            "t12"."storage_class",
            "t12"."last_modified",
            "t12"."listed_at"
          FROM (
            SELECT
              "t4"."bucket",
              "t4"."key",
              "t4"."size",
              "t4"."etag",
              "t4"."storage_class",
              "t4"."last_modified",
              "t4"."listed_at",
              "t10"."newest_at"
            FROM "s3_objects" AS "t4"
            INNER JOIN (
              SELECT
                "t0"."bucket",
                MAX("t0"."listed_at") AS "newest_at"
              FROM "s3_objects" AS "t0"
              GROUP BY
                1
            ) AS "t10"
              ON "t4"."bucket" = "t10"."bucket"
          ) AS "t12"
          WHERE
            (
              "t12"."listed_at" = "t12"."newest_at"
            ) OR (
              "t12"."newest_at" IS NULL
            )
        ) AS "t15"
        GROUP BY
          1,
          2
      ) AS "t17"
    ) AS "t21"
    LEFT OUTER JOIN (
      SELECT
        "t16"."bucket",
        "t16"."key",
        TRUE AS "is_known"
      FROM (
        SELECT DISTINCT
          *
        FROM (
          SELECT
            *
          FROM (
            SELECT
              "t1"."bucket",
              "t1"."key"
            FROM "object_instances" AS "t1"
            WHERE
              "t1"."controlled"
          ) AS "t6"
          UNION ALL
          SELECT
            *
          FROM (
            SELECT
              *
            FROM (
              SELECT
                "t9"."bucket",
                "t5"."key"
              FROM "discarded_instances" AS "t5"
              INNER JOIN (
                SELECT DISTINCT
                  "t3"."id" AS "storage_id",
                  "t3"."bucket"
                FROM "storage_backends" AS "t3"
              ) AS "t9"
                ON "t5"."storage_id" = "t9"."storage_id"
            ) AS "t11"
          ) AS "t13"
        ) AS "t14"
        WHERE
          "t14"."bucket" IS NOT NULL AND "t14"."key" IS NOT NULL
      ) AS "t16"
    ) AS "t19"
      ON "t21"."bucket" = "t19"."bucket" AND "t21"."key" = "t19"."key"
  ) AS "t22"
  GROUP BY
    1,
    2
) AS "t23"
ORDER BY
  "t23"."size" DESC,
  "t23"."bucket" ASC,
  "t23"."storage_class" ASC
