-- Which copies of objects are not in s3_objects, a listing of the buckets?
WITH "t19" AS (
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
      "t5"."bucket",
      "t5"."key",
      "t5"."size",
      "t5"."etag",
      "t5"."storage_class",
      "t5"."last_modified",
      "t5"."listed_at",
      "t15"."newest_at"
    FROM "s3_objects" AS "t5"
    INNER JOIN (
      SELECT
        "t4"."bucket",
        MAX("t4"."listed_at") AS "newest_at"
      FROM "s3_objects" AS "t4"
      GROUP BY
        1
    ) AS "t15"
      ON "t5"."bucket" = "t15"."bucket"
  ) AS "t17"
  WHERE
    (
      "t17"."listed_at" = "t17"."newest_at"
    ) OR (
      "t17"."newest_at" IS NULL
    )
)
SELECT
  "t30"."object_id",
  "t30"."storage_id",
  "t30"."bucket",
  "t30"."key",
  "t30"."size"
FROM (
  SELECT
    "t28"."object_id",
    "t28"."storage_id",
    "t28"."bucket",
    "t28"."key",
    "t28"."size"
  FROM (
    SELECT
      "t27"."object_id",
      "t27"."storage_id",
      "t27"."bucket",
      "t27"."key",
      "t27"."created",
      "t27"."size",
      "t27"."registered_at",
      "t27"."listed_at"
    FROM (
      SELECT
        "t12"."object_id",
        "t12"."storage_id",
        "t12"."bucket",
        "t12"."key",
        "t12"."created",
        "t13"."size",
        "t13"."registered_at",
        "t25"."bucket" AS "bucket_right",
        "t25"."listed_at"
      FROM (
        SELECT
          "t0"."object_id",
          "t0"."storage_id",
          "t0"."bucket",
          "t0"."key",
          "t0"."created"
        FROM "object_instances" AS "t0"
        WHERE
          "t0"."controlled" AND "t0"."bucket" IS NOT NULL AND "t0"."key" IS NOT NULL
      ) AS "t12"
      INNER JOIN (
        SELECT
          "t2"."id" AS "object_id",
          "t2"."size",
          "t2"."registered_at"
        FROM "objects" AS "t2"
        WHERE
          "t2"."registered_at" IS NOT NULL
          AND "t2"."released_at" IS NULL
          AND "t2"."collecting_since" IS NULL
      ) AS "t13"
        ON "t12"."object_id" = "t13"."object_id"
      ANTI JOIN "t19" AS "t22"
        ON "t12"."bucket" = "t22"."bucket" AND "t12"."key" = "t22"."key"
      LEFT OUTER JOIN (
        SELECT
          "t21"."bucket",
          MAX("t21"."listed_at") AS "listed_at"
        FROM "t19" AS "t21"
        GROUP BY
          1
      ) AS "t25"
        ON "t12"."bucket" = "t25"."bucket"
    ) AS "t27"
  ) AS "t28"
  WHERE
    (
      (
        COALESCE(
          "t28"."listed_at",
          (
            SELECT
              *
            FROM (
              SELECT
                MAX("t21"."listed_at") AS "last_at"
              FROM "t19" AS "t21"
            ) AS "t24"
          )
        ) - INTERVAL '86400' SECOND
      ) IS NULL
    )
    OR (
      (
        "t28"."created" < (
          COALESCE(
            "t28"."listed_at",
            (
              SELECT
                *
              FROM (
                SELECT
                  MAX("t21"."listed_at") AS "last_at"
                FROM "t19" AS "t21"
              ) AS "t24"
            )
          ) - INTERVAL '86400' SECOND
        )
      )
      AND (
        "t28"."registered_at" < (
          COALESCE(
            "t28"."listed_at",
            (
              SELECT
                *
              FROM (
                SELECT
                  MAX("t21"."listed_at") AS "last_at"
                FROM "t19" AS "t21"
              ) AS "t24"
            )
          ) - INTERVAL '86400' SECOND
        )
      )
    )
) AS "t30"
ANTI JOIN (
  SELECT
    "t16"."object_id"
  FROM (
    SELECT
      "t8"."flow_id",
      "t8"."object_id",
      "t8"."start_ns",
      "t8"."end_ns",
      "t14"."since",
      "t14"."until",
      "t14"."only"
    FROM (
      SELECT
        "t1"."flow_id",
        "t1"."object_id",
        "t1"."start_ns",
        "t1"."end_ns"
      FROM "segments" AS "t1"
    ) AS "t8"
    INNER JOIN (
      SELECT
        "t3"."flow_id",
        "t3"."start_ns" AS "since",
        "t3"."end_ns" AS "until",
        "t3"."object_id" AS "only"
      FROM "deletion_requests" AS "t3"
      WHERE
        "t3"."status" IN ('created', 'started')
    ) AS "t14"
      ON "t8"."flow_id" = "t14"."flow_id"
  ) AS "t16"
  WHERE
    (
      (
        "t16"."since" IS NULL
      ) OR (
        "t16"."start_ns" >= "t16"."since"
      )
    )
    AND (
      (
        "t16"."until" IS NULL
      ) OR (
        "t16"."end_ns" <= "t16"."until"
      )
    )
    AND (
      (
        "t16"."only" IS NULL
      ) OR (
        "t16"."object_id" = "t16"."only"
      )
    )
) AS "t20"
  ON "t30"."object_id" = "t20"."object_id"
