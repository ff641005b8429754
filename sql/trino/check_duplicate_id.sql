-- Is there any row of which this is true: several rows of one table have one id?
-- What would mend it: keep one row of them
SELECT
  'duplicate_id' AS "check",
  'error' AS "severity",
  "t22"."entity",
  COALESCE("t22"."id", '?') AS "id",
  COALESCE("t22"."detail", '?') AS "detail"
FROM (
  SELECT
    *
  FROM (
    SELECT
      *
    FROM (
      SELECT
        'storage_backends' AS "entity",
        CAST("t6"."id" AS VARCHAR) AS "id",
        "t6"."rows",
        CONCAT(CAST("t6"."rows" AS VARCHAR), ' rows have this id') AS "detail"
      FROM (
        SELECT
          "t0"."id",
          COUNT(*) AS "rows"
        FROM "storage_backends" AS "t0"
        GROUP BY
          1
      ) AS "t6"
      WHERE
        "t6"."rows" > 1
    ) AS "t12"
    UNION ALL
    SELECT
      *
    FROM (
      SELECT
        'webhooks' AS "entity",
        CAST("t7"."id" AS VARCHAR) AS "id",
        "t7"."rows",
        CONCAT(CAST("t7"."rows" AS VARCHAR), ' rows have this id') AS "detail"
      FROM (
        SELECT
          "t1"."id",
          COUNT(*) AS "rows"
        FROM "webhooks" AS "t1"
        GROUP BY
          1
      ) AS "t7"
      WHERE
        "t7"."rows" > 1
    ) AS "t13"
  ) AS "t18"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      *
    FROM (
      SELECT
        *
      FROM (
        SELECT
          'sources' AS "entity",
          CAST("t8"."id" AS VARCHAR) AS "id",
          "t8"."rows",
          CONCAT(CAST("t8"."rows" AS VARCHAR), ' rows have this id') AS "detail"
        FROM (
          SELECT
            "t2"."id",
            COUNT(*) AS "rows"
          FROM "sources" AS "t2"
          GROUP BY
            1
        ) AS "t8"
        WHERE
          "t8"."rows" > 1
      ) AS "t14"
      UNION ALL
      SELECT
        *
      FROM (
        SELECT
          'flows' AS "entity",
          CAST("t9"."id" AS VARCHAR) AS "id",
          "t9"."rows",
          CONCAT(CAST("t9"."rows" AS VARCHAR), ' rows have this id') AS "detail"
        FROM (
          SELECT
            "t3"."id",
            COUNT(*) AS "rows"
          FROM "flows" AS "t3"
          GROUP BY
            1
        ) AS "t9"
        WHERE
          "t9"."rows" > 1
      ) AS "t15"
    ) AS "t19"
    UNION ALL
    SELECT
      *
    FROM (
      SELECT
        *
      FROM (
        SELECT
          'objects' AS "entity",
          CAST("t10"."id" AS VARCHAR) AS "id",
          "t10"."rows",
          CONCAT(CAST("t10"."rows" AS VARCHAR), ' rows have this id') AS "detail"
        FROM (
          SELECT
            "t4"."id",
            COUNT(*) AS "rows"
          FROM "objects" AS "t4"
          GROUP BY
            1
        ) AS "t10"
        WHERE
          "t10"."rows" > 1
      ) AS "t16"
      UNION ALL
      SELECT
        *
      FROM (
        SELECT
          'profiles' AS "entity",
          CAST("t11"."id" AS VARCHAR) AS "id",
          "t11"."rows",
          CONCAT(CAST("t11"."rows" AS VARCHAR), ' rows have this id') AS "detail"
        FROM (
          SELECT
            "t5"."id",
            COUNT(*) AS "rows"
          FROM "profiles" AS "t5"
          GROUP BY
            1
        ) AS "t11"
        WHERE
          "t11"."rows" > 1
      ) AS "t17"
    ) AS "t20"
  ) AS "t21"
) AS "t22"
