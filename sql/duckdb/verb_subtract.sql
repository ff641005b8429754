-- What is left of each segment where no clip of its flow is?
WITH "t15" AS (
  SELECT
    "t13"."flow_id",
    "t13"."start_ns",
    "t13"."end_ns"
  FROM (
    SELECT
      "t10"."flow_id",
      "t10"."start_ns",
      COALESCE(
        LEAD("t10"."_until") OVER (
          PARTITION BY "t10"."flow_id"
          ORDER BY "t10"."start_ns" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ),
        "t10"."_last"
      ) AS "end_ns",
      COALESCE(
        LEAD("t10"."_before") OVER (
          PARTITION BY "t10"."flow_id"
          ORDER BY "t10"."start_ns" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ),
        "t10"."_rows"
      ) - "t10"."_before" AS "pieces"
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
            "t1"."flow_id",
            CAST("t1"."start_ns" AS BIGINT) AS "start_ns",
            CAST("t1"."end_ns" AS BIGINT) AS "end_ns"
          FROM "clips" AS "t1"
          WHERE
            "t1"."start_ns" < "t1"."end_ns"
        ) AS "t3"
      ) AS "t7"
      WHERE
        (
          "t7"."_until" IS NULL
        ) OR (
          "t7"."start_ns" > "t7"."_until"
        )
    ) AS "t10"
  ) AS "t13"
), "t22" AS (
  SELECT
    "t21"."flow_id",
    "t21"."start_ns",
    "t21"."end_ns",
    COALESCE(
      LAG("t21"."end_ns") OVER (
        PARTITION BY "t21"."flow_id"
        ORDER BY "t21"."start_ns" ASC
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
      ),
      -9223372036854775808
    ) AS "_from"
  FROM (
    SELECT
      *
    FROM "t15" AS "t16"
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
        FROM "t15" AS "t16"
        GROUP BY
          1
      ) AS "t18"
    ) AS "t20"
  ) AS "t21"
)
SELECT
  *
