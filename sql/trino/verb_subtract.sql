-- What is left of each segment where no clip of its flow is?
WITH "t2" AS (
  SELECT
    CAST("t0"."flow_id" AS VARCHAR) AS "flow_id",
    "t0"."object_id",
    CAST("t0"."start_ns" AS BIGINT) AS "start_ns",
    CAST("t0"."end_ns" AS BIGINT) AS "end_ns"
  FROM "segments" AS "t0"
  WHERE
    "t0"."start_ns" < "t0"."end_ns"
), "t14" AS (
  SELECT
    "t13"."flow_id",
    "t13"."start_ns",
    "t13"."end_ns"
  FROM (
    SELECT
      "t9"."flow_id",
      "t9"."start_ns",
      COALESCE(
        LEAD("t9"."_until") OVER (PARTITION BY "t9"."flow_id" ORDER BY "t9"."start_ns" ASC),
        "t9"."_last"
      ) AS "end_ns",
      COALESCE(
        LEAD("t9"."_before") OVER (PARTITION BY "t9"."flow_id" ORDER BY "t9"."start_ns" ASC),
        "t9"."_rows"
      ) - "t9"."_before" AS "_pieces"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t3"."flow_id",
          "t3"."start_ns",
          "t3"."end_ns",
          MAX("t3"."end_ns") OVER (
            PARTITION BY "t3"."flow_id"
            ORDER BY "t3"."start_ns" ASC
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 preceding
          ) AS "_until",
          COUNT(*) OVER (
            PARTITION BY "t3"."flow_id"
            ORDER BY "t3"."start_ns" ASC
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 preceding
          ) AS "_before",
          MAX("t3"."end_ns") OVER (
            PARTITION BY "t3"."flow_id"
            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
          ) AS "_last",
          COUNT(*) OVER (
            PARTITION BY "t3"."flow_id"
            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
          ) AS "_rows"
        FROM (
          SELECT
            CAST("t1"."flow_id" AS VARCHAR) AS "flow_id",
            CAST("t1"."start_ns" AS BIGINT) AS "start_ns",
            CAST("t1"."end_ns" AS BIGINT) AS "end_ns"
          FROM "clips" AS "t1"
          WHERE
            "t1"."start_ns" < "t1"."end_ns"
        ) AS "t3"
      ) AS "t6"
      WHERE
        (
          "t6"."_until" IS NULL
        ) OR (
          "t6"."start_ns" > "t6"."_until"
        )
    ) AS "t9"
  ) AS "t13"
), "t23" AS (
  SELECT
    "t20"."flow_id",
    "t20"."start_ns",
    "t20"."end_ns",
    COALESCE(
      LAG("t20"."end_ns") OVER (PARTITION BY "t20"."flow_id" ORDER BY "t20"."start_ns" ASC),
      -9223372036854775808
    ) AS "_from"
  FROM (
    SELECT
      *
    FROM "t14" AS "t16"
    UNION ALL
    SELECT
      *
    FROM (
      SELECT
        "t18"."flow_id",
        9223372036854775807 AS "start_ns",
        9223372036854775807 AS "end_ns"
      FROM (
        SELECT
          "t16"."flow_id",
          COUNT(*) AS "_rows"
        FROM "t14" AS "t16"
        GROUP BY
          1
      ) AS "t18"
    ) AS "t19"
  ) AS "t20"
)
SELECT
  *
