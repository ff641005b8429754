-- How many bytes came to each bucket on each day?
SELECT
  *
FROM (
  SELECT
    "t8"."bucket",
    "t8"."day",
    "t8"."keys",
    "t8"."size",
    CAST(CASE
      WHEN SUM(CAST("t8"."size" AS DECIMAL(38, 0))) OVER (
        PARTITION BY "t8"."bucket"
        ORDER BY "t8"."day" ASC
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ) > 9223372036854775807
      THEN 9223372036854775807
      WHEN SUM(CAST("t8"."size" AS DECIMAL(38, 0))) OVER (
        PARTITION BY "t8"."bucket"
        ORDER BY "t8"."day" ASC
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ) < -9223372036854775808
      THEN -9223372036854775808
      ELSE SUM(CAST("t8"."size" AS DECIMAL(38, 0))) OVER (
        PARTITION BY "t8"."bucket"
        ORDER BY "t8"."day" ASC
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      )
    END AS BIGINT) AS "size_so_far"
  FROM (
    SELECT
      "t7"."bucket",
      "t7"."day",
      COUNT(*) AS "keys",
      CAST(CASE
        WHEN SUM(CAST("t7"."size" AS DECIMAL(38, 0))) > 9223372036854775807
        THEN 9223372036854775807
        WHEN SUM(CAST("t7"."size" AS DECIMAL(38, 0))) < -9223372036854775808
        THEN -9223372036854775808
        ELSE SUM(CAST("t7"."size" AS DECIMAL(38, 0)))
      END AS BIGINT) AS "size"
    FROM (
      SELECT
        "t6"."bucket",
        "t6"."key",
        COALESCE("t6"."size", 0) AS "size",
        "t6"."etag",
        "t6"."storage_class",
        "t6"."last_modified",
        "t6"."listed_at",
        CAST("t6"."last_modified" AS DATE) AS "day"
      FROM (
        SELECT
          "t5"."bucket",
          "t5"."key",
          MAX("t5"."size") AS "size",
          MAX("t5"."etag") AS "etag",
          MAX("t5"."storage_class") AS "storage_class",
          MAX("t5"."last_modified") AS "last_modified",
          MAX("t5"."listed_at") AS "listed_at"
        FROM (
          SELECT
            "t4"."bucket",
            "t4"."key",
            "t4"."size",
            "t4"."etag",
            "t4"."storage_class",
            "t4"."last_modified",
            "t4"."listed_at"
          FROM (
            SELECT
              "t1"."bucket",
              "t1"."key",
              "t1"."size",
              "t1"."etag",
              "t1"."storage_class",
              "t1"."last_modified",
              "t1"."listed_at",
              "t3"."newest_at"
            FROM "s3_objects" AS "t1"
            INNER JOIN (
              SELECT
                "t0"."bucket",
                MAX("t0"."listed_at") AS "newest_at"
              FROM "s3_objects" AS "t0"
              GROUP BY
                1
            ) AS "t3"
              ON "t1"."bucket" = "t3"."bucket"
          ) AS "t4"
          WHERE
            (
              "t4"."listed_at" = "t4"."newest_at"
            ) OR (
              "t4"."newest_at" IS NULL
            )
        ) AS "t5"
        GROUP BY
          1,
          2
      ) AS "t6"
      WHERE
        "t6"."last_modified" IS NOT NULL
    ) AS "t7"
    GROUP BY
      1,
      2
  ) AS "t8"
) AS "t9"
ORDER BY
  "t9"."bucket" ASC,
  "t9"."day" ASC
