-- Which segments of one flow share time?
WITH "t18" AS (
  SELECT DISTINCT
    "t17"."flow_id",
    "t17"."object_id",
    "t17"."start_ns",
    "t17"."end_ns",
    "t17"."_rank",
    "t17"."_group",
    CASE
      WHEN NOT (
        (
          "t17"."start_ns" >= 0
        )
        OR (
          "t17"."end_ns" < 0
        )
        OR (
          (
            "t17"."start_ns" > -4611686018427387904
          )
          AND (
            "t17"."end_ns" < 4611686018427387904
          )
        )
      )
      THEN 4611686018427387904
      WHEN (
        "t17"."end_ns" - "t17"."start_ns"
      ) <= 1024
      THEN 512
      WHEN (
        "t17"."end_ns" - "t17"."start_ns"
      ) <= 16384
      THEN 8192
      WHEN (
        "t17"."end_ns" - "t17"."start_ns"
      ) <= 262144
      THEN 131072
      WHEN (
        "t17"."end_ns" - "t17"."start_ns"
      ) <= 4194304
      THEN 2097152
      WHEN (
        "t17"."end_ns" - "t17"."start_ns"
      ) <= 67108864
      THEN 33554432
      WHEN (
        "t17"."end_ns" - "t17"."start_ns"
      ) <= 1073741824
      THEN 536870912
      WHEN (
        "t17"."end_ns" - "t17"."start_ns"
      ) <= 17179869184
      THEN 8589934592
      WHEN (
        "t17"."end_ns" - "t17"."start_ns"
      ) <= 274877906944
      THEN 137438953472
      WHEN (
        "t17"."end_ns" - "t17"."start_ns"
      ) <= 4398046511104
      THEN 2199023255552
      WHEN (
        "t17"."end_ns" - "t17"."start_ns"
      ) <= 70368744177664
      THEN 35184372088832
      WHEN (
        "t17"."end_ns" - "t17"."start_ns"
      ) <= 1125899906842624
      THEN 562949953421312
      WHEN (
        "t17"."end_ns" - "t17"."start_ns"
      ) <= 18014398509481984
      THEN 9007199254740992
      WHEN (
        "t17"."end_ns" - "t17"."start_ns"
      ) <= 288230376151711744
      THEN 144115188075855872
      WHEN (
        "t17"."end_ns" - "t17"."start_ns"
      ) <= 4611686018427387904
      THEN 2305843009213693952
      ELSE 4611686018427387904
    END AS "_size"
  FROM (
    SELECT
      "t16"."flow_id",
      "t16"."object_id",
      "t16"."start_ns",
      "t16"."end_ns",
      "t16"."_rank",
      DENSE_RANK() OVER (
        ORDER BY "t16"."flow_id" ASC
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
      ) - 1 AS "_group"
    FROM (
      SELECT
        "t15"."flow_id",
        "t15"."object_id",
        "t15"."start_ns",
        "t15"."end_ns",
        ROW_NUMBER() OVER (
          ORDER BY "t15"."start_ns" ASC, "t15"."end_ns" ASC, "t15"."flow_id" ASC, "t15"."object_id" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) - 1 AS "_rank"
      FROM (
        SELECT
          "t4"."flow_id",
          "t4"."object_id",
          "t4"."start_ns",
          "t4"."end_ns"
        FROM (
          SELECT
            CAST("t0"."flow_id" AS TEXT) AS "flow_id",
            "t0"."object_id",
            CAST("t0"."start_ns" AS BIGINT) AS "start_ns",
            CAST("t0"."end_ns" AS BIGINT) AS "end_ns"
          FROM "segments" AS "t0"
          WHERE
            "t0"."start_ns" < "t0"."end_ns"
        ) AS "t4"
        INNER JOIN (
          SELECT
            "t12"."flow_id" AS "_their_flow_id",
            "t12"."start_ns" AS "_their_start_ns",
            "t12"."end_ns" AS "_their_end_ns"
          FROM (
            SELECT
              "t7"."_key_0_name" AS "flow_id",
              "t11"."start_ns",
              "t11"."end_ns"
            FROM (
              SELECT DISTINCT
                "t9"."_key_0",
                "t9"."start_ns",
                "t9"."end_ns"
              FROM (
                SELECT
                  "t8"."_key_0",
                  "t8"."start_ns",
                  "t8"."end_ns",
                  MAX("t8"."end_ns") OVER (
                    PARTITION BY "t8"."_key_0"
                    ORDER BY "t8"."start_ns" ASC, "t8"."end_ns" ASC
                    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 preceding
                  ) AS "_until",
                  LEAD("t8"."start_ns") OVER (
                    PARTITION BY "t8"."_key_0"
                    ORDER BY "t8"."start_ns" ASC, "t8"."end_ns" ASC
                    ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                  ) AS "_next"
                FROM (
                  SELECT
                    "t7"."_key_0_code" AS "_key_0",
                    "t5"."start_ns",
                    "t5"."end_ns"
                  FROM (
                    SELECT
                      CAST("t0"."flow_id" AS TEXT) AS "flow_id",
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
                      ) - 1 AS "_key_0_code"
                    FROM (
                      SELECT DISTINCT
                        CAST("t0"."flow_id" AS TEXT) AS "_key_0_name"
                      FROM "segments" AS "t0"
                      WHERE
                        "t0"."start_ns" < "t0"."end_ns" AND CAST("t0"."flow_id" AS TEXT) IS NOT NULL
                    ) AS "t3"
                  ) AS "t7"
                    ON "t5"."flow_id" = "t7"."_key_0_name"
                ) AS "t8"
              ) AS "t9"
              WHERE
                (
                  "t9"."start_ns" < "t9"."_until"
                ) OR (
                  "t9"."_next" < "t9"."end_ns"
                )
            ) AS "t11"
            LEFT OUTER JOIN (
              SELECT
                "t3"."_key_0_name",
                ROW_NUMBER() OVER (
                  ORDER BY "t3"."_key_0_name" ASC
                  ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                ) - 1 AS "_key_0_code"
              FROM (
                SELECT DISTINCT
                  CAST("t0"."flow_id" AS TEXT) AS "_key_0_name"
                FROM "segments" AS "t0"
                WHERE
                  "t0"."start_ns" < "t0"."end_ns" AND CAST("t0"."flow_id" AS TEXT) IS NOT NULL
              ) AS "t3"
            ) AS "t7"
              ON "t11"."_key_0" = "t7"."_key_0_code"
          ) AS "t12"
        ) AS "t14"
          ON "t4"."start_ns" = "t14"."_their_start_ns"
          AND "t4"."end_ns" = "t14"."_their_end_ns"
          AND "t4"."flow_id" IS NOT DISTINCT FROM "t14"."_their_flow_id"
      ) AS "t15"
    ) AS "t16"
  ) AS "t17"
), "t25" AS (
  SELECT
    "t24"."_sizes",
    "t24"."_met",
    UNNEST(
      CAST([
        512,
        8192,
        131072,
        2097152,
        33554432,
        536870912,
        8589934592,
        137438953472,
        2199023255552,
        35184372088832,
        562949953421312,
        9007199254740992,
        144115188075855872,
        2305843009213693952,
        4611686018427387904
      ] AS BIGINT[])
    ) AS "_of"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t22"."_sizes",
        UNNEST(
          CAST([
            512,
            8192,
            131072,
            2097152,
            33554432,
            536870912,
            8589934592,
            137438953472,
            2199023255552,
            35184372088832,
            562949953421312,
            9007199254740992,
            144115188075855872,
            2305843009213693952,
            4611686018427387904
          ] AS BIGINT[])
        ) AS "_met"
      FROM (
        SELECT
          SUM("t21"."_size") AS "_sizes"
        FROM (
          SELECT DISTINCT
            "t19"."_size"
          FROM "t18" AS "t19"
        ) AS "t21"
      ) AS "t22"
    ) AS "t23"
    WHERE
      (
        "t23"."_sizes" & "t23"."_met"
      ) <> 0
  ) AS "t24"
)
SELECT
  "t41"."flow_id",
  "t41"."object_id",
  "t41"."start_ns",
  "t41"."end_ns",
  "t41"."_their_object_id" AS "object_id_right",
  "t41"."_their_start_ns" AS "start_ns_right",
  "t41"."_their_end_ns" AS "end_ns_right",
  GREATEST("t41"."start_ns", "t41"."_their_start_ns") AS "overlap_start_ns",
  LEAST("t41"."end_ns", "t41"."_their_end_ns") AS "overlap_end_ns"
