-- Which copies of objects have more or fewer bytes in s3_objects than on record?
SELECT
  "t25"."object_id",
  "t25"."storage_id",
  "t25"."bucket",
  "t25"."key",
  "t25"."size",
  "t25"."stored_size"
FROM (
  SELECT
    "t23"."object_id",
    "t23"."storage_id",
    "t23"."bucket",
    "t23"."key",
    "t23"."size",
    "t23"."stored_size"
  FROM (
    SELECT
      "t12"."object_id",
      "t12"."storage_id",
      "t12"."bucket",
      "t12"."key",
      "t12"."created",
      "t13"."size",
      "t13"."registered_at",
      "t22"."stored_size"
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
        "t1"."id" AS "object_id",
        "t1"."size",
        "t1"."registered_at"
      FROM "objects" AS "t1"
      WHERE
        "t1"."registered_at" IS NOT NULL
        AND "t1"."released_at" IS NULL
        AND "t1"."collecting_since" IS NULL
    ) AS "t13"
      ON "t12"."object_id" = "t13"."object_id"
    INNER JOIN (
      SELECT
        "t19"."bucket",
        "t19"."key",
        MAX("t19"."size") AS "stored_size"
      FROM (
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
            (
              "t17"."listed_at" = "t17"."newest_at"
            ) OR (
              "t17"."newest_at" IS NULL
            )
          )
          AND "t17"."size" IS NOT NULL
      ) AS "t19"
      GROUP BY
        1,
        2
    ) AS "t22"
      ON "t12"."bucket" = "t22"."bucket" AND "t12"."key" = "t22"."key"
  ) AS "t23"
  WHERE
    "t23"."size" <> "t23"."stored_size"
) AS "t25"
ANTI JOIN (
  SELECT
    "t16"."object_id"
  FROM (
    SELECT
      "t9"."flow_id",
      "t9"."object_id",
      "t9"."start_ns",
      "t9"."end_ns",
      "t14"."since",
      "t14"."until",
      "t14"."only"
    FROM (
      SELECT
        "t2"."flow_id",
        "t2"."object_id",
        "t2"."start_ns",
        "t2"."end_ns"
      FROM "segments" AS "t2"
    ) AS "t9"
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
      ON "t9"."flow_id" = "t14"."flow_id"
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
  ON "t25"."object_id" = "t20"."object_id"
