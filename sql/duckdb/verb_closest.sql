-- Which clip of its flow is nearest to each segment?
WITH "t5" AS (
  SELECT
    "t4"."flow_id",
    "t4"."object_id",
    "t4"."start_ns",
    "t4"."end_ns",
    "t4"."_number",
    ROW_NUMBER() OVER (
      ORDER BY "t4"."end_ns" ASC, "t4"."_number" DESC
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) - 1 AS "_turn"
  FROM (
    SELECT
      "t3"."flow_id",
      "t3"."object_id",
      "t3"."start_ns",
      "t3"."end_ns",
      ROW_NUMBER() OVER (
        ORDER BY "t3"."start_ns" ASC, "t3"."end_ns" ASC, "t3"."flow_id" ASC, "t3"."object_id" ASC
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
      ) - 1 AS "_number"
    FROM (
      SELECT
        CAST("t0"."flow_id" AS TEXT) AS "flow_id",
        "t0"."object_id",
        CAST("t0"."start_ns" AS BIGINT) AS "start_ns",
        CAST("t0"."end_ns" AS BIGINT) AS "end_ns"
      FROM "clips" AS "t0"
      WHERE
        "t0"."start_ns" < "t0"."end_ns" AND CAST("t0"."flow_id" AS TEXT) IS NOT NULL
    ) AS "t3"
  ) AS "t4"
)
SELECT
  "t18"."flow_id",
  "t18"."object_id",
  "t18"."start_ns",
  "t18"."end_ns",
  "t10"."flow_id_right",
  "t10"."object_id_right",
  "t10"."start_ns_right",
  "t10"."end_ns_right",
  "t18"."distance_ns"
