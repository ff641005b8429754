-- Which clip of its flow is nearest to each segment?
WITH "t10" AS (
  SELECT
    "t6"."flow_id",
    "t6"."object_id",
    "t6"."start_ns",
    "t6"."end_ns",
    "t8"."_group"
  FROM (
    SELECT
      CAST("t1"."flow_id" AS TEXT) AS "flow_id",
      "t1"."object_id",
      CAST("t1"."start_ns" AS BIGINT) AS "start_ns",
      CAST("t1"."end_ns" AS BIGINT) AS "end_ns"
    FROM "clips" AS "t1"
    WHERE
      "t1"."start_ns" < "t1"."end_ns"
  ) AS "t6"
  INNER JOIN (
    SELECT
      "t3"."_key_0_name",
      ROW_NUMBER() OVER (
        ORDER BY "t3"."_key_0_name" ASC
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
      ) - 1 AS "_group"
    FROM (
      SELECT DISTINCT
        CAST("t1"."flow_id" AS TEXT) AS "_key_0_name"
      FROM "clips" AS "t1"
      WHERE
        "t1"."start_ns" < "t1"."end_ns"
    ) AS "t3"
  ) AS "t8"
    ON "t6"."flow_id" = "t8"."_key_0_name"
)
SELECT
  "t28"."flow_id",
  "t28"."object_id",
  "t28"."start_ns",
  "t28"."end_ns",
  "t18"."flow_id_right",
  "t18"."object_id_right",
  "t18"."start_ns_right",
  "t18"."end_ns_right",
  "t28"."distance_ns"
