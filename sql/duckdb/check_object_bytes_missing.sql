-- Is there any row of which this is true: the bytes of an object are not where they should be?
-- Its table s3_objects is a listing of the buckets
-- What would mend it: restore the bytes, or delete the object's segments
WITH "t22" AS (
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
      "t20"."listed_at" = "t20"."newest_at"
    ) OR (
      "t20"."newest_at" IS NULL
    )
), "t23" AS (
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
  'object_bytes_missing' AS "check",
  'error' AS "severity",
  'objects' AS "entity",
  COALESCE("t45"."object_id", '?') AS "id",
  COALESCE('no bytes at ' || "t45"."bucket" || '/' || "t45"."key", '?') AS "detail"
FROM (
  SELECT
    "t42"."object_id",
    "t42"."storage_id",
    "t42"."bucket",
    "t42"."key",
    "t42"."size"
  FROM (
    SELECT
      "t37"."object_id",
      "t37"."storage_id",
      "t37"."bucket",
      "t37"."key",
      "t37"."size"
    FROM (
      SELECT
        "t36"."object_id",
        "t36"."storage_id",
        "t36"."bucket",
        "t36"."key",
        "t36"."created",
        "t36"."size",
        "t36"."registered_at",
        "t36"."listed_at"
      FROM (
        SELECT
          "t18"."object_id",
          "t18"."storage_id",
          "t18"."bucket",
          "t18"."key",
          "t18"."created",
          "t19"."size",
          "t19"."registered_at",
          "t32"."bucket" AS "bucket_right",
          "t32"."listed_at"
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
        ANTI JOIN "t22" AS "t26"
          ON "t18"."bucket" = "t26"."bucket" AND "t18"."key" = "t26"."key"
        LEFT OUTER JOIN (
          SELECT
            "t24"."bucket",
            MAX("t24"."listed_at") AS "listed_at"
          FROM "t22" AS "t24"
          GROUP BY
            1
        ) AS "t32"
          ON "t18"."bucket" = "t32"."bucket"
      ) AS "t36"
    ) AS "t37"
    WHERE
      (
        (
          COALESCE(
            "t37"."listed_at",
            (
              SELECT
                *
              FROM (
                SELECT
                  MAX("t24"."listed_at") AS "last_at"
                FROM "t22" AS "t24"
              ) AS "t30"
            )
          ) - INTERVAL '86400' SECOND
        ) IS NULL
      )
      OR (
        (
          "t37"."created" < (
            COALESCE(
              "t37"."listed_at",
              (
                SELECT
                  *
                FROM (
                  SELECT
                    MAX("t24"."listed_at") AS "last_at"
                  FROM "t22" AS "t24"
                ) AS "t30"
              )
            ) - INTERVAL '86400' SECOND
          )
        )
        AND (
          "t37"."registered_at" < (
            COALESCE(
              "t37"."listed_at",
              (
                SELECT
                  *
                FROM (
                  SELECT
                    MAX("t24"."listed_at") AS "last_at"
                  FROM "t22" AS "t24"
                ) AS "t30"
              )
            ) - INTERVAL '86400' SECOND
          )
        )
      )
  ) AS "t42"
  ANTI JOIN (
    SELECT
      "t40"."object_id"
    FROM (
      SELECT
        "t31"."object_id",
        "t31"."taken",
        "t39"."whole"
      FROM (
        SELECT
          "t25"."object_id",
          COUNT(*) AS "taken"
        FROM "t23" AS "t25"
        GROUP BY
          1
      ) AS "t31"
      INNER JOIN (
        SELECT
          "t35"."object_id",
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
            SEMI JOIN "t23" AS "t27"
              ON "t11"."object_id" = "t27"."object_id"
          ) AS "t34"
        ) AS "t35"
        GROUP BY
          1
      ) AS "t39"
        ON "t31"."object_id" = "t39"."object_id"
    ) AS "t40"
    WHERE
      "t40"."taken" = "t40"."whole"
  ) AS "t44"
    ON "t42"."object_id" = "t44"."object_id"
) AS "t45"