FROM (
  SELECT
    "t16"."flow_id",
    "t16"."object_id",
    "t16"."start_ns",
    "t16"."end_ns",
    "t16"."_point",
    "t16"."_theirs",
    "t16"."_number",
    "t16"."_turn",
    "t16"."_begin",
    "t16"."_before",
    "t16"."_before_end",
    "t16"."_after",
    "t16"."_after_start",
    "t16"."_turn_of",
    "t16"."_number_of",
    CASE
      WHEN (
        (
          "t16"."_after" IS NULL
        )
        OR (
          (
            CAST("t16"."start_ns" AS DECIMAL(38, 0)) - CAST("t16"."_before_end" AS DECIMAL(38, 0))
          ) <= CASE
            WHEN "t16"."_after_start" > "t16"."end_ns"
            THEN CAST("t16"."_after_start" AS DECIMAL(38, 0)) - CAST("t16"."end_ns" AS DECIMAL(38, 0))
            WHEN "t16"."_after_start" <= "t16"."end_ns"
            THEN CAST(0 AS DECIMAL(38, 0))
            ELSE NULL
          END
        )
      )
      AND (
        "t16"."_before" IS NOT NULL
      )
      THEN "t16"."_number_of"
      ELSE "t16"."_after"
    END AS "_choice",
    CAST(CASE
      WHEN CASE
        WHEN (
          (
            "t16"."_after" IS NULL
          )
          OR (
            (
              CAST("t16"."start_ns" AS DECIMAL(38, 0)) - CAST("t16"."_before_end" AS DECIMAL(38, 0))
            ) <= CASE
              WHEN "t16"."_after_start" > "t16"."end_ns"
              THEN CAST("t16"."_after_start" AS DECIMAL(38, 0)) - CAST("t16"."end_ns" AS DECIMAL(38, 0))
              WHEN "t16"."_after_start" <= "t16"."end_ns"
              THEN CAST(0 AS DECIMAL(38, 0))
              ELSE NULL
            END
          )
        )
        AND (
          "t16"."_before" IS NOT NULL
        )
        THEN CAST("t16"."start_ns" AS DECIMAL(38, 0)) - CAST("t16"."_before_end" AS DECIMAL(38, 0))
        ELSE CASE
          WHEN "t16"."_after_start" > "t16"."end_ns"
          THEN CAST("t16"."_after_start" AS DECIMAL(38, 0)) - CAST("t16"."end_ns" AS DECIMAL(38, 0))
          WHEN "t16"."_after_start" <= "t16"."end_ns"
          THEN CAST(0 AS DECIMAL(38, 0))
          ELSE NULL
        END
      END <= 9223372036854775807
      THEN CASE
        WHEN (
          (
            "t16"."_after" IS NULL
          )
          OR (
            (
              CAST("t16"."start_ns" AS DECIMAL(38, 0)) - CAST("t16"."_before_end" AS DECIMAL(38, 0))
            ) <= CASE
              WHEN "t16"."_after_start" > "t16"."end_ns"
              THEN CAST("t16"."_after_start" AS DECIMAL(38, 0)) - CAST("t16"."end_ns" AS DECIMAL(38, 0))
              WHEN "t16"."_after_start" <= "t16"."end_ns"
              THEN CAST(0 AS DECIMAL(38, 0))
              ELSE NULL
            END
          )
        )
        AND (
          "t16"."_before" IS NOT NULL
        )
        THEN CAST("t16"."start_ns" AS DECIMAL(38, 0)) - CAST("t16"."_before_end" AS DECIMAL(38, 0))
        ELSE CASE
          WHEN "t16"."_after_start" > "t16"."end_ns"
          THEN CAST("t16"."_after_start" AS DECIMAL(38, 0)) - CAST("t16"."end_ns" AS DECIMAL(38, 0))
          WHEN "t16"."_after_start" <= "t16"."end_ns"
          THEN CAST(0 AS DECIMAL(38, 0))
          ELSE NULL
        END
      END
      WHEN CASE
        WHEN (
          (
            "t16"."_after" IS NULL
          )
          OR (
            (
              CAST("t16"."start_ns" AS DECIMAL(38, 0)) - CAST("t16"."_before_end" AS DECIMAL(38, 0))
            ) <= CASE
              WHEN "t16"."_after_start" > "t16"."end_ns"
              THEN CAST("t16"."_after_start" AS DECIMAL(38, 0)) - CAST("t16"."end_ns" AS DECIMAL(38, 0))
              WHEN "t16"."_after_start" <= "t16"."end_ns"
              THEN CAST(0 AS DECIMAL(38, 0))
              ELSE NULL
            END
          )
        )
        AND (
          "t16"."_before" IS NOT NULL
        )
        THEN CAST("t16"."start_ns" AS DECIMAL(38, 0)) - CAST("t16"."_before_end" AS DECIMAL(38, 0))
        ELSE CASE
          WHEN "t16"."_after_start" > "t16"."end_ns"
          THEN CAST("t16"."_after_start" AS DECIMAL(38, 0)) - CAST("t16"."end_ns" AS DECIMAL(38, 0))
          WHEN "t16"."_after_start" <= "t16"."end_ns"
          THEN CAST(0 AS DECIMAL(38, 0))
          ELSE NULL
        END
      END IS NOT NULL
      THEN 9223372036854775807
      ELSE NULL
    END AS BIGINT) AS "distance_ns"
  FROM (
    SELECT
      "t15"."flow_id",
      "t15"."object_id",
      "t15"."start_ns",
      "t15"."end_ns",
      "t15"."_point",
      "t15"."_theirs",
      "t15"."_number",
      "t15"."_turn",
      "t15"."_begin",
      "t15"."_before",
      "t15"."_before_end",
      "t15"."_after",
      "t15"."_after_start",
      "t11"."_turn_of",
      "t11"."_number_of"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t12"."flow_id",
          "t12"."object_id",
          "t12"."start_ns",
          "t12"."end_ns",
          "t12"."_point",
          "t12"."_theirs",
          "t12"."_number",
          "t12"."_turn",
          "t12"."_begin",
          MAX("t12"."_turn") OVER (
            PARTITION BY "t12"."flow_id"
            ORDER BY "t12"."_point" ASC, "t12"."_theirs" ASC
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
          ) AS "_before",
          MAX(CASE WHEN "t12"."_theirs" = 1 THEN "t12"."_point" ELSE NULL END) OVER (
            PARTITION BY "t12"."flow_id"
            ORDER BY "t12"."_point" ASC, "t12"."_theirs" ASC
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
          ) AS "_before_end",
          MIN("t12"."_number") OVER (
            PARTITION BY "t12"."flow_id"
            ORDER BY "t12"."_point" DESC, "t12"."_theirs" DESC
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
          ) AS "_after",
          MIN("t12"."_begin") OVER (
            PARTITION BY "t12"."flow_id"
            ORDER BY "t12"."_point" DESC, "t12"."_theirs" DESC
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
          ) AS "_after_start"
        FROM (
          SELECT
            *
          FROM (
            SELECT
              CAST("t1"."flow_id" AS TEXT) AS "flow_id",
              "t1"."object_id",
              CAST("t1"."start_ns" AS BIGINT) AS "start_ns",
              CAST("t1"."end_ns" AS BIGINT) AS "end_ns",
              CAST("t1"."start_ns" AS BIGINT) AS "_point",
              0 AS "_theirs",
              CAST(NULL AS BIGINT) AS "_number",
              CAST(NULL AS BIGINT) AS "_turn",
              CAST(NULL AS BIGINT) AS "_begin"
            FROM "segments" AS "t1"
            WHERE
              "t1"."start_ns" < "t1"."end_ns"
          ) AS "t2"
          UNION ALL
          SELECT
            *
          FROM (
            SELECT
              "t6"."flow_id",
              CAST(NULL AS TEXT) AS "object_id",
              CAST(NULL AS BIGINT) AS "start_ns",
              CAST(NULL AS BIGINT) AS "end_ns",
              "t6"."end_ns" AS "_point",
              1 AS "_theirs",
              "t6"."_number",
              "t6"."_turn",
              "t6"."start_ns" AS "_begin"
            FROM "t5" AS "t6"
          ) AS "t9"
        ) AS "t12"
      ) AS "t13"
      WHERE
        "t13"."_theirs" = 0
    ) AS "t15"
    LEFT OUTER JOIN (
      SELECT
        "t6"."_turn" AS "_turn_of",
        "t6"."_number" AS "_number_of"
      FROM "t5" AS "t6"
    ) AS "t11"
      ON "t15"."_before" = "t11"."_turn_of"
  ) AS "t16"
) AS "t18"
LEFT OUTER JOIN (
  SELECT
    "t6"."flow_id" AS "flow_id_right",
    "t6"."object_id" AS "object_id_right",
    "t6"."start_ns" AS "start_ns_right",
    "t6"."end_ns" AS "end_ns_right",
    "t6"."_number" AS "_their__number"
  FROM "t5" AS "t6"
) AS "t10"
  ON "t18"."_choice" = "t10"."_their__number"
