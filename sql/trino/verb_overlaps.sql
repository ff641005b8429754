-- Which segments of one flow share time?
WITH "t16" AS (
  SELECT
    "t14"."_sizes",
    "t14"."_met",
    "unnested"."_of" AS "_of"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t10"."_sizes",
        "unnested"."_met" AS "_met"
      FROM (
        SELECT
          SUM("t9"."_size") AS "_sizes"
        FROM (
          SELECT DISTINCT
            CASE
              WHEN NOT (
                (
                  "t2"."start_ns" >= 0
                )
                OR (
                  "t2"."end_ns" < 0
                )
                OR (
                  (
                    "t2"."start_ns" > -4611686018427387904
                  )
                  AND (
                    "t2"."end_ns" < 4611686018427387904
                  )
                )
              )
              THEN 4611686018427387904
              WHEN (
                "t2"."end_ns" - "t2"."start_ns"
              ) <= 1024
              THEN 512
              WHEN (
                "t2"."end_ns" - "t2"."start_ns"
              ) <= 16384
              THEN 8192
              WHEN (
                "t2"."end_ns" - "t2"."start_ns"
              ) <= 262144
              THEN 131072
              WHEN (
                "t2"."end_ns" - "t2"."start_ns"
              ) <= 4194304
              THEN 2097152
              WHEN (
                "t2"."end_ns" - "t2"."start_ns"
              ) <= 67108864
              THEN 33554432
              WHEN (
                "t2"."end_ns" - "t2"."start_ns"
              ) <= 1073741824
              THEN 536870912
              WHEN (
                "t2"."end_ns" - "t2"."start_ns"
              ) <= 17179869184
              THEN 8589934592
              WHEN (
                "t2"."end_ns" - "t2"."start_ns"
              ) <= 274877906944
              THEN 137438953472
              WHEN (
                "t2"."end_ns" - "t2"."start_ns"
              ) <= 4398046511104
              THEN 2199023255552
              WHEN (
                "t2"."end_ns" - "t2"."start_ns"
              ) <= 70368744177664
              THEN 35184372088832
              WHEN (
                "t2"."end_ns" - "t2"."start_ns"
              ) <= 1125899906842624
              THEN 562949953421312
              WHEN (
                "t2"."end_ns" - "t2"."start_ns"
              ) <= 18014398509481984
              THEN 9007199254740992
              WHEN (
                "t2"."end_ns" - "t2"."start_ns"
              ) <= 288230376151711744
              THEN 144115188075855872
              WHEN (
                "t2"."end_ns" - "t2"."start_ns"
              ) <= 4611686018427387904
              THEN 2305843009213693952
              ELSE 4611686018427387904
            END AS "_size"
          FROM (
            SELECT
              CAST("t0"."start_ns" AS BIGINT) AS "start_ns",
              CAST("t0"."end_ns" AS BIGINT) AS "end_ns"
            FROM "segments" AS "t0"
            WHERE
              "t0"."start_ns" < "t0"."end_ns"
          ) AS "t2"
        ) AS "t9"
      ) AS "t10"
      CROSS JOIN UNNEST(ARRAY[512, 8192, 131072, 2097152, 33554432, 536870912, 8589934592, 137438953472, 2199023255552, 35184372088832, 562949953421312, 9007199254740992, 144115188075855872, 2305843009213693952, 4611686018427387904]) AS "unnested"("_met")
    ) AS "t12"
    WHERE
      (
        BITWISE_AND("t12"."_sizes", "t12"."_met")
      ) <> 0
  ) AS "t14"
  CROSS JOIN UNNEST(ARRAY[512, 8192, 131072, 2097152, 33554432, 536870912, 8589934592, 137438953472, 2199023255552, 35184372088832, 562949953421312, 9007199254740992, 144115188075855872, 2305843009213693952, 4611686018427387904]) AS "unnested"("_of")
), "t35" AS (
  SELECT DISTINCT
    "t34"."flow_id",
    "t34"."object_id",
    "t34"."start_ns",
    "t34"."end_ns",
    "t34"."_rank",
    "t34"."_group",
    CASE
      WHEN NOT (
        (
          "t34"."start_ns" >= 0
        )
        OR (
          "t34"."end_ns" < 0
        )
        OR (
          (
            "t34"."start_ns" > -4611686018427387904
          )
          AND (
            "t34"."end_ns" < 4611686018427387904
          )
        )
      )
      THEN 4611686018427387904
      WHEN (
        "t34"."end_ns" - "t34"."start_ns"
      ) <= 1024
      THEN 512
      WHEN (
        "t34"."end_ns" - "t34"."start_ns"
      ) <= 16384
      THEN 8192
      WHEN (
        "t34"."end_ns" - "t34"."start_ns"
      ) <= 262144
      THEN 131072
      WHEN (
        "t34"."end_ns" - "t34"."start_ns"
      ) <= 4194304
      THEN 2097152
      WHEN (
        "t34"."end_ns" - "t34"."start_ns"
      ) <= 67108864
      THEN 33554432
      WHEN (
        "t34"."end_ns" - "t34"."start_ns"
      ) <= 1073741824
      THEN 536870912
      WHEN (
        "t34"."end_ns" - "t34"."start_ns"
      ) <= 17179869184
      THEN 8589934592
      WHEN (
        "t34"."end_ns" - "t34"."start_ns"
      ) <= 274877906944
      THEN 137438953472
      WHEN (
        "t34"."end_ns" - "t34"."start_ns"
      ) <= 4398046511104
      THEN 2199023255552
      WHEN (
        "t34"."end_ns" - "t34"."start_ns"
      ) <= 70368744177664
      THEN 35184372088832
      WHEN (
        "t34"."end_ns" - "t34"."start_ns"
      ) <= 1125899906842624
      THEN 562949953421312
      WHEN (
        "t34"."end_ns" - "t34"."start_ns"
      ) <= 18014398509481984
      THEN 9007199254740992
      WHEN (
        "t34"."end_ns" - "t34"."start_ns"
      ) <= 288230376151711744
      THEN 144115188075855872
      WHEN (
        "t34"."end_ns" - "t34"."start_ns"
      ) <= 4611686018427387904
      THEN 2305843009213693952
      ELSE 4611686018427387904
    END AS "_size"
  FROM (
    SELECT
      "t33"."flow_id",
      "t33"."object_id",
      "t33"."start_ns",
      "t33"."end_ns",
      "t33"."_rank",
      DENSE_RANK() OVER (ORDER BY "t33"."flow_id" ASC) - 1 AS "_group"
    FROM (
      SELECT
        "t32"."flow_id",
        "t32"."object_id",
        "t32"."start_ns",
        "t32"."end_ns",
        ROW_NUMBER() OVER (
          ORDER BY "t32"."start_ns" ASC, "t32"."end_ns" ASC, "t32"."flow_id" ASC, "t32"."object_id" ASC
        ) - 1 AS "_rank"
      FROM (
        SELECT
          "t5"."flow_id",
          "t5"."object_id",
          "t5"."start_ns",
          "t5"."end_ns"
        FROM (
          SELECT
            CAST("t0"."flow_id" AS VARCHAR) AS "flow_id",
            "t0"."object_id",
            CAST("t0"."start_ns" AS BIGINT) AS "start_ns",
            CAST("t0"."end_ns" AS BIGINT) AS "end_ns"
          FROM "segments" AS "t0"
          WHERE
            "t0"."start_ns" < "t0"."end_ns"
        ) AS "t5"
        INNER JOIN (
          SELECT
            "t29"."flow_id" AS "_their_flow_id",
            "t29"."start_ns" AS "_their_start_ns",
            "t29"."end_ns" AS "_their_end_ns"
          FROM (
            SELECT
              "t8"."_key_0_name" AS "flow_id",
              "t28"."start_ns",
              "t28"."end_ns"
            FROM (
              SELECT DISTINCT
                "t26"."_key_0",
                "t26"."start_ns",
                "t26"."end_ns"
              FROM (
                SELECT
                  "t25"."_key_0",
                  "t25"."start_ns",
                  "t25"."end_ns",
                  "t25"."_until",
                  LEAD("t25"."start_ns") OVER (PARTITION BY "t25"."_key_0" ORDER BY "t25"."start_ns" ASC, "t25"."end_ns" ASC) AS "_next"
                FROM (
                  SELECT
                    "t24"."_key_0",
                    "t24"."start_ns",
                    "t24"."end_ns",
                    MAX("t24"."end_ns") OVER (
                      PARTITION BY "t24"."_key_0"
                      ORDER BY "t24"."start_ns" ASC, "t24"."end_ns" ASC
                      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 preceding
                    ) AS "_until"
                  FROM (
                    SELECT
                      "t8"."_key_0_code" AS "_key_0",
                      "t6"."start_ns",
                      "t6"."end_ns"
                    FROM (
                      SELECT
                        CAST("t0"."flow_id" AS VARCHAR) AS "flow_id",
                        CAST("t0"."start_ns" AS BIGINT) AS "start_ns",
                        CAST("t0"."end_ns" AS BIGINT) AS "end_ns"
                      FROM "segments" AS "t0"
                      WHERE
                        "t0"."start_ns" < "t0"."end_ns"
                    ) AS "t6"
                    LEFT OUTER JOIN (
                      SELECT
                        "t4"."_key_0_name",
                        ROW_NUMBER() OVER (ORDER BY "t4"."_key_0_name" ASC) - 1 AS "_key_0_code"
                      FROM (
                        SELECT DISTINCT
                          CAST("t0"."flow_id" AS VARCHAR) AS "_key_0_name"
                        FROM "segments" AS "t0"
                        WHERE
                          "t0"."start_ns" < "t0"."end_ns" AND CAST("t0"."flow_id" AS VARCHAR) IS NOT NULL
                      ) AS "t4"
                    ) AS "t8"
                      ON "t6"."flow_id" = "t8"."_key_0_name"
                    WHERE
                      EXISTS(
                        SELECT
                          1
                        FROM (
                          SELECT
                            "t15"."_key_0" AS "_their__key_0"
                          FROM (
                            SELECT DISTINCT
                              "t13"."_key_0"
                            FROM (
                              SELECT
                                "t11"."_key_0",
                                "t11"."start_ns",
                                "t11"."end_ns",
                                LEAD("t11"."start_ns") OVER (PARTITION BY "t11"."_key_0" ORDER BY "t11"."start_ns" ASC, "t11"."end_ns" ASC) AS "_next"
                              FROM (
                                SELECT
                                  "t8"."_key_0_code" AS "_key_0",
                                  "t6"."start_ns",
                                  "t6"."end_ns"
                                FROM (
                                  SELECT
                                    CAST("t0"."flow_id" AS VARCHAR) AS "flow_id",
                                    CAST("t0"."start_ns" AS BIGINT) AS "start_ns",
                                    CAST("t0"."end_ns" AS BIGINT) AS "end_ns"
                                  FROM "segments" AS "t0"
                                  WHERE
                                    "t0"."start_ns" < "t0"."end_ns"
                                ) AS "t6"
                                LEFT OUTER JOIN (
                                  SELECT
                                    "t4"."_key_0_name",
                                    ROW_NUMBER() OVER (ORDER BY "t4"."_key_0_name" ASC) - 1 AS "_key_0_code"
                                  FROM (
                                    SELECT DISTINCT
                                      CAST("t0"."flow_id" AS VARCHAR) AS "_key_0_name"
                                    FROM "segments" AS "t0"
                                    WHERE
                                      "t0"."start_ns" < "t0"."end_ns" AND CAST("t0"."flow_id" AS VARCHAR) IS NOT NULL
                                  ) AS "t4"
                                ) AS "t8"
                                  ON "t6"."flow_id" = "t8"."_key_0_name"
                              ) AS "t11"
                            ) AS "t13"
                            WHERE
                              "t13"."_next" < "t13"."end_ns"
                          ) AS "t15"
                        ) AS "t19"
                        WHERE
                          COALESCE("t8"."_key_0_code", -1) = COALESCE("t19"."_their__key_0", -1)
                      )
                  ) AS "t24"
                ) AS "t25"
              ) AS "t26"
              WHERE
                (
                  "t26"."start_ns" < "t26"."_until"
                ) OR (
                  "t26"."_next" < "t26"."end_ns"
                )
            ) AS "t28"
            LEFT OUTER JOIN (
              SELECT
                "t4"."_key_0_name",
                ROW_NUMBER() OVER (ORDER BY "t4"."_key_0_name" ASC) - 1 AS "_key_0_code"
              FROM (
                SELECT DISTINCT
                  CAST("t0"."flow_id" AS VARCHAR) AS "_key_0_name"
                FROM "segments" AS "t0"
                WHERE
                  "t0"."start_ns" < "t0"."end_ns" AND CAST("t0"."flow_id" AS VARCHAR) IS NOT NULL
              ) AS "t4"
            ) AS "t8"
              ON "t28"."_key_0" = "t8"."_key_0_code"
          ) AS "t29"
        ) AS "t31"
          ON "t5"."start_ns" = "t31"."_their_start_ns"
          AND "t5"."end_ns" = "t31"."_their_end_ns"
          AND "t5"."flow_id" IS NOT DISTINCT FROM "t31"."_their_flow_id"
      ) AS "t32"
    ) AS "t33"
  ) AS "t34"
)
SELECT
  "t50"."flow_id",
  "t50"."object_id",
  "t50"."start_ns",
  "t50"."end_ns",
  "t50"."_their_object_id" AS "object_id_right",
  "t50"."_their_start_ns" AS "start_ns_right",
  "t50"."_their_end_ns" AS "end_ns_right",
  COALESCE(
    GREATEST("t50"."start_ns", "t50"."_their_start_ns"),
    "t50"."start_ns",
    "t50"."_their_start_ns"
  ) AS "overlap_start_ns",
  COALESCE(LEAST("t50"."end_ns", "t50"."_their_end_ns"), "t50"."end_ns", "t50"."_their_end_ns") AS "overlap_end_ns"