FROM (
  SELECT
    "t39"."flow_id",
    "t39"."object_id",
    "t39"."start_ns",
    "t39"."end_ns",
    "t39"."_rank",
    "t39"."_group",
    "t40"."_their_flow_id",
    "t40"."_their_object_id",
    "t40"."_their_start_ns",
    "t40"."_their_end_ns",
    "t40"."_their__rank",
    "t40"."_their__group"
  FROM (
    SELECT
      "t35"."flow_id",
      "t35"."object_id",
      "t35"."start_ns",
      "t35"."end_ns",
      "t35"."_rank",
      "t35"."_group",
      "t35"."_size",
      "t35"."_of",
      "t35"."_half",
      "t35"."_turn",
      "t35"."_first",
      "t35"."_last",
      "t35"."_cell",
      "t35"."_cell" <> "t35"."_first" AS "_second"
    FROM (
      SELECT
        "t33"."flow_id",
        "t33"."object_id",
        "t33"."start_ns",
        "t33"."end_ns",
        "t33"."_rank",
        "t33"."_group",
        "t33"."_size",
        "t33"."_of",
        "t33"."_half",
        "t33"."_turn",
        "t33"."_first",
        "t33"."_last",
        UNNEST(CAST(["t33"."_first", NULLIF("t33"."_last", "t33"."_first")] AS BIGINT[])) AS "_cell"
      FROM (
        SELECT
          "t31"."flow_id",
          "t31"."object_id",
          "t31"."start_ns",
          "t31"."end_ns",
          "t31"."_rank",
          "t31"."_group",
          "t31"."_size",
          "t31"."_of",
          "t31"."_half",
          "t31"."_turn",
          (
            "t31"."start_ns" & (
              -(
                "t31"."_half"
              ) - "t31"."_half"
            )
          ) | (
            "t31"."_half" | "t31"."_turn"
          ) AS "_first",
          (
            (
              "t31"."end_ns" - 1
            ) & (
              -(
                "t31"."_half"
              ) - "t31"."_half"
            )
          ) | (
            "t31"."_half" | "t31"."_turn"
          ) AS "_last"
        FROM (
          SELECT
            "t20"."flow_id",
            "t20"."object_id",
            "t20"."start_ns",
            "t20"."end_ns",
            "t20"."_rank",
            "t20"."_group",
            "t20"."_size",
            "t29"."_of",
            "t29"."_half",
            "t29"."_turn"
          FROM "t18" AS "t20"
          INNER JOIN (
            SELECT DISTINCT
              "t26"."_of",
              GREATEST("t26"."_met", "t26"."_of") AS "_half",
              CASE WHEN "t26"."_met" < "t26"."_of" THEN 1 ELSE 0 END AS "_turn"
            FROM "t25" AS "t26"
          ) AS "t29"
            ON "t20"."_size" = "t29"."_of"
        ) AS "t31"
      ) AS "t33"
    ) AS "t35"
    WHERE
      "t35"."_cell" IS NOT NULL
  ) AS "t39"
  INNER JOIN (
    SELECT
      "t36"."flow_id" AS "_their_flow_id",
      "t36"."object_id" AS "_their_object_id",
      "t36"."start_ns" AS "_their_start_ns",
      "t36"."end_ns" AS "_their_end_ns",
      "t36"."_rank" AS "_their__rank",
      "t36"."_group" AS "_their__group",
      "t36"."_size" AS "_their__size",
      "t36"."_of" AS "_their__of",
      "t36"."_half" AS "_their__half",
      "t36"."_turn" AS "_their__turn",
      "t36"."_first" AS "_their__first",
      "t36"."_last" AS "_their__last",
      "t36"."_cell" AS "_their__cell",
      "t36"."_cell" <> "t36"."_first" AS "_their__second"
    FROM (
      SELECT
        "t34"."flow_id",
        "t34"."object_id",
        "t34"."start_ns",
        "t34"."end_ns",
        "t34"."_rank",
        "t34"."_group",
        "t34"."_size",
        "t34"."_of",
        "t34"."_half",
        "t34"."_turn",
        "t34"."_first",
        "t34"."_last",
        UNNEST(CAST(["t34"."_first", NULLIF("t34"."_last", "t34"."_first")] AS BIGINT[])) AS "_cell"
      FROM (
        SELECT
          "t32"."flow_id",
          "t32"."object_id",
          "t32"."start_ns",
          "t32"."end_ns",
          "t32"."_rank",
          "t32"."_group",
          "t32"."_size",
          "t32"."_of",
          "t32"."_half",
          "t32"."_turn",
          (
            "t32"."start_ns" & (
              -(
                "t32"."_half"
              ) - "t32"."_half"
            )
          ) | (
            "t32"."_half" | "t32"."_turn"
          ) AS "_first",
          (
            (
              "t32"."end_ns" - 1
            ) & (
              -(
                "t32"."_half"
              ) - "t32"."_half"
            )
          ) | (
            "t32"."_half" | "t32"."_turn"
          ) AS "_last"
        FROM (
          SELECT
            "t20"."flow_id",
            "t20"."object_id",
            "t20"."start_ns",
            "t20"."end_ns",
            "t20"."_rank",
            "t20"."_group",
            "t20"."_size",
            "t30"."_of",
            "t30"."_half",
            "t30"."_turn"
          FROM "t18" AS "t20"
          INNER JOIN (
            SELECT DISTINCT
              "t26"."_of",
              GREATEST("t26"."_met", "t26"."_of") AS "_half",
              CASE WHEN "t26"."_met" > "t26"."_of" THEN 1 ELSE 0 END AS "_turn"
            FROM "t25" AS "t26"
          ) AS "t30"
            ON "t20"."_size" = "t30"."_of"
        ) AS "t32"
      ) AS "t34"
    ) AS "t36"
    WHERE
      "t36"."_cell" IS NOT NULL
  ) AS "t40"
    ON "t39"."_group" = "t40"."_their__group"
    AND "t39"."_cell" = "t40"."_their__cell"
    AND "t39"."start_ns" < "t40"."_their_end_ns"
    AND "t39"."end_ns" > "t40"."_their_start_ns"
    AND NOT (
      "t39"."_second" AND "t40"."_their__second"
    )
) AS "t41"
WHERE
  "t41"."_rank" < "t41"."_their__rank"