FROM (
  SELECT
    "t26"."flow_id",
    "t26"."object_id",
    "t26"."start_ns",
    "t26"."end_ns",
    "t26"."_group",
    "t26"."_before_end",
    "t26"."_after",
    "t26"."_after_end",
    CASE
      WHEN (
        (
          "t26"."_after" IS NULL
        )
        OR (
          (
            CAST("t26"."start_ns" AS DECIMAL(38, 0)) - CAST("t26"."_before_end" AS DECIMAL(38, 0))
          ) <= CASE
            WHEN "t26"."_after" > "t26"."end_ns"
            THEN CAST("t26"."_after" AS DECIMAL(38, 0)) - CAST("t26"."end_ns" AS DECIMAL(38, 0))
            WHEN "t26"."_after" <= "t26"."end_ns"
            THEN CAST(0 AS DECIMAL(38, 0))
            ELSE NULL
          END
        )
      )
      AND (
        "t26"."_before_end" IS NOT NULL
      )
      THEN "t26"."_before_end"
      WHEN "t26"."_after" IS NOT NULL
      THEN "t26"."_after_end"
      ELSE NULL
    END AS "_choice",
    CAST(CASE
      WHEN CASE
        WHEN (
          (
            "t26"."_after" IS NULL
          )
          OR (
            (
              CAST("t26"."start_ns" AS DECIMAL(38, 0)) - CAST("t26"."_before_end" AS DECIMAL(38, 0))
            ) <= CASE
              WHEN "t26"."_after" > "t26"."end_ns"
              THEN CAST("t26"."_after" AS DECIMAL(38, 0)) - CAST("t26"."end_ns" AS DECIMAL(38, 0))
              WHEN "t26"."_after" <= "t26"."end_ns"
              THEN CAST(0 AS DECIMAL(38, 0))
              ELSE NULL
            END
          )
        )
        AND (
          "t26"."_before_end" IS NOT NULL
        )
        THEN CAST("t26"."start_ns" AS DECIMAL(38, 0)) - CAST("t26"."_before_end" AS DECIMAL(38, 0))
        ELSE CASE
          WHEN "t26"."_after" > "t26"."end_ns"
          THEN CAST("t26"."_after" AS DECIMAL(38, 0)) - CAST("t26"."end_ns" AS DECIMAL(38, 0))
          WHEN "t26"."_after" <= "t26"."end_ns"
          THEN CAST(0 AS DECIMAL(38, 0))
          ELSE NULL
        END
      END > 9223372036854775807
      THEN 9223372036854775807
      WHEN CASE
        WHEN (
          (
            "t26"."_after" IS NULL
          )
          OR (
            (
              CAST("t26"."start_ns" AS DECIMAL(38, 0)) - CAST("t26"."_before_end" AS DECIMAL(38, 0))
            ) <= CASE
              WHEN "t26"."_after" > "t26"."end_ns"
              THEN CAST("t26"."_after" AS DECIMAL(38, 0)) - CAST("t26"."end_ns" AS DECIMAL(38, 0))
              WHEN "t26"."_after" <= "t26"."end_ns"
              THEN CAST(0 AS DECIMAL(38, 0))
              ELSE NULL
            END
          )
        )
        AND (
          "t26"."_before_end" IS NOT NULL
        )
        THEN CAST("t26"."start_ns" AS DECIMAL(38, 0)) - CAST("t26"."_before_end" AS DECIMAL(38, 0))
        ELSE CASE
          WHEN "t26"."_after" > "t26"."end_ns"
          THEN CAST("t26"."_after" AS DECIMAL(38, 0)) - CAST("t26"."end_ns" AS DECIMAL(38, 0))
          WHEN "t26"."_after" <= "t26"."end_ns"
          THEN CAST(0 AS DECIMAL(38, 0))
          ELSE NULL
        END
      END < -9223372036854775808
      THEN -9223372036854775808
      ELSE CASE
        WHEN (
          (
            "t26"."_after" IS NULL
          )
          OR (
            (
              CAST("t26"."start_ns" AS DECIMAL(38, 0)) - CAST("t26"."_before_end" AS DECIMAL(38, 0))
            ) <= CASE
              WHEN "t26"."_after" > "t26"."end_ns"
              THEN CAST("t26"."_after" AS DECIMAL(38, 0)) - CAST("t26"."end_ns" AS DECIMAL(38, 0))
              WHEN "t26"."_after" <= "t26"."end_ns"
              THEN CAST(0 AS DECIMAL(38, 0))
              ELSE NULL
            END
          )
        )
        AND (
          "t26"."_before_end" IS NOT NULL
        )
        THEN CAST("t26"."start_ns" AS DECIMAL(38, 0)) - CAST("t26"."_before_end" AS DECIMAL(38, 0))
        ELSE CASE
          WHEN "t26"."_after" > "t26"."end_ns"
          THEN CAST("t26"."_after" AS DECIMAL(38, 0)) - CAST("t26"."end_ns" AS DECIMAL(38, 0))
          WHEN "t26"."_after" <= "t26"."end_ns"
          THEN CAST(0 AS DECIMAL(38, 0))
          ELSE NULL
        END
      END
    END AS BIGINT) AS "distance_ns"
  FROM (
    SELECT
      "t5"."flow_id",
      "t5"."object_id",
      "t5"."start_ns",
      "t5"."end_ns",
      "t8"."_group",
      "t25"."_before_end",
      "t25"."_after",
      "t25"."_after_end"
    FROM (
      SELECT
        CAST("t0"."flow_id" AS TEXT) AS "flow_id",
        "t0"."object_id",
        CAST("t0"."start_ns" AS BIGINT) AS "start_ns",
        CAST("t0"."end_ns" AS BIGINT) AS "end_ns"
      FROM "segments" AS "t0"
      WHERE
        "t0"."start_ns" < "t0"."end_ns"
    ) AS "t5"
    LEFT OUTER JOIN (
      SELECT
        "t3"."_key_0_name",
        ROW_NUMBER() OVER (
          ORDER BY "t3"."_key_0_name" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) - 1 AS "_group"
      FROM (
        SELECT DISTINCT
          CAST("t1"."flow_id" AS TEXT) AS "_key_0_name"
        FROM "clips" AS "t1"
        WHERE
          "t1"."start_ns" < "t1"."end_ns"
      ) AS "t3"
    ) AS "t8"
      ON "t5"."flow_id" = "t8"."_key_0_name"
    LEFT OUTER JOIN (
      SELECT
        "t23"."_group" AS "_their__group",
        "t23"."_point",
        "t23"."_before_end",
        NULLIF("t23"."_next", 9223372036854775807) AS "_after",
        "t23"."_next_end" AS "_after_end"
      FROM (
        SELECT
          "t22"."_group",
          "t22"."_point",
          "t22"."_theirs",
          "t22"."start_ns",
          "t22"."_front",
          "t22"."_end",
          COALESCE(
            MAX("t22"."_next") OVER (
              PARTITION BY "t22"."_group"
              ORDER BY "t22"."_point" ASC, "t22"."_theirs" ASC
              ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
            ),
            MIN("t22"."start_ns") OVER (
              PARTITION BY "t22"."_group"
              ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
            )
          ) AS "_next",
          COALESCE(
            MAX("t22"."_next_end") OVER (
              PARTITION BY "t22"."_group"
              ORDER BY "t22"."_point" ASC, "t22"."_theirs" ASC
              ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
            ),
            MIN("t22"."_front") OVER (
              PARTITION BY "t22"."_group"
              ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
            )
          ) AS "_next_end",
          MAX("t22"."_end") OVER (
            PARTITION BY "t22"."_group"
            ORDER BY "t22"."_point" ASC, "t22"."_theirs" ASC
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
          ) AS "_before_end"
        FROM (
          SELECT
            *
          FROM (
            SELECT
              "t12"."_group",
              "t12"."_point",
              0 AS "_theirs",
              CAST(NULL AS BIGINT) AS "start_ns",
              CAST(NULL AS BIGINT) AS "_front",
              CAST(NULL AS BIGINT) AS "_end",
              CAST(NULL AS BIGINT) AS "_next",
              CAST(NULL AS BIGINT) AS "_next_end"
            FROM (
              SELECT DISTINCT
                "t9"."_group",
                "t9"."start_ns" AS "_point"
              FROM (
                SELECT
                  "t5"."flow_id",
                  "t5"."object_id",
                  "t5"."start_ns",
                  "t5"."end_ns",
                  "t8"."_group"
                FROM (
                  SELECT
                    CAST("t0"."flow_id" AS TEXT) AS "flow_id",
                    "t0"."object_id",
                    CAST("t0"."start_ns" AS BIGINT) AS "start_ns",
                    CAST("t0"."end_ns" AS BIGINT) AS "end_ns"
                  FROM "segments" AS "t0"
                  WHERE
                    "t0"."start_ns" < "t0"."end_ns"
                ) AS "t5"
                LEFT OUTER JOIN (
                  SELECT
                    "t3"."_key_0_name",
                    ROW_NUMBER() OVER (
                      ORDER BY "t3"."_key_0_name" ASC
                      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                    ) - 1 AS "_group"
                  FROM (
                    SELECT DISTINCT
                      CAST("t1"."flow_id" AS TEXT) AS "_key_0_name"
                    FROM "clips" AS "t1"
                    WHERE
                      "t1"."start_ns" < "t1"."end_ns"
                  ) AS "t3"
                ) AS "t8"
                  ON "t5"."flow_id" = "t8"."_key_0_name"
              ) AS "t9"
            ) AS "t12"
          ) AS "t13"
          UNION ALL
          SELECT
            *
          FROM (
            SELECT
              "t20"."_group",
              "t20"."end_ns" AS "_point",
              1 AS "_theirs",
              "t20"."start_ns",
              "t20"."_front",
              "t20"."end_ns" AS "_end",
              COALESCE("t20"."_next", 9223372036854775807) AS "_next",
              "t20"."_next_end"
            FROM (
              SELECT
                "t19"."_group",
                "t19"."end_ns",
                "t19"."start_ns",
                "t19"."_next",
                "t19"."_front",
                MIN("t19"."_front") OVER (
                  PARTITION BY "t19"."_group"
                  ORDER BY "t19"."end_ns" DESC
                  ROWS BETWEEN UNBOUNDED PRECEDING AND 1 preceding
                ) AS "_next_end"
              FROM (
                SELECT
                  "t16"."_group",
                  "t16"."end_ns",
                  "t16"."start_ns",
                  "t16"."_next",
                  CASE
                    WHEN (
                      "t16"."_next" IS NULL
                    ) OR (
                      "t16"."start_ns" <= "t16"."_next"
                    )
                    THEN "t16"."end_ns"
                    ELSE NULL
                  END AS "_front"
                FROM (
                  SELECT
                    "t14"."_group",
                    "t14"."end_ns",
                    "t14"."start_ns",
                    MIN("t14"."start_ns") OVER (
                      PARTITION BY "t14"."_group"
                      ORDER BY "t14"."end_ns" DESC
                      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 preceding
                    ) AS "_next"
                  FROM (
                    SELECT
                      "t11"."_group",
                      "t11"."end_ns",
                      MIN("t11"."start_ns") AS "start_ns"
                    FROM "t10" AS "t11"
                    GROUP BY
                      1,
                      2
                  ) AS "t14"
                ) AS "t16"
              ) AS "t19"
            ) AS "t20"
          ) AS "t21"
        ) AS "t22"
      ) AS "t23"
      WHERE
        "t23"."_theirs" = 0
    ) AS "t25"
      ON "t8"."_group" = "t25"."_their__group" AND "t5"."start_ns" = "t25"."_point"
  ) AS "t26"
) AS "t28"
LEFT OUTER JOIN (
  SELECT
    "t15"."flow_id" AS "flow_id_right",
    "t15"."object_id" AS "object_id_right",
    "t15"."start_ns" AS "start_ns_right",
    "t15"."end_ns" AS "end_ns_right",
    "t15"."_group" AS "_their__group",
    "t15"."end_ns" AS "_their_end_ns"
  FROM (
    SELECT
      "t11"."flow_id",
      "t11"."object_id",
      "t11"."start_ns",
      "t11"."end_ns",
      "t11"."_group",
      ROW_NUMBER() OVER (
        PARTITION BY "t11"."_group", "t11"."end_ns"
        ORDER BY "t11"."start_ns" ASC, "t11"."flow_id" ASC, "t11"."object_id" ASC
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
      ) - 1 AS "_number"
    FROM "t10" AS "t11"
  ) AS "t15"
  WHERE
    "t15"."_number" = 0
) AS "t18"
  ON "t28"."_group" = "t18"."_their__group"
  AND "t28"."_choice" = "t18"."_their_end_ns"