FROM (
  SELECT
    CAST("t47"."flow_id" AS TEXT) AS "flow_id",
    "t47"."object_id",
    CAST(GREATEST("t47"."start_ns", "t47"."start_ns_right") AS BIGINT) AS "start_ns",
    CAST(LEAST("t47"."end_ns", "t47"."end_ns_right") AS BIGINT) AS "end_ns"
  FROM (
    SELECT
      "t46"."flow_id",
      "t46"."object_id",
      "t46"."start_ns",
      "t46"."end_ns",
      "t41"."flow_id_right",
      "t41"."start_ns_right",
      "t41"."end_ns_right"
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
          UNNEST(CAST(["t43"."_first", NULLIF("t43"."_last", "t43"."_first")] AS BIGINT[])) AS "_cell"
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
            (
              "t42"."start_ns" & (
                -(
                  "t42"."_half"
                ) - "t42"."_half"
              )
            ) | (
              "t42"."_half" | "t42"."_turn"
            ) AS "_first",
            (
              (
                "t42"."end_ns" - 1
              ) & (
                -(
                  "t42"."_half"
                ) - "t42"."_half"
              )
            ) | (
              "t42"."_half" | "t42"."_turn"
            ) AS "_last"
          FROM (
            SELECT
              "t8"."flow_id",
              "t8"."object_id",
              "t8"."start_ns",
              "t8"."end_ns",
              "t8"."_size",
              "t39"."_of",
              "t39"."_half",
              "t39"."_turn"
            FROM (
              SELECT
                "t0"."flow_id",
                "t0"."object_id",
                "t0"."start_ns",
                "t0"."end_ns",
                CASE
                  WHEN NOT (
                    (
                      "t0"."start_ns" >= 0
                    )
                    OR (
                      "t0"."end_ns" < 0
                    )
                    OR (
                      (
                        "t0"."start_ns" > -4611686018427387904
                      )
                      AND (
                        "t0"."end_ns" < 4611686018427387904
                      )
                    )
                  )
                  THEN 4611686018427387904
                  WHEN (
                    "t0"."end_ns" - "t0"."start_ns"
                  ) <= 1024
                  THEN 512
                  WHEN (
                    "t0"."end_ns" - "t0"."start_ns"
                  ) <= 16384
                  THEN 8192
                  WHEN (
                    "t0"."end_ns" - "t0"."start_ns"
                  ) <= 262144
                  THEN 131072
                  WHEN (
                    "t0"."end_ns" - "t0"."start_ns"
                  ) <= 4194304
                  THEN 2097152
                  WHEN (
                    "t0"."end_ns" - "t0"."start_ns"
                  ) <= 67108864
                  THEN 33554432
                  WHEN (
                    "t0"."end_ns" - "t0"."start_ns"
                  ) <= 1073741824
                  THEN 536870912
                  WHEN (
                    "t0"."end_ns" - "t0"."start_ns"
                  ) <= 17179869184
                  THEN 8589934592
                  WHEN (
                    "t0"."end_ns" - "t0"."start_ns"
                  ) <= 274877906944
                  THEN 137438953472
                  WHEN (
                    "t0"."end_ns" - "t0"."start_ns"
                  ) <= 4398046511104
                  THEN 2199023255552
                  WHEN (
                    "t0"."end_ns" - "t0"."start_ns"
                  ) <= 70368744177664
                  THEN 35184372088832
                  WHEN (
                    "t0"."end_ns" - "t0"."start_ns"
                  ) <= 1125899906842624
                  THEN 562949953421312
                  WHEN (
                    "t0"."end_ns" - "t0"."start_ns"
                  ) <= 18014398509481984
                  THEN 9007199254740992
                  WHEN (
                    "t0"."end_ns" - "t0"."start_ns"
                  ) <= 288230376151711744
                  THEN 144115188075855872
                  WHEN (
                    "t0"."end_ns" - "t0"."start_ns"
                  ) <= 4611686018427387904
                  THEN 2305843009213693952
                  ELSE 4611686018427387904
                END AS "_size"
              FROM "segments" AS "t0"
              WHERE
                "t0"."start_ns" < "t0"."end_ns"
            ) AS "t8"
            INNER JOIN (
              SELECT DISTINCT
                "t36"."_of",
                GREATEST("t36"."_met", "t36"."_of") AS "_half",
                CASE WHEN "t36"."_met" < "t36"."_of" THEN 1 ELSE 0 END AS "_turn"
              FROM (
                SELECT
                  "t34"."_sizes",
                  "t34"."_met",
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
                      "t30"."_sizes",
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
                        SUM("t27"."_size") AS "_sizes"
                      FROM (
                        SELECT DISTINCT
                          CASE
                            WHEN NOT (
                              (
                                "t23"."_from" >= 0
                              )
                              OR (
                                "t23"."start_ns" < 0
                              )
                              OR (
                                (
                                  "t23"."_from" > -4611686018427387904
                                )
                                AND (
                                  "t23"."start_ns" < 4611686018427387904
                                )
                              )
                            )
                            THEN 4611686018427387904
                            WHEN (
                              "t23"."start_ns" - "t23"."_from"
                            ) <= 1024
                            THEN 512
                            WHEN (
                              "t23"."start_ns" - "t23"."_from"
                            ) <= 16384
                            THEN 8192
                            WHEN (
                              "t23"."start_ns" - "t23"."_from"
                            ) <= 262144
                            THEN 131072
                            WHEN (
                              "t23"."start_ns" - "t23"."_from"
                            ) <= 4194304
                            THEN 2097152
                            WHEN (
                              "t23"."start_ns" - "t23"."_from"
                            ) <= 67108864
                            THEN 33554432
                            WHEN (
                              "t23"."start_ns" - "t23"."_from"
                            ) <= 1073741824
                            THEN 536870912
                            WHEN (
                              "t23"."start_ns" - "t23"."_from"
                            ) <= 17179869184
                            THEN 8589934592
                            WHEN (
                              "t23"."start_ns" - "t23"."_from"
                            ) <= 274877906944
                            THEN 137438953472
                            WHEN (
                              "t23"."start_ns" - "t23"."_from"
                            ) <= 4398046511104
                            THEN 2199023255552
                            WHEN (
                              "t23"."start_ns" - "t23"."_from"
                            ) <= 70368744177664
                            THEN 35184372088832
                            WHEN (
                              "t23"."start_ns" - "t23"."_from"
                            ) <= 1125899906842624
                            THEN 562949953421312
                            WHEN (
                              "t23"."start_ns" - "t23"."_from"
                            ) <= 18014398509481984
                            THEN 9007199254740992
                            WHEN (
                              "t23"."start_ns" - "t23"."_from"
                            ) <= 288230376151711744
                            THEN 144115188075855872
                            WHEN (
                              "t23"."start_ns" - "t23"."_from"
                            ) <= 4611686018427387904
                            THEN 2305843009213693952
                            ELSE 4611686018427387904
                          END AS "_size"
                        FROM "t22" AS "t23"
                        WHERE
                          "t23"."_from" < "t23"."start_ns"
                      ) AS "t27"
                    ) AS "t30"
                  ) AS "t33"
                  WHERE
                    (
                      "t33"."_sizes" & "t33"."_met"
                    ) <> 0
                ) AS "t34"
              ) AS "t36"
            ) AS "t39"
              ON "t8"."_size" = "t39"."_of"
          ) AS "t42"
        ) AS "t43"
      ) AS "t44"
      WHERE
        "t44"."_cell" IS NOT NULL
    ) AS "t46"
    INNER JOIN (
      SELECT
        "t38"."flow_id" AS "flow_id_right",
        "t38"."start_ns" AS "start_ns_right",
        "t38"."end_ns" AS "end_ns_right",
        "t38"."_size" AS "_size_right",
        "t38"."_of" AS "_of_right",
        "t38"."_half" AS "_half_right",
        "t38"."_turn" AS "_turn_right",
        "t38"."_first" AS "_first_right",
        "t38"."_last" AS "_last_right",
        "t38"."_cell" AS "_cell_right",
        "t38"."_cell" <> "t38"."_first" AS "_second_right"
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
          UNNEST(CAST(["t35"."_first", NULLIF("t35"."_last", "t35"."_first")] AS BIGINT[])) AS "_cell"
        FROM (
          SELECT
            "t32"."flow_id",
            "t32"."start_ns",
            "t32"."end_ns",
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
              "t29"."flow_id",
              "t29"."start_ns",
              "t29"."end_ns",
              "t29"."_size",
              "t19"."_of",
              "t19"."_half",
              "t19"."_turn"
            FROM (
              SELECT
                "t23"."flow_id",
                "t23"."_from" AS "start_ns",
                "t23"."start_ns" AS "end_ns",
                CASE
                  WHEN NOT (
                    (
                      "t23"."_from" >= 0
                    )
                    OR (
                      "t23"."start_ns" < 0
                    )
                    OR (
                      (
                        "t23"."_from" > -4611686018427387904
                      )
                      AND (
                        "t23"."start_ns" < 4611686018427387904
                      )
                    )
                  )
                  THEN 4611686018427387904
                  WHEN (
                    "t23"."start_ns" - "t23"."_from"
                  ) <= 1024
                  THEN 512
                  WHEN (
                    "t23"."start_ns" - "t23"."_from"
                  ) <= 16384
                  THEN 8192
                  WHEN (
                    "t23"."start_ns" - "t23"."_from"
                  ) <= 262144
                  THEN 131072
                  WHEN (
                    "t23"."start_ns" - "t23"."_from"
                  ) <= 4194304
                  THEN 2097152
                  WHEN (
                    "t23"."start_ns" - "t23"."_from"
                  ) <= 67108864
                  THEN 33554432
                  WHEN (
                    "t23"."start_ns" - "t23"."_from"
                  ) <= 1073741824
                  THEN 536870912
                  WHEN (
                    "t23"."start_ns" - "t23"."_from"
                  ) <= 17179869184
                  THEN 8589934592
                  WHEN (
                    "t23"."start_ns" - "t23"."_from"
                  ) <= 274877906944
                  THEN 137438953472
                  WHEN (
                    "t23"."start_ns" - "t23"."_from"
                  ) <= 4398046511104
                  THEN 2199023255552
                  WHEN (
                    "t23"."start_ns" - "t23"."_from"
                  ) <= 70368744177664
                  THEN 35184372088832
                  WHEN (
                    "t23"."start_ns" - "t23"."_from"
                  ) <= 1125899906842624
                  THEN 562949953421312
                  WHEN (
                    "t23"."start_ns" - "t23"."_from"
                  ) <= 18014398509481984
                  THEN 9007199254740992
                  WHEN (
                    "t23"."start_ns" - "t23"."_from"
                  ) <= 288230376151711744
                  THEN 144115188075855872
                  WHEN (
                    "t23"."start_ns" - "t23"."_from"
                  ) <= 4611686018427387904
                  THEN 2305843009213693952
                  ELSE 4611686018427387904
                END AS "_size"
              FROM "t22" AS "t23"
              WHERE
                "t23"."_from" < "t23"."start_ns"
            ) AS "t29"
            INNER JOIN (
              SELECT DISTINCT
                "t14"."_of",
                GREATEST("t14"."_met", "t14"."_of") AS "_half",
                CASE WHEN "t14"."_met" > "t14"."_of" THEN 1 ELSE 0 END AS "_turn"
              FROM (
                SELECT
                  "t12"."_sizes",
                  "t12"."_met",
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
                      "t9"."_sizes",
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
                        SUM("t6"."_size") AS "_sizes"
                      FROM (
                        SELECT DISTINCT
                          CASE
                            WHEN NOT (
                              (
                                "t0"."start_ns" >= 0
                              )
                              OR (
                                "t0"."end_ns" < 0
                              )
                              OR (
                                (
                                  "t0"."start_ns" > -4611686018427387904
                                )
                                AND (
                                  "t0"."end_ns" < 4611686018427387904
                                )
                              )
                            )
                            THEN 4611686018427387904
                            WHEN (
                              "t0"."end_ns" - "t0"."start_ns"
                            ) <= 1024
                            THEN 512
                            WHEN (
                              "t0"."end_ns" - "t0"."start_ns"
                            ) <= 16384
                            THEN 8192
                            WHEN (
                              "t0"."end_ns" - "t0"."start_ns"
                            ) <= 262144
                            THEN 131072
                            WHEN (
                              "t0"."end_ns" - "t0"."start_ns"
                            ) <= 4194304
                            THEN 2097152
                            WHEN (
                              "t0"."end_ns" - "t0"."start_ns"
                            ) <= 67108864
                            THEN 33554432
                            WHEN (
                              "t0"."end_ns" - "t0"."start_ns"
                            ) <= 1073741824
                            THEN 536870912
                            WHEN (
                              "t0"."end_ns" - "t0"."start_ns"
                            ) <= 17179869184
                            THEN 8589934592
                            WHEN (
                              "t0"."end_ns" - "t0"."start_ns"
                            ) <= 274877906944
                            THEN 137438953472
                            WHEN (
                              "t0"."end_ns" - "t0"."start_ns"
                            ) <= 4398046511104
                            THEN 2199023255552
                            WHEN (
                              "t0"."end_ns" - "t0"."start_ns"
                            ) <= 70368744177664
                            THEN 35184372088832
                            WHEN (
                              "t0"."end_ns" - "t0"."start_ns"
                            ) <= 1125899906842624
                            THEN 562949953421312
                            WHEN (
                              "t0"."end_ns" - "t0"."start_ns"
                            ) <= 18014398509481984
                            THEN 9007199254740992
                            WHEN (
                              "t0"."end_ns" - "t0"."start_ns"
                            ) <= 288230376151711744
                            THEN 144115188075855872
                            WHEN (
                              "t0"."end_ns" - "t0"."start_ns"
                            ) <= 4611686018427387904
                            THEN 2305843009213693952
                            ELSE 4611686018427387904
                          END AS "_size"
                        FROM "segments" AS "t0"
                        WHERE
                          "t0"."start_ns" < "t0"."end_ns"
                      ) AS "t6"
                    ) AS "t9"
                  ) AS "t11"
                  WHERE
                    (
                      "t11"."_sizes" & "t11"."_met"
                    ) <> 0
                ) AS "t12"
              ) AS "t14"
            ) AS "t19"
              ON "t29"."_size" = "t19"."_of"
          ) AS "t32"
        ) AS "t35"
      ) AS "t38"
      WHERE
        "t38"."_cell" IS NOT NULL
    ) AS "t41"
      ON "t46"."flow_id" = "t41"."flow_id_right"
      AND "t46"."_cell" = "t41"."_cell_right"
      AND "t46"."start_ns" < "t41"."end_ns_right"
      AND "t46"."end_ns" > "t41"."start_ns_right"
      AND NOT (
        "t46"."_second" AND "t41"."_second_right"
      )
  ) AS "t47"
) AS "t48"
UNION ALL
SELECT
  *
FROM (
  SELECT
    CAST("t28"."flow_id" AS TEXT) AS "flow_id",
    "t28"."object_id",
    CAST("t28"."start_ns" AS BIGINT) AS "start_ns",
    CAST("t28"."end_ns" AS BIGINT) AS "end_ns"
  FROM (
    SELECT
      "t4"."flow_id",
      "t4"."object_id",
      "t4"."start_ns",
      "t4"."end_ns"
    FROM (
      SELECT
        *
      FROM "segments" AS "t0"
      WHERE
        "t0"."start_ns" < "t0"."end_ns"
    ) AS "t4"
    ANTI JOIN (
      SELECT
        "t23"."flow_id",
        "t23"."_from" AS "start_ns",
        "t23"."start_ns" AS "end_ns"
      FROM "t22" AS "t23"
      WHERE
        "t23"."_from" < "t23"."start_ns"
    ) AS "t25"
      ON "t4"."flow_id" = "t25"."flow_id"
  ) AS "t28"
) AS "t31"
