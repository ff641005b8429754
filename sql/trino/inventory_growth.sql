-- How many bytes came to each bucket on each day?
SELECT
  *
FROM (
  SELECT
    "t6"."bucket",
    "t6"."day",
    "t6"."keys",
    "t6"."size",
    CAST(CASE
      WHEN SUM(CAST("t6"."size" AS DECIMAL(38, 0))) OVER (
        PARTITION BY "t6"."bucket"
        ORDER BY "t6"."day" ASC
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ) > 9223372036854775807
      THEN 9223372036854775807
      WHEN SUM(CAST("t6"."size" AS DECIMAL(38, 0))) OVER (
        PARTITION BY "t6"."bucket"
        ORDER BY "t6"."day" ASC
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ) < -9223372036854775808
      THEN -9223372036854775808
      ELSE SUM(CAST("t6"."size" AS DECIMAL(38, 0))) OVER (
        PARTITION BY "t6"."bucket"
        ORDER BY "t6"."day" ASC
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      )
    END AS BIGINT) AS "size_so_far"
  FROM (
    SELECT
      "t5"."bucket",
      "t5"."day",
      COUNT(*) AS "keys",
      CAST(CASE
        WHEN SUM(CAST("t5"."size" AS DECIMAL(38, 0))) > 9223372036854775807
        THEN 9223372036854775807
        WHEN SUM(CAST("t5"."size" AS DECIMAL(38, 0))) < -9223372036854775808
        THEN -9223372036854775808
        ELSE SUM(CAST("t5"."size" AS DECIMAL(38, 0)))
      END AS BIGINT) AS "size"
    FROM (
      SELECT
        "t4"."bucket",
        "t4"."key",
        COALESCE("t4"."size", 0) AS "size",
        "t4"."etag",
        "t4"."storage_class",
        "t4"."last_modified",
        "t4"."listed_at",
        DATE("t4"."last_modified") AS "day"
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
          (
            "t4"."listed_at" = "t4"."newest_at"
          ) OR (
            "t4"."newest_at" IS NULL
          )
        )
        AND "t4"."last_modified" IS NOT NULL
    ) AS "t5"
    GROUP BY
      1,
      2
  ) AS "t6"
) AS "t7"
ORDER BY
  "t7"."bucket" ASC,
  "t7"."day" ASC
