-- Which copies of objects are not in s3_objects, a listing of the buckets?
WITH "t21" AS (
  SELECT
    "t19"."bucket",
    "t19"."key",
    "t19"."size",
    "t19"."etag",
    "t19"."storage_class",
    "t19"."last_modified",
    "t19"."listed_at"
  FROM (
    SELECT
      "t5"."bucket",
      "t5"."key",
      "t5"."size",
      "t5"."etag",
      "t5"."storage_class",
      "t5"."last_modified",
      "t5"."listed_at",
      "t13"."newest_at"
    FROM "s3_objects" AS "t5"
    INNER JOIN (
      SELECT
        "t4"."bucket",
        MAX("t4"."listed_at") AS "newest_at"
      FROM "s3_objects" AS "t4"
      GROUP BY
        1
    ) AS "t13"
      ON "t5"."bucket" = "t13"."bucket"
  ) AS "t19"
  WHERE
    (
      "t19"."listed_at" = "t19"."newest_at"
    ) OR (
      "t19"."newest_at" IS NULL
    )
)
SELECT
  "t32"."object_id",
  "t32"."storage_id",
  "t32"."bucket",
  "t32"."key",
  "t32"."size"
FROM (
  SELECT
    "t30"."object_id",
    "t30"."storage_id",
    "t30"."bucket",
    "t30"."key",
    "t30"."size"
  FROM (
    SELECT
      "t29"."object_id",
      "t29"."storage_id",
      "t29"."bucket",
      "t29"."key",
      "t29"."created",
      "t29"."size",
      "t29"."registered_at",
      "t29"."listed_at"
    FROM (
      SELECT
        "t16"."object_id",
        "t16"."storage_id",
        "t16"."bucket",
        "t16"."key",
        "t16"."created",
        "t17"."size",
        "t17"."registered_at",
        "t27"."bucket" AS "bucket_right",
        "t27"."listed_at"
      FROM (
        SELECT
          "t8"."object_id",
          "t8"."storage_id",
          "t8"."bucket",
          "t8"."key",
          MAX("t8"."created") AS "created"
        FROM (
          SELECT
            *
          FROM "object_instances" AS "t1"
          WHERE
            "t1"."controlled" AND "t1"."bucket" IS NOT NULL AND "t1"."key" IS NOT NULL
        ) AS "t8"
        GROUP BY
          1,
          2,
          3,
          4
      ) AS "t16"
      INNER JOIN (
        SELECT
          "t10"."object_id",
          "t10"."size",
          "t10"."registered_at"
        FROM (
          SELECT
            "t3"."id" AS "object_id",
            MAX("t3"."size") AS "size",
            MAX("t3"."registered_at") AS "registered_at",
            MAX("t3"."released_at") AS "released_at",
            MAX("t3"."collecting_since") AS "collecting_since"
          FROM "objects" AS "t3"
          GROUP BY
            1
        ) AS "t10"
        WHERE
          "t10"."registered_at" IS NOT NULL
          AND "t10"."released_at" IS NULL
          AND "t10"."collecting_since" IS NULL
      ) AS "t17"
        ON "t16"."object_id" = "t17"."object_id"
      ANTI JOIN "t21" AS "t24"
        ON "t16"."bucket" = "t24"."bucket" AND "t16"."key" = "t24"."key"
      LEFT OUTER JOIN (
        SELECT
          "t23"."bucket",
          MAX("t23"."listed_at") AS "listed_at"
        FROM "t21" AS "t23"
        GROUP BY
          1
      ) AS "t27"
        ON "t16"."bucket" = "t27"."bucket"
    ) AS "t29"
  ) AS "t30"
  WHERE
    (
      (
        COALESCE(
          "t30"."listed_at",
          (
            SELECT
              *
            FROM (
              SELECT
                MAX("t23"."listed_at") AS "last_at"
              FROM "t21" AS "t23"
            ) AS "t26"
          )
        ) - INTERVAL '86400' SECOND
      ) IS NULL
    )
    OR (
      (
        "t30"."created" < (
          COALESCE(
            "t30"."listed_at",
            (
              SELECT
                *
              FROM (
                SELECT
                  MAX("t23"."listed_at") AS "last_at"
                FROM "t21" AS "t23"
              ) AS "t26"
            )
          ) - INTERVAL '86400' SECOND
        )
      )
      AND (
        "t30"."registered_at" < (
          COALESCE(
            "t30"."listed_at",
            (
              SELECT
                *
              FROM (
                SELECT
                  MAX("t23"."listed_at") AS "last_at"
                FROM "t21" AS "t23"
              ) AS "t26"
            )
          ) - INTERVAL '86400' SECOND
        )
      )
    )
) AS "t32"
ANTI JOIN (
  SELECT
    "t18"."object_id"
  FROM (
    SELECT
      "t7"."flow_id",
      "t7"."object_id",
      "t7"."start_ns",
      "t7"."end_ns",
      "t12"."since",
      "t12"."until",
      "t12"."only"
    FROM (
      SELECT
        "t0"."flow_id",
        "t0"."object_id",
        "t0"."start_ns",
        "t0"."end_ns"
      FROM "segments" AS "t0"
    ) AS "t7"
    INNER JOIN (
      SELECT
        "t2"."flow_id",
        "t2"."start_ns" AS "since",
        "t2"."end_ns" AS "until",
        "t2"."object_id" AS "only"
      FROM "deletion_requests" AS "t2"
      WHERE
        "t2"."status" IN ('created', 'started')
    ) AS "t12"
      ON "t7"."flow_id" = "t12"."flow_id"
  ) AS "t18"
  WHERE
    (
      (
        "t18"."since" IS NULL
      ) OR (
        "t18"."start_ns" >= "t18"."since"
      )
    )
    AND (
      (
        "t18"."until" IS NULL
      ) OR (
        "t18"."end_ns" <= "t18"."until"
      )
    )
    AND (
      (
        "t18"."only" IS NULL
      ) OR (
        "t18"."object_id" = "t18"."only"
      )
    )
) AS "t22"
  ON "t32"."object_id" = "t22"."object_id"
