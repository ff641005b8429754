-- Which bytes in s3_objects, a listing of the buckets, does no object know?
SELECT
  "t17"."bucket",
  "t17"."key",
  "t17"."size",
  "t17"."etag",
  "t17"."storage_class",
  "t17"."last_modified",
  "t17"."listed_at"
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
      (
        "t12"."listed_at" = "t12"."newest_at"
      ) OR (
        "t12"."newest_at" IS NULL
      )
    )
    AND (
      (
        "t12"."last_modified" IS NULL
      )
      OR (
        "t12"."listed_at" IS NULL
      )
      OR (
        "t12"."last_modified" < (
          "t12"."listed_at" - INTERVAL '86400' SECOND
        )
      )
    )
) AS "t17"
WHERE
  NOT EXISTS(
    SELECT
      1
    FROM (
      SELECT
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
    ) AS "t18"
    WHERE
      "t17"."bucket" = "t18"."bucket" AND "t17"."key" = "t18"."key"
  )
