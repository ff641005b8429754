-- Which clips share time with which segments of their flow?
WITH "t2" AS (
  SELECT
    CAST("t0"."flow_id" AS VARCHAR) AS "flow_id",
    "t0"."object_id",
    CAST("t0"."start_ns" AS BIGINT) AS "start_ns",
    CAST("t0"."end_ns" AS BIGINT) AS "end_ns"
  FROM "segments" AS "t0"
  WHERE
    "t0"."start_ns" < "t0"."end_ns"
), "t3" AS (
  SELECT
    CAST("t1"."flow_id" AS VARCHAR) AS "flow_id",
    "t1"."object_id",
    CAST("t1"."start_ns" AS BIGINT) AS "start_ns",
    CAST("t1"."end_ns" AS BIGINT) AS "end_ns"
  FROM "clips" AS "t1"
  WHERE
    "t1"."start_ns" < "t1"."end_ns"
)
SELECT
  "t34"."flow_id",
  "t34"."object_id",
  "t34"."start_ns",
  "t34"."end_ns",
  "t34"."_their_object_id" AS "object_id_right",
  "t34"."_their_start_ns" AS "start_ns_right",
  "t34"."_their_end_ns" AS "end_ns_right",
  COALESCE(
    GREATEST("t34"."start_ns", "t34"."_their_start_ns"),
    "t34"."start_ns",
    "t34"."_their_start_ns"
  ) AS "overlap_start_ns",
  COALESCE(LEAST("t34"."end_ns", "t34"."_their_end_ns"), "t34"."end_ns", "t34"."_their_end_ns") AS "overlap_end_ns"
