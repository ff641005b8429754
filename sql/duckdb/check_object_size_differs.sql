-- Is there any row of which this is true: an object has more or fewer bytes than on record?
-- Its table s3_objects is a listing of the buckets
-- What would mend it: restore the bytes of the size on record
WITH "t23" AS (
  SELECT DISTINCT
    "t21"."flow_id",
    "t21"."object_id",
    "t21"."start_ns",
    "t21"."end_ns"
  FROM (
    SELECT
      "t12"."flow_id",
      "t12"."object_id",
      "t12"."start_ns",
      "t12"."end_ns",
      "t12"."created",
      "t15"."since",
      "t15"."until",
      "t15"."only",
      "t15"."asked"
    FROM (
      SELECT
        "t3"."flow_id",
        "t3"."object_id",
        "t3"."start_ns",
        "t3"."end_ns",
        "t3"."created"
      FROM "segments" AS "t3"
    ) AS "t12"
    INNER JOIN (
      SELECT
        "t4"."flow_id",
        "t4"."start_ns" AS "since",
        "t4"."end_ns" AS "until",
        "t4"."object_id" AS "only",
        "t4"."created" AS "asked"
      FROM "deletion_requests" AS "t4"
      WHERE
        "t4"."status" IN ('created', 'started')
    ) AS "t15"
      ON "t12"."flow_id" = "t15"."flow_id"
  ) AS "t21"
  WHERE
    (
      (
        "t21"."since" IS NULL
      ) OR (
        "t21"."start_ns" >= "t21"."since"
      )
    )
    AND (
      (
        "t21"."until" IS NULL
      ) OR (
        "t21"."end_ns" <= "t21"."until"
      )
    )
    AND (
      (
        "t21"."only" IS NULL
      ) OR (
        "t21"."object_id" = "t21"."only"
      )
    )
    AND "t21"."created" <= "t21"."asked"
)
SELECT
  'object_size_differs' AS "check",
  'error' AS "severity",
  'objects' AS "entity",
  COALESCE("t40"."object_id", '?') AS "id",
  COALESCE(
    "t40"."bucket" || '/' || "t40"."key" || ': ' || CAST("t40"."stored_size" AS TEXT) || ' bytes stored, ' || CAST("t40"."size" AS TEXT) || ' on record',
    '?'
  ) AS "detail"
FROM (
  SELECT
    "t36"."object_id",
    "t36"."storage_id",
    "t36"."bucket",
    "t36"."key",
    "t36"."size",
    "t36"."stored_size"
  FROM (
    SELECT
      "t31"."object_id",
      "t31"."storage_id",
      "t31"."bucket",
      "t31"."key",
      "t31"."size",
      "t31"."stored_size"
    FROM (
      SELECT
        "t18"."object_id",
        "t18"."storage_id",
        "t18"."bucket",
        "t18"."key",
        "t18"."created",
        "t19"."size",
        "t19"."registered_at",
        "t28"."stored_size"
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
          FROM "object_instances" AS "t0"
          WHERE
            "t0"."controlled" AND "t0"."bucket" IS NOT NULL AND "t0"."key" IS NOT NULL
        ) AS "t8"
        GROUP BY
          1,
          2,
          3,
          4
      ) AS "t18"
      INNER JOIN (
        SELECT
          "t9"."object_id",
          "t9"."size",
          "t9"."registered_at"
        FROM (
          SELECT
            "t1"."id" AS "object_id",
            MAX("t1"."size") AS "size",
            MAX("t1"."registered_at") AS "registered_at",
            MAX("t1"."released_at") AS "released_at",
            MAX("t1"."collecting_since") AS "collecting_since"
          FROM "objects" AS "t1"
          GROUP BY
            1
        ) AS "t9"
        WHERE
          "t9"."registered_at" IS NOT NULL
          AND "t9"."released_at" IS NULL
          AND "t9"."collecting_since" IS NULL
      ) AS "t19"
        ON "t18"."object_id" = "t19"."object_id"
      INNER JOIN (
        SELECT
          "t22"."bucket",
          "t22"."key",
          MAX("t22"."size") AS "stored_size"
        FROM (
          SELECT
            "t20"."bucket",
            "t20"."key",
            "t20"."size",
            "t20"."etag",
            "t20"."storage_class",
            "t20"."last_modified",
            "t20"."listed_at"
          FROM (
            SELECT
              "t5"."bucket",
              "t5"."key",
              "t5"."size",
              "t5"."etag",
              "t5"."storage_class",
              "t5"."last_modified",
              "t5"."listed_at",
              "t14"."newest_at"
            FROM "s3_objects" AS "t5"
            INNER JOIN (
              SELECT
                "t2"."bucket",
                MAX("t2"."listed_at") AS "newest_at"
              FROM "s3_objects" AS "t2"
              GROUP BY
                1
            ) AS "t14"
              ON "t5"."bucket" = "t14"."bucket"
          ) AS "t20"
          WHERE
            (
              (
                "t20"."listed_at" = "t20"."newest_at"
              ) OR (
                "t20"."newest_at" IS NULL
              )
            )
            AND "t20"."size" IS NOT NULL
        ) AS "t22"
        GROUP BY
          1,
          2
      ) AS "t28"
        ON "t18"."bucket" = "t28"."bucket" AND "t18"."key" = "t28"."key"
    ) AS "t31"
    WHERE
      "t31"."size" <> "t31"."stored_size"
  ) AS "t36"
  ANTI JOIN (
    SELECT
      "t37"."object_id"
    FROM (
      SELECT
        "t29"."object_id",
        "t29"."taken",
        "t35"."whole"
      FROM (
        SELECT
          "t24"."object_id",
          COUNT(*) AS "taken"
        FROM "t23" AS "t24"
        GROUP BY
          1
      ) AS "t29"
      INNER JOIN (
        SELECT
          "t32"."object_id",
          COUNT(*) AS "whole"
        FROM (
          SELECT DISTINCT
            *
          FROM (
            SELECT
              "t11"."flow_id",
              "t11"."object_id",
              "t11"."start_ns",
              "t11"."end_ns"
            FROM (
              SELECT
                "t3"."flow_id",
                "t3"."object_id",
                "t3"."start_ns",
                "t3"."end_ns"
              FROM "segments" AS "t3"
            ) AS "t11"
            SEMI JOIN "t23" AS "t25"
              ON "t11"."object_id" = "t25"."object_id"
          ) AS "t30"
        ) AS "t32"
        GROUP BY
          1
      ) AS "t35"
        ON "t29"."object_id" = "t35"."object_id"
    ) AS "t37"
    WHERE
      "t37"."taken" = "t37"."whole"
  ) AS "t39"
    ON "t36"."object_id" = "t39"."object_id"
) AS "t40"
