-- Which copies of objects have more or fewer bytes in s3_objects than on record?
SELECT
  "t27"."object_id",
  "t27"."storage_id",
  "t27"."bucket",
  "t27"."key",
  "t27"."size",
  "t27"."stored_size"
FROM (
  SELECT
    "t25"."object_id",
    "t25"."storage_id",
    "t25"."bucket",
    "t25"."key",
    "t25"."size",
    "t25"."stored_size"
  FROM (
    SELECT
      "t16"."object_id",
      "t16"."storage_id",
      "t16"."bucket",
      "t16"."key",
      "t16"."created",
      "t17"."size",
      "t17"."registered_at",
      "t24"."stored_size"
    FROM (
      SELECT
        "t7"."object_id",
        "t7"."storage_id",
        "t7"."bucket",
        "t7"."key",
        MAX("t7"."created") AS "created"
      FROM (
        SELECT
          *
        FROM "object_instances" AS "t0"
        WHERE
          "t0"."controlled" AND "t0"."bucket" IS NOT NULL AND "t0"."key" IS NOT NULL
      ) AS "t7"
      GROUP BY
        1,
        2,
        3,
        4
    ) AS "t16"
    INNER JOIN (
      SELECT
        "t9"."object_id",
        "t9"."size",
        "t9"."registered_at"
      FROM (
        SELECT
          "t2"."id" AS "object_id",
          MAX("t2"."size") AS "size",
          MAX("t2"."registered_at") AS "registered_at",
          MAX("t2"."released_at") AS "released_at",
          MAX("t2"."collecting_since") AS "collecting_since"
        FROM "objects" AS "t2"
        GROUP BY
          1
      ) AS "t9"
      WHERE
        "t9"."registered_at" IS NOT NULL
        AND "t9"."released_at" IS NULL
        AND "t9"."collecting_since" IS NULL
    ) AS "t17"
      ON "t16"."object_id" = "t17"."object_id"
    INNER JOIN (
      SELECT
        "t21"."bucket",
        "t21"."key",
        MAX("t21"."size") AS "stored_size"
      FROM (
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
            (
              "t19"."listed_at" = "t19"."newest_at"
            ) OR (
              "t19"."newest_at" IS NULL
            )
          )
          AND "t19"."size" IS NOT NULL
      ) AS "t21"
      GROUP BY
        1,
        2
    ) AS "t24"
      ON "t16"."bucket" = "t24"."bucket" AND "t16"."key" = "t24"."key"
  ) AS "t25"
  WHERE
    "t25"."size" <> "t25"."stored_size"
) AS "t27"
WHERE
  NOT EXISTS(
    SELECT
      1
    FROM (
      SELECT
        "t18"."object_id"
      FROM (
        SELECT
          "t8"."flow_id",
          "t8"."object_id",
          "t8"."start_ns",
          "t8"."end_ns",
          "t12"."since",
          "t12"."until",
          "t12"."only"
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
        ) AS "t12"
          ON "t8"."flow_id" = "t12"."flow_id"
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
    WHERE
      "t27"."object_id" = "t22"."object_id"
  )