FROM (
  SELECT
    "t47"."flow_id",
    "t47"."object_id",
    "t47"."start_ns",
    "t47"."end_ns",
    "t47"."_rank",
    "t47"."_group",
    "t49"."_their_flow_id",
    "t49"."_their_object_id",
    "t49"."_their_start_ns",
    "t49"."_their_end_ns",
    "t49"."_their__rank",
    "t49"."_their__group"
  FROM (
    SELECT
      "t44"."flow_id",
      "t44"."object_id",
      "t44"."start_ns",
      "t44"."end_ns",
      "t44"."_rank",
      "t44"."_group",
      "t44"."_size",
      "t44"."_of",
      "t44"."_half",
      "t44"."_turn",
      "t44"."_first",
      "t44"."_last",
      "t44"."_cell",
      "t44"."_cell" <> "t44"."_first" AS "_second"
    FROM (
      SELECT
        "t42"."flow_id",
        "t42"."object_id",
        "t42"."start_ns",
        "t42"."end_ns",
        "t42"."_rank",
        "t42"."_group",
        "t42"."_size",
        "t42"."_of",
        "t42"."_half",
        "t42"."_turn",
        "t42"."_first",
        "t42"."_last",
        "unnested"."_cell" AS "_cell"
      FROM (
        SELECT
          "t40"."flow_id",
          "t40"."object_id",
          "t40"."start_ns",
          "t40"."end_ns",
          "t40"."_rank",
          "t40"."_group",
          "t40"."_size",
          "t40"."_of",
          "t40"."_half",
          "t40"."_turn",
          BITWISE_OR(
            (
              BITWISE_AND("t40"."start_ns", (
                -(
                  "t40"."_half"
                ) - "t40"."_half"
              ))
            ),
            (
              BITWISE_OR("t40"."_half", "t40"."_turn")
            )
          ) AS "_first",
          BITWISE_OR(
            (
              BITWISE_AND((
                "t40"."end_ns" - 1
              ), (
                -(
                  "t40"."_half"
                ) - "t40"."_half"
              ))
            ),
            (
              BITWISE_OR("t40"."_half", "t40"."_turn")
            )
          ) AS "_last"
        FROM (
          SELECT
            "t37"."flow_id",
            "t37"."object_id",
            "t37"."start_ns",
            "t37"."end_ns",
            "t37"."_rank",
            "t37"."_group",
            "t37"."_size",
            "t22"."_of",
            "t22"."_half",
            "t22"."_turn"
          FROM "t35" AS "t37"
          INNER JOIN (
            SELECT DISTINCT
              "t17"."_of",
              COALESCE(GREATEST("t17"."_met", "t17"."_of"), "t17"."_met", "t17"."_of") AS "_half",
              IF("t17"."_met" < "t17"."_of", 1, 0) AS "_turn"
            FROM "t16" AS "t17"
          ) AS "t22"
            ON "t37"."_size" = "t22"."_of"
        ) AS "t40"
      ) AS "t42"
      CROSS JOIN UNNEST(ARRAY["t42"."_first", NULLIF("t42"."_last", "t42"."_first")]) AS "unnested"("_cell")
    ) AS "t44"
    WHERE
      "t44"."_cell" IS NOT NULL
  ) AS "t47"
  INNER JOIN (
    SELECT
      "t45"."flow_id" AS "_their_flow_id",
      "t45"."object_id" AS "_their_object_id",
      "t45"."start_ns" AS "_their_start_ns",
      "t45"."end_ns" AS "_their_end_ns",
      "t45"."_rank" AS "_their__rank",
      "t45"."_group" AS "_their__group",
      "t45"."_size" AS "_their__size",
      "t45"."_of" AS "_their__of",
      "t45"."_half" AS "_their__half",
      "t45"."_turn" AS "_their__turn",
      "t45"."_first" AS "_their__first",
      "t45"."_last" AS "_their__last",
      "t45"."_cell" AS "_their__cell",
      "t45"."_cell" <> "t45"."_first" AS "_their__second"
    FROM (
      SELECT
        "t43"."flow_id",
        "t43"."object_id",
        "t43"."start_ns",
        "t43"."end_ns",
        "t43"."_rank",
        "t43"."_group",
        "t43"."_size",
        "t43"."_of",
        "t43"."_half",
        "t43"."_turn",
        "t43"."_first",
        "t43"."_last",
        "unnested"."_cell" AS "_cell"
      FROM (
        SELECT
          "t41"."flow_id",
          "t41"."object_id",
          "t41"."start_ns",
          "t41"."end_ns",
          "t41"."_rank",
          "t41"."_group",
          "t41"."_size",
          "t41"."_of",
          "t41"."_half",
          "t41"."_turn",
          BITWISE_OR(
            (
              BITWISE_AND("t41"."start_ns", (
                -(
                  "t41"."_half"
                ) - "t41"."_half"
              ))
            ),
            (
              BITWISE_OR("t41"."_half", "t41"."_turn")
            )
          ) AS "_first",
          BITWISE_OR(
            (
              BITWISE_AND((
                "t41"."end_ns" - 1
              ), (
                -(
                  "t41"."_half"
                ) - "t41"."_half"
              ))
            ),
            (
              BITWISE_OR("t41"."_half", "t41"."_turn")
            )
          ) AS "_last"
        FROM (
          SELECT
            "t39"."flow_id",
            "t39"."object_id",
            "t39"."start_ns",
            "t39"."end_ns",
            "t39"."_rank",
            "t39"."_group",
            "t39"."_size",
            "t23"."_of",
            "t23"."_half",
            "t23"."_turn"
          FROM "t35" AS "t39"
          INNER JOIN (
            SELECT DISTINCT
              "t17"."_of",
              COALESCE(GREATEST("t17"."_met", "t17"."_of"), "t17"."_met", "t17"."_of") AS "_half",
              IF("t17"."_met" > "t17"."_of", 1, 0) AS "_turn"
            FROM "t16" AS "t17"
          ) AS "t23"
            ON "t39"."_size" = "t23"."_of"
        ) AS "t41"
      ) AS "t43"
      CROSS JOIN UNNEST(ARRAY["t43"."_first", NULLIF("t43"."_last", "t43"."_first")]) AS "unnested"("_cell")
    ) AS "t45"
    WHERE
      "t45"."_cell" IS NOT NULL
  ) AS "t49"
    ON "t47"."_group" = "t49"."_their__group"
    AND "t47"."_cell" = "t49"."_their__cell"
    AND "t47"."start_ns" < "t49"."_their_end_ns"
    AND "t47"."end_ns" > "t49"."_their_start_ns"
    AND NOT (
      "t47"."_second" AND "t49"."_their__second"
    )
) AS "t50"
WHERE
  "t50"."_rank" < "t50"."_their__rank"