FROM (
  SELECT
    "t47"."flow_id",
    "t47"."object_id",
    COALESCE(
      GREATEST("t47"."start_ns", "t47"."_their_start_ns"),
      "t47"."start_ns",
      "t47"."_their_start_ns"
    ) AS "start_ns",
    COALESCE(LEAST("t47"."end_ns", "t47"."_their_end_ns"), "t47"."end_ns", "t47"."_their_end_ns") AS "end_ns"
  FROM (
    SELECT
      "t46"."flow_id",
      "t46"."object_id",
      "t46"."start_ns",
      "t46"."end_ns",
      "t41"."_their_flow_id",
      "t41"."_their_start_ns",
      "t41"."_their_end_ns"
    FROM (
      SELECT
        "t44"."flow_id",
        "t44"."object_id",
        "t44"."start_ns",
        "t44"."end_ns",
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
          "t43"."flow_id",
          "t43"."object_id",
          "t43"."start_ns",
          "t43"."end_ns",
          "t43"."_size",
          "t43"."_of",
          "t43"."_half",
          "t43"."_turn",
          "t43"."_first",
          "t43"."_last",
          "unnested"."_cell" AS "_cell"
        FROM (
          SELECT
            "t42"."flow_id",
            "t42"."object_id",
            "t42"."start_ns",
            "t42"."end_ns",
            "t42"."_size",
            "t42"."_of",
            "t42"."_half",
            "t42"."_turn",
            BITWISE_OR(
              (
                BITWISE_AND("t42"."start_ns", (
                  -(
                    "t42"."_half"
                  ) - "t42"."_half"
                ))
              ),
              (
                BITWISE_OR("t42"."_half", "t42"."_turn")
              )
            ) AS "_first",
            BITWISE_OR(
              (
                BITWISE_AND((
                  "t42"."end_ns" - 1
                ), (
                  -(
                    "t42"."_half"
                  ) - "t42"."_half"
                ))
              ),
              (
                BITWISE_OR("t42"."_half", "t42"."_turn")
              )
            ) AS "_last"
          FROM (
            SELECT
              "t10"."flow_id",
              "t10"."object_id",
              "t10"."start_ns",
              "t10"."end_ns",
              "t10"."_size",
              "t39"."_of",
              "t39"."_half",
              "t39"."_turn"
            FROM (
              SELECT
                "t4"."flow_id",
                "t4"."object_id",
                "t4"."start_ns",
                "t4"."end_ns",
                CASE
                  WHEN NOT (
                    (
                      "t4"."start_ns" >= 0
                    )
                    OR (
                      "t4"."end_ns" < 0
                    )
                    OR (
                      (
                        "t4"."start_ns" > -4611686018427387904
                      )
                      AND (
                        "t4"."end_ns" < 4611686018427387904
                      )
                    )
                  )
                  THEN 4611686018427387904
                  WHEN (
                    "t4"."end_ns" - "t4"."start_ns"
                  ) <= 1024
                  THEN 512
                  WHEN (
                    "t4"."end_ns" - "t4"."start_ns"
                  ) <= 16384
                  THEN 8192
                  WHEN (
                    "t4"."end_ns" - "t4"."start_ns"
                  ) <= 262144
                  THEN 131072
                  WHEN (
                    "t4"."end_ns" - "t4"."start_ns"
                  ) <= 4194304
                  THEN 2097152
                  WHEN (
                    "t4"."end_ns" - "t4"."start_ns"
                  ) <= 67108864
                  THEN 33554432
                  WHEN (
                    "t4"."end_ns" - "t4"."start_ns"
                  ) <= 1073741824
                  THEN 536870912
                  WHEN (
                    "t4"."end_ns" - "t4"."start_ns"
                  ) <= 17179869184
                  THEN 8589934592
                  WHEN (
                    "t4"."end_ns" - "t4"."start_ns"
                  ) <= 274877906944
                  THEN 137438953472
                  WHEN (
                    "t4"."end_ns" - "t4"."start_ns"
                  ) <= 4398046511104
                  THEN 2199023255552
                  WHEN (
                    "t4"."end_ns" - "t4"."start_ns"
                  ) <= 70368744177664
                  THEN 35184372088832
                  WHEN (
                    "t4"."end_ns" - "t4"."start_ns"
                  ) <= 1125899906842624
                  THEN 562949953421312
                  WHEN (
                    "t4"."end_ns" - "t4"."start_ns"
                  ) <= 18014398509481984
                  THEN 9007199254740992
                  WHEN (
                    "t4"."end_ns" - "t4"."start_ns"
                  ) <= 288230376151711744
                  THEN 144115188075855872
                  WHEN (
                    "t4"."end_ns" - "t4"."start_ns"
                  ) <= 4611686018427387904
                  THEN 2305843009213693952
                  ELSE 4611686018427387904
                END AS "_size"
              FROM "t2" AS "t4"
            ) AS "t10"
            INNER JOIN (
              SELECT DISTINCT
                "t36"."_of",
                COALESCE(GREATEST("t36"."_met", "t36"."_of"), "t36"."_met", "t36"."_of") AS "_half",
                IF("t36"."_met" < "t36"."_of", 1, 0) AS "_turn"
              FROM (
                SELECT
                  "t34"."_sizes",
                  "t34"."_met",
                  "unnested"."_of" AS "_of"
                FROM (
                  SELECT
                    *
                  FROM (
                    SELECT
                      "t31"."_sizes",
                      "unnested"."_met" AS "_met"
                    FROM (
                      SELECT
                        SUM("t28"."_size") AS "_sizes"
                      FROM (
                        SELECT DISTINCT
                          CASE
                            WHEN NOT (
                              (
                                "t24"."_from" >= 0
                              )
                              OR (
                                "t24"."start_ns" < 0
                              )
                              OR (
                                (
                                  "t24"."_from" > -4611686018427387904
                                )
                                AND (
                                  "t24"."start_ns" < 4611686018427387904
                                )
                              )
                            )
                            THEN 4611686018427387904
                            WHEN (
                              "t24"."start_ns" - "t24"."_from"
                            ) <= 1024
                            THEN 512
                            WHEN (
                              "t24"."start_ns" - "t24"."_from"
                            ) <= 16384
                            THEN 8192
                            WHEN (
                              "t24"."start_ns" - "t24"."_from"
                            ) <= 262144
                            THEN 131072
                            WHEN (
                              "t24"."start_ns" - "t24"."_from"
                            ) <= 4194304
                            THEN 2097152
                            WHEN (
                              "t24"."start_ns" - "t24"."_from"
                            ) <= 67108864
                            THEN 33554432
                            WHEN (
                              "t24"."start_ns" - "t24"."_from"
                            ) <= 1073741824
                            THEN 536870912
                            WHEN (
                              "t24"."start_ns" - "t24"."_from"
                            ) <= 17179869184
                            THEN 8589934592
                            WHEN (
                              "t24"."start_ns" - "t24"."_from"
                            ) <= 274877906944
                            THEN 137438953472
                            WHEN (
                              "t24"."start_ns" - "t24"."_from"
                            ) <= 4398046511104
                            THEN 2199023255552
                            WHEN (
                              "t24"."start_ns" - "t24"."_from"
                            ) <= 70368744177664
                            THEN 35184372088832
                            WHEN (
                              "t24"."start_ns" - "t24"."_from"
                            ) <= 1125899906842624
                            THEN 562949953421312
                            WHEN (
                              "t24"."start_ns" - "t24"."_from"
                            ) <= 18014398509481984
                            THEN 9007199254740992
                            WHEN (
                              "t24"."start_ns" - "t24"."_from"
                            ) <= 288230376151711744
                            THEN 144115188075855872
                            WHEN (
                              "t24"."start_ns" - "t24"."_from"
                            ) <= 4611686018427387904
                            THEN 2305843009213693952
                            ELSE 4611686018427387904
                          END AS "_size"
                        FROM "t23" AS "t24"
                        WHERE
                          "t24"."_from" < "t24"."start_ns"
                      ) AS "t28"
                    ) AS "t31"
                    CROSS JOIN UNNEST(ARRAY[512, 8192, 131072, 2097152, 33554432, 536870912, 8589934592, 137438953472, 2199023255552, 35184372088832, 562949953421312, 9007199254740992, 144115188075855872, 2305843009213693952, 4611686018427387904]) AS "unnested"("_met")
                  ) AS "t33"
                  WHERE
                    (
                      BITWISE_AND("t33"."_sizes", "t33"."_met")
                    ) <> 0
                ) AS "t34"
                CROSS JOIN UNNEST(ARRAY[512, 8192, 131072, 2097152, 33554432, 536870912, 8589934592, 137438953472, 2199023255552, 35184372088832, 562949953421312, 9007199254740992, 144115188075855872, 2305843009213693952, 4611686018427387904]) AS "unnested"("_of")
              ) AS "t36"
            ) AS "t39"
              ON "t10"."_size" = "t39"."_of"
          ) AS "t42"
        ) AS "t43"
        CROSS JOIN UNNEST(ARRAY["t43"."_first", NULLIF("t43"."_last", "t43"."_first")]) AS "unnested"("_cell")
      ) AS "t44"
      WHERE
        "t44"."_cell" IS NOT NULL
    ) AS "t46"
    INNER JOIN (
      SELECT
        "t38"."flow_id" AS "_their_flow_id",
        "t38"."start_ns" AS "_their_start_ns",
        "t38"."end_ns" AS "_their_end_ns",
        "t38"."_size" AS "_their__size",
        "t38"."_of" AS "_their__of",
        "t38"."_half" AS "_their__half",
        "t38"."_turn" AS "_their__turn",
        "t38"."_first" AS "_their__first",
        "t38"."_last" AS "_their__last",
        "t38"."_cell" AS "_their__cell",
        "t38"."_cell" <> "t38"."_first" AS "_their__second"
      FROM (
        SELECT
          "t35"."flow_id",
          "t35"."start_ns",
          "t35"."end_ns",
          "t35"."_size",
          "t35"."_of",
          "t35"."_half",
          "t35"."_turn",
          "t35"."_first",
          "t35"."_last",
          "unnested"."_cell" AS "_cell"
        FROM (
          SELECT
            "t32"."flow_id",
            "t32"."start_ns",
            "t32"."end_ns",
            "t32"."_size",
            "t32"."_of",
            "t32"."_half",
            "t32"."_turn",
            BITWISE_OR(
              (
                BITWISE_AND("t32"."start_ns", (
                  -(
                    "t32"."_half"
                  ) - "t32"."_half"
                ))
              ),
              (
                BITWISE_OR("t32"."_half", "t32"."_turn")
              )
            ) AS "_first",
            BITWISE_OR(
              (
                BITWISE_AND((
                  "t32"."end_ns" - 1
                ), (
                  -(
                    "t32"."_half"
                  ) - "t32"."_half"
                ))
              ),
              (
                BITWISE_OR("t32"."_half", "t32"."_turn")
              )
            ) AS "_last"
          FROM (
            SELECT
              "t30"."flow_id",
              "t30"."start_ns",
              "t30"."end_ns",
              "t30"."_size",
              "t22"."_of",
              "t22"."_half",
              "t22"."_turn"
            FROM (
              SELECT
                "t24"."flow_id",
                "t24"."_from" AS "start_ns",
                "t24"."start_ns" AS "end_ns",
                CASE
                  WHEN NOT (
                    (
                      "t24"."_from" >= 0
                    )
                    OR (
                      "t24"."start_ns" < 0
                    )
                    OR (
                      (
                        "t24"."_from" > -4611686018427387904
                      )
                      AND (
                        "t24"."start_ns" < 4611686018427387904
                      )
                    )
                  )
                  THEN 4611686018427387904
                  WHEN (
                    "t24"."start_ns" - "t24"."_from"
                  ) <= 1024
                  THEN 512
                  WHEN (
                    "t24"."start_ns" - "t24"."_from"
                  ) <= 16384
                  THEN 8192
                  WHEN (
                    "t24"."start_ns" - "t24"."_from"
                  ) <= 262144
                  THEN 131072
                  WHEN (
                    "t24"."start_ns" - "t24"."_from"
                  ) <= 4194304
                  THEN 2097152
                  WHEN (
                    "t24"."start_ns" - "t24"."_from"
                  ) <= 67108864
                  THEN 33554432
                  WHEN (
                    "t24"."start_ns" - "t24"."_from"
                  ) <= 1073741824
                  THEN 536870912
                  WHEN (
                    "t24"."start_ns" - "t24"."_from"
                  ) <= 17179869184
                  THEN 8589934592
                  WHEN (
                    "t24"."start_ns" - "t24"."_from"
                  ) <= 274877906944
                  THEN 137438953472
                  WHEN (
                    "t24"."start_ns" - "t24"."_from"
                  ) <= 4398046511104
                  THEN 2199023255552
                  WHEN (
                    "t24"."start_ns" - "t24"."_from"
                  ) <= 70368744177664
                  THEN 35184372088832
                  WHEN (
                    "t24"."start_ns" - "t24"."_from"
                  ) <= 1125899906842624
                  THEN 562949953421312
                  WHEN (
                    "t24"."start_ns" - "t24"."_from"
                  ) <= 18014398509481984
                  THEN 9007199254740992
                  WHEN (
                    "t24"."start_ns" - "t24"."_from"
                  ) <= 288230376151711744
                  THEN 144115188075855872
                  WHEN (
                    "t24"."start_ns" - "t24"."_from"
                  ) <= 4611686018427387904
                  THEN 2305843009213693952
                  ELSE 4611686018427387904
                END AS "_size"
              FROM "t23" AS "t24"
              WHERE
                "t24"."_from" < "t24"."start_ns"
            ) AS "t30"
            INNER JOIN (
              SELECT DISTINCT
                "t17"."_of",
                COALESCE(GREATEST("t17"."_met", "t17"."_of"), "t17"."_met", "t17"."_of") AS "_half",
                IF("t17"."_met" > "t17"."_of", 1, 0) AS "_turn"
              FROM (
                SELECT
                  "t15"."_sizes",
                  "t15"."_met",
                  "unnested"."_of" AS "_of"
                FROM (
                  SELECT
                    *
                  FROM (
                    SELECT
                      "t11"."_sizes",
                      "unnested"."_met" AS "_met"
                    FROM (
                      SELECT
                        SUM("t8"."_size") AS "_sizes"
                      FROM (
                        SELECT DISTINCT
                          CASE
                            WHEN NOT (
                              (
                                "t4"."start_ns" >= 0
                              )
                              OR (
                                "t4"."end_ns" < 0
                              )
                              OR (
                                (
                                  "t4"."start_ns" > -4611686018427387904
                                )
                                AND (
                                  "t4"."end_ns" < 4611686018427387904
                                )
                              )
                            )
                            THEN 4611686018427387904
                            WHEN (
                              "t4"."end_ns" - "t4"."start_ns"
                            ) <= 1024
                            THEN 512
                            WHEN (
                              "t4"."end_ns" - "t4"."start_ns"
                            ) <= 16384
                            THEN 8192
                            WHEN (
                              "t4"."end_ns" - "t4"."start_ns"
                            ) <= 262144
                            THEN 131072
                            WHEN (
                              "t4"."end_ns" - "t4"."start_ns"
                            ) <= 4194304
                            THEN 2097152
                            WHEN (
                              "t4"."end_ns" - "t4"."start_ns"
                            ) <= 67108864
                            THEN 33554432
                            WHEN (
                              "t4"."end_ns" - "t4"."start_ns"
                            ) <= 1073741824
                            THEN 536870912
                            WHEN (
                              "t4"."end_ns" - "t4"."start_ns"
                            ) <= 17179869184
                            THEN 8589934592
                            WHEN (
                              "t4"."end_ns" - "t4"."start_ns"
                            ) <= 274877906944
                            THEN 137438953472
                            WHEN (
                              "t4"."end_ns" - "t4"."start_ns"
                            ) <= 4398046511104
                            THEN 2199023255552
                            WHEN (
                              "t4"."end_ns" - "t4"."start_ns"
                            ) <= 70368744177664
                            THEN 35184372088832
                            WHEN (
                              "t4"."end_ns" - "t4"."start_ns"
                            ) <= 1125899906842624
                            THEN 562949953421312
                            WHEN (
                              "t4"."end_ns" - "t4"."start_ns"
                            ) <= 18014398509481984
                            THEN 9007199254740992
                            WHEN (
                              "t4"."end_ns" - "t4"."start_ns"
                            ) <= 288230376151711744
                            THEN 144115188075855872
                            WHEN (
                              "t4"."end_ns" - "t4"."start_ns"
                            ) <= 4611686018427387904
                            THEN 2305843009213693952
                            ELSE 4611686018427387904
                          END AS "_size"
                        FROM "t2" AS "t4"
                      ) AS "t8"
                    ) AS "t11"
                    CROSS JOIN UNNEST(ARRAY[512, 8192, 131072, 2097152, 33554432, 536870912, 8589934592, 137438953472, 2199023255552, 35184372088832, 562949953421312, 9007199254740992, 144115188075855872, 2305843009213693952, 4611686018427387904]) AS "unnested"("_met")
                  ) AS "t12"
                  WHERE
                    (
                      BITWISE_AND("t12"."_sizes", "t12"."_met")
                    ) <> 0
                ) AS "t15"
                CROSS JOIN UNNEST(ARRAY[512, 8192, 131072, 2097152, 33554432, 536870912, 8589934592, 137438953472, 2199023255552, 35184372088832, 562949953421312, 9007199254740992, 144115188075855872, 2305843009213693952, 4611686018427387904]) AS "unnested"("_of")
              ) AS "t17"
            ) AS "t22"
              ON "t30"."_size" = "t22"."_of"
          ) AS "t32"
        ) AS "t35"
        CROSS JOIN UNNEST(ARRAY["t35"."_first", NULLIF("t35"."_last", "t35"."_first")]) AS "unnested"("_cell")
      ) AS "t38"
      WHERE
        "t38"."_cell" IS NOT NULL
    ) AS "t41"
      ON "t46"."flow_id" = "t41"."_their_flow_id"
      AND "t46"."_cell" = "t41"."_their__cell"
      AND "t46"."start_ns" < "t41"."_their_end_ns"
      AND "t46"."end_ns" > "t41"."_their_start_ns"
      AND NOT (
        "t46"."_second" AND "t41"."_their__second"
      )
  ) AS "t47"
) AS "t48"
UNION ALL
SELECT
  *
FROM (
  SELECT
    "t5"."flow_id",
    "t5"."object_id",
    "t5"."start_ns",
    "t5"."end_ns"
  FROM "t2" AS "t5"
  WHERE
    NOT EXISTS(
      SELECT
        1
      FROM (
        SELECT
          "t24"."flow_id",
          "t24"."_from" AS "start_ns",
          "t24"."start_ns" AS "end_ns"
        FROM "t23" AS "t24"
        WHERE
          "t24"."_from" < "t24"."start_ns"
      ) AS "t26"
      WHERE
        "t5"."flow_id" = "t26"."flow_id"
    )
) AS "t29"