FROM (
  SELECT
    "t33"."flow_id",
    "t33"."object_id",
    "t33"."start_ns",
    "t33"."end_ns",
    "t32"."_their_flow_id",
    "t32"."_their_object_id",
    "t32"."_their_start_ns",
    "t32"."_their_end_ns"
  FROM (
    SELECT
      "t29"."flow_id",
      "t29"."object_id",
      "t29"."start_ns",
      "t29"."end_ns",
      "t29"."_size",
      "t29"."_of",
      "t29"."_half",
      "t29"."_turn",
      "t29"."_first",
      "t29"."_last",
      "t29"."_cell",
      "t29"."_cell" <> "t29"."_first" AS "_second"
    FROM (
      SELECT
        "t27"."flow_id",
        "t27"."object_id",
        "t27"."start_ns",
        "t27"."end_ns",
        "t27"."_size",
        "t27"."_of",
        "t27"."_half",
        "t27"."_turn",
        "t27"."_first",
        "t27"."_last",
        "unnested"."_cell" AS "_cell"
      FROM (
        SELECT
          "t25"."flow_id",
          "t25"."object_id",
          "t25"."start_ns",
          "t25"."end_ns",
          "t25"."_size",
          "t25"."_of",
          "t25"."_half",
          "t25"."_turn",
          BITWISE_OR(
            (
              BITWISE_AND("t25"."start_ns", (
                -(
                  "t25"."_half"
                ) - "t25"."_half"
              ))
            ),
            (
              BITWISE_OR("t25"."_half", "t25"."_turn")
            )
          ) AS "_first",
          BITWISE_OR(
            (
              BITWISE_AND((
                "t25"."end_ns" - 1
              ), (
                -(
                  "t25"."_half"
                ) - "t25"."_half"
              ))
            ),
            (
              BITWISE_OR("t25"."_half", "t25"."_turn")
            )
          ) AS "_last"
        FROM (
          SELECT
            "t10"."flow_id",
            "t10"."object_id",
            "t10"."start_ns",
            "t10"."end_ns",
            "t10"."_size",
            "t23"."_of",
            "t23"."_half",
            "t23"."_turn"
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
              "t19"."_of",
              COALESCE(GREATEST("t19"."_met", "t19"."_of"), "t19"."_met", "t19"."_of") AS "_half",
              IF("t19"."_met" < "t19"."_of", 1, 0) AS "_turn"
            FROM (
              SELECT
                "t17"."_sizes",
                "t17"."_met",
                "unnested"."_of" AS "_of"
              FROM (
                SELECT
                  *
                FROM (
                  SELECT
                    "t13"."_sizes",
                    "unnested"."_met" AS "_met"
                  FROM (
                    SELECT
                      SUM("t9"."_size") AS "_sizes"
                    FROM (
                      SELECT DISTINCT
                        CASE
                          WHEN NOT (
                            (
                              "t5"."start_ns" >= 0
                            )
                            OR (
                              "t5"."end_ns" < 0
                            )
                            OR (
                              (
                                "t5"."start_ns" > -4611686018427387904
                              )
                              AND (
                                "t5"."end_ns" < 4611686018427387904
                              )
                            )
                          )
                          THEN 4611686018427387904
                          WHEN (
                            "t5"."end_ns" - "t5"."start_ns"
                          ) <= 1024
                          THEN 512
                          WHEN (
                            "t5"."end_ns" - "t5"."start_ns"
                          ) <= 16384
                          THEN 8192
                          WHEN (
                            "t5"."end_ns" - "t5"."start_ns"
                          ) <= 262144
                          THEN 131072
                          WHEN (
                            "t5"."end_ns" - "t5"."start_ns"
                          ) <= 4194304
                          THEN 2097152
                          WHEN (
                            "t5"."end_ns" - "t5"."start_ns"
                          ) <= 67108864
                          THEN 33554432
                          WHEN (
                            "t5"."end_ns" - "t5"."start_ns"
                          ) <= 1073741824
                          THEN 536870912
                          WHEN (
                            "t5"."end_ns" - "t5"."start_ns"
                          ) <= 17179869184
                          THEN 8589934592
                          WHEN (
                            "t5"."end_ns" - "t5"."start_ns"
                          ) <= 274877906944
                          THEN 137438953472
                          WHEN (
                            "t5"."end_ns" - "t5"."start_ns"
                          ) <= 4398046511104
                          THEN 2199023255552
                          WHEN (
                            "t5"."end_ns" - "t5"."start_ns"
                          ) <= 70368744177664
                          THEN 35184372088832
                          WHEN (
                            "t5"."end_ns" - "t5"."start_ns"
                          ) <= 1125899906842624
                          THEN 562949953421312
                          WHEN (
                            "t5"."end_ns" - "t5"."start_ns"
                          ) <= 18014398509481984
                          THEN 9007199254740992
                          WHEN (
                            "t5"."end_ns" - "t5"."start_ns"
                          ) <= 288230376151711744
                          THEN 144115188075855872
                          WHEN (
                            "t5"."end_ns" - "t5"."start_ns"
                          ) <= 4611686018427387904
                          THEN 2305843009213693952
                          ELSE 4611686018427387904
                        END AS "_size"
                      FROM "t3" AS "t5"
                    ) AS "t9"
                  ) AS "t13"
                  CROSS JOIN UNNEST(ARRAY[512, 8192, 131072, 2097152, 33554432, 536870912, 8589934592, 137438953472, 2199023255552, 35184372088832, 562949953421312, 9007199254740992, 144115188075855872, 2305843009213693952, 4611686018427387904]) AS "unnested"("_met")
                ) AS "t15"
                WHERE
                  (
                    BITWISE_AND("t15"."_sizes", "t15"."_met")
                  ) <> 0
              ) AS "t17"
              CROSS JOIN UNNEST(ARRAY[512, 8192, 131072, 2097152, 33554432, 536870912, 8589934592, 137438953472, 2199023255552, 35184372088832, 562949953421312, 9007199254740992, 144115188075855872, 2305843009213693952, 4611686018427387904]) AS "unnested"("_of")
            ) AS "t19"
          ) AS "t23"
            ON "t10"."_size" = "t23"."_of"
        ) AS "t25"
      ) AS "t27"
      CROSS JOIN UNNEST(ARRAY["t27"."_first", NULLIF("t27"."_last", "t27"."_first")]) AS "unnested"("_cell")
    ) AS "t29"
    WHERE
      "t29"."_cell" IS NOT NULL
  ) AS "t33"
  INNER JOIN (
    SELECT
      "t28"."flow_id" AS "_their_flow_id",
      "t28"."object_id" AS "_their_object_id",
      "t28"."start_ns" AS "_their_start_ns",
      "t28"."end_ns" AS "_their_end_ns",
      "t28"."_size" AS "_their__size",
      "t28"."_of" AS "_their__of",
      "t28"."_half" AS "_their__half",
      "t28"."_turn" AS "_their__turn",
      "t28"."_first" AS "_their__first",
      "t28"."_last" AS "_their__last",
      "t28"."_cell" AS "_their__cell",
      "t28"."_cell" <> "t28"."_first" AS "_their__second"
    FROM (
      SELECT
        "t26"."flow_id",
        "t26"."object_id",
        "t26"."start_ns",
        "t26"."end_ns",
        "t26"."_size",
        "t26"."_of",
        "t26"."_half",
        "t26"."_turn",
        "t26"."_first",
        "t26"."_last",
        "unnested"."_cell" AS "_cell"
      FROM (
        SELECT
          "t24"."flow_id",
          "t24"."object_id",
          "t24"."start_ns",
          "t24"."end_ns",
          "t24"."_size",
          "t24"."_of",
          "t24"."_half",
          "t24"."_turn",
          BITWISE_OR(
            (
              BITWISE_AND("t24"."start_ns", (
                -(
                  "t24"."_half"
                ) - "t24"."_half"
              ))
            ),
            (
              BITWISE_OR("t24"."_half", "t24"."_turn")
            )
          ) AS "_first",
          BITWISE_OR(
            (
              BITWISE_AND((
                "t24"."end_ns" - 1
              ), (
                -(
                  "t24"."_half"
                ) - "t24"."_half"
              ))
            ),
            (
              BITWISE_OR("t24"."_half", "t24"."_turn")
            )
          ) AS "_last"
        FROM (
          SELECT
            "t11"."flow_id",
            "t11"."object_id",
            "t11"."start_ns",
            "t11"."end_ns",
            "t11"."_size",
            "t22"."_of",
            "t22"."_half",
            "t22"."_turn"
          FROM (
            SELECT
              "t5"."flow_id",
              "t5"."object_id",
              "t5"."start_ns",
              "t5"."end_ns",
              CASE
                WHEN NOT (
                  (
                    "t5"."start_ns" >= 0
                  )
                  OR (
                    "t5"."end_ns" < 0
                  )
                  OR (
                    (
                      "t5"."start_ns" > -4611686018427387904
                    )
                    AND (
                      "t5"."end_ns" < 4611686018427387904
                    )
                  )
                )
                THEN 4611686018427387904
                WHEN (
                  "t5"."end_ns" - "t5"."start_ns"
                ) <= 1024
                THEN 512
                WHEN (
                  "t5"."end_ns" - "t5"."start_ns"
                ) <= 16384
                THEN 8192
                WHEN (
                  "t5"."end_ns" - "t5"."start_ns"
                ) <= 262144
                THEN 131072
                WHEN (
                  "t5"."end_ns" - "t5"."start_ns"
                ) <= 4194304
                THEN 2097152
                WHEN (
                  "t5"."end_ns" - "t5"."start_ns"
                ) <= 67108864
                THEN 33554432
                WHEN (
                  "t5"."end_ns" - "t5"."start_ns"
                ) <= 1073741824
                THEN 536870912
                WHEN (
                  "t5"."end_ns" - "t5"."start_ns"
                ) <= 17179869184
                THEN 8589934592
                WHEN (
                  "t5"."end_ns" - "t5"."start_ns"
                ) <= 274877906944
                THEN 137438953472
                WHEN (
                  "t5"."end_ns" - "t5"."start_ns"
                ) <= 4398046511104
                THEN 2199023255552
                WHEN (
                  "t5"."end_ns" - "t5"."start_ns"
                ) <= 70368744177664
                THEN 35184372088832
                WHEN (
                  "t5"."end_ns" - "t5"."start_ns"
                ) <= 1125899906842624
                THEN 562949953421312
                WHEN (
                  "t5"."end_ns" - "t5"."start_ns"
                ) <= 18014398509481984
                THEN 9007199254740992
                WHEN (
                  "t5"."end_ns" - "t5"."start_ns"
                ) <= 288230376151711744
                THEN 144115188075855872
                WHEN (
                  "t5"."end_ns" - "t5"."start_ns"
                ) <= 4611686018427387904
                THEN 2305843009213693952
                ELSE 4611686018427387904
              END AS "_size"
            FROM "t3" AS "t5"
          ) AS "t11"
          INNER JOIN (
            SELECT DISTINCT
              "t18"."_of",
              COALESCE(GREATEST("t18"."_met", "t18"."_of"), "t18"."_met", "t18"."_of") AS "_half",
              IF("t18"."_met" > "t18"."_of", 1, 0) AS "_turn"
            FROM (
              SELECT
                "t16"."_sizes",
                "t16"."_met",
                "unnested"."_of" AS "_of"
              FROM (
                SELECT
                  *
                FROM (
                  SELECT
                    "t12"."_sizes",
                    "unnested"."_met" AS "_met"
                  FROM (
                    SELECT
                      SUM("t7"."_size") AS "_sizes"
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
                    ) AS "t7"
                  ) AS "t12"
                  CROSS JOIN UNNEST(ARRAY[512, 8192, 131072, 2097152, 33554432, 536870912, 8589934592, 137438953472, 2199023255552, 35184372088832, 562949953421312, 9007199254740992, 144115188075855872, 2305843009213693952, 4611686018427387904]) AS "unnested"("_met")
                ) AS "t14"
                WHERE
                  (
                    BITWISE_AND("t14"."_sizes", "t14"."_met")
                  ) <> 0
              ) AS "t16"
              CROSS JOIN UNNEST(ARRAY[512, 8192, 131072, 2097152, 33554432, 536870912, 8589934592, 137438953472, 2199023255552, 35184372088832, 562949953421312, 9007199254740992, 144115188075855872, 2305843009213693952, 4611686018427387904]) AS "unnested"("_of")
            ) AS "t18"
          ) AS "t22"
            ON "t11"."_size" = "t22"."_of"
        ) AS "t24"
      ) AS "t26"
      CROSS JOIN UNNEST(ARRAY["t26"."_first", NULLIF("t26"."_last", "t26"."_first")]) AS "unnested"("_cell")
    ) AS "t28"
    WHERE
      "t28"."_cell" IS NOT NULL
  ) AS "t32"
    ON "t33"."flow_id" = "t32"."_their_flow_id"
    AND "t33"."_cell" = "t32"."_their__cell"
    AND "t33"."start_ns" < "t32"."_their_end_ns"
    AND "t33"."end_ns" > "t32"."_their_start_ns"
    AND NOT (
      "t33"."_second" AND "t32"."_their__second"
    )
) AS "t34"
