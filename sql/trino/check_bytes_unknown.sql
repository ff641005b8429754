-- Is there any row of which this is true: a bucket holds bytes that no object knows?
-- Its table s3_objects is a listing of the buckets
-- What would mend it: delete the key, or restore the object's rows
SELECT
  'bytes_unknown' AS "check",
  'warn' AS "severity",
  's3_objects' AS "entity",
  COALESCE(CONCAT(CONCAT("t20"."bucket", '/'), "t20"."key"), '?') AS "id",
  COALESCE(
    CONCAT(COALESCE(CAST("t20"."size" AS VARCHAR), '?'), ' bytes that no object knows'),
    '?'
  ) AS "detail"
FROM (
  SELECT
    "t19"."bucket",
    "t19"."key",
    MAX("t19"."size") AS "size",
    MAX("t19"."etag") AS "etag",
    MAX("t19"."storage_class") AS "storage_class",
    MAX("t19"."last_modified") AS "last_modified",
    MAX("t19"."listed_at") AS "listed_at"
  FROM (
    SELECT
      "t16"."bucket",
      "t16"."key",
      "t16"."size",
      "t16"."etag",
      "t16"."storage_class",
      "t16"."last_modified",
      "t16"."listed_at"
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
    ) AS "t16"
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
          "t16"."bucket" = "t18"."bucket" AND "t16"."key" = "t18"."key"
      )
  ) AS "t19"
  GROUP BY
    1,
    2
) AS "t20"
WHERE
  (
    "t20"."last_modified" IS NULL
  )
  OR (
    "t20"."listed_at" IS NULL
  )
  OR (
    "t20"."last_modified" < (
      "t20"."listed_at" - INTERVAL '86400' SECOND
    )
  )
