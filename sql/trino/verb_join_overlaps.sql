-- Which clips share time with which segments of their flow?
SELECT
  "t30"."flow_id",
  "t30"."object_id",
  "t30"."start_ns",
  "t30"."end_ns",
  "t30"."object_id_right",
  "t30"."start_ns_right",
  "t30"."end_ns_right",
  GREATEST("t30"."start_ns", "t30"."start_ns_right") AS "overlap_start_ns",
  LEAST("t30"."end_ns", "t30"."end_ns_right") AS "overlap_end_ns"
FROM (
  SELECT
    "t29"."flow_id",
    "t29"."object_id",
    "t29"."start_ns",
    "t29"."end_ns",
    "t28"."flow_id_right",
    "t28"."object_id_right",
    "t28"."start_ns_right",
    "t28"."end_ns_right"
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
      "t25"."_first",
      "t25"."_last",
      "t25"."_cell",
      "t25"."_cell" <> "t25"."_first" AS "_second"
    FROM (
      SELECT
        "t23"."flow_id",
        "t23"."object_id",
        "t23"."start_ns",
        "t23"."end_ns",
        "t23"."_size",
        "t23"."_of",
        "t23"."_half",
        "t23"."_turn",
        "t23"."_first",
        "t23"."_last",
        IF(_u.pos = _u_2.pos_2, _u_2."_cell") AS "_cell"
      FROM (
        SELECT
          "t21"."flow_id",
          "t21"."object_id",
          "t21"."start_ns",
          "t21"."end_ns",
          "t21"."_size",
          "t21"."_of",
          "t21"."_half",
          "t21"."_turn",
          BITWISE_OR(
            (
              BITWISE_AND("t21"."start_ns", (
                -(
                  "t21"."_half"
                ) - "t21"."_half"
              ))
            ),
            (
              BITWISE_OR("t21"."_half", "t21"."_turn")
            )
          ) AS "_first",
          BITWISE_OR(
            (
              BITWISE_AND((
                "t21"."end_ns" - 1
              ), (
                -(
                  "t21"."_half"
                ) - "t21"."_half"
              ))
            ),
            (
              BITWISE_OR("t21"."_half", "t21"."_turn")
            )
          ) AS "_last"
        FROM (
          SELECT
            "t6"."flow_id",
            "t6"."object_id",
            "t6"."start_ns",
            "t6"."end_ns",
            "t6"."_size",
            "t19"."_of",
            "t19"."_half",
            "t19"."_turn"
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
          ) AS "t6"
          INNER JOIN (
            SELECT DISTINCT
              "t15"."_of",
              GREATEST("t15"."_met", "t15"."_of") AS "_half",
              IF("t15"."_met" < "t15"."_of", 1, 0) AS "_turn"
            FROM (
              SELECT
                "t13"."_sizes",
                "t13"."_met",
                IF(_u.pos = _u_2.pos_2, _u_2."_of") AS "_of"
              FROM (
                SELECT
                  *
                FROM (
                  SELECT
                    "t9"."_sizes",
                    IF(_u.pos = _u_2.pos_2, _u_2."_met") AS "_met"
                  FROM (
                    SELECT
                      SUM("t5"."_size") AS "_sizes"
                    FROM (
                      SELECT DISTINCT
                        CASE
                          WHEN NOT (
                            (
                              "t1"."start_ns" >= 0
                            )
                            OR (
                              "t1"."end_ns" < 0
                            )
                            OR (
                              (
                                "t1"."start_ns" > -4611686018427387904
                              )
                              AND (
                                "t1"."end_ns" < 4611686018427387904
                              )
                            )
                          )
                          THEN 4611686018427387904
                          WHEN (
                            "t1"."end_ns" - "t1"."start_ns"
                          ) <= 1024
                          THEN 512
                          WHEN (
                            "t1"."end_ns" - "t1"."start_ns"
                          ) <= 16384
                          THEN 8192
                          WHEN (
                            "t1"."end_ns" - "t1"."start_ns"
                          ) <= 262144
                          THEN 131072
                          WHEN (
                            "t1"."end_ns" - "t1"."start_ns"
                          ) <= 4194304
                          THEN 2097152
                          WHEN (
                            "t1"."end_ns" - "t1"."start_ns"
                          ) <= 67108864
                          THEN 33554432
                          WHEN (
                            "t1"."end_ns" - "t1"."start_ns"
                          ) <= 1073741824
                          THEN 536870912
                          WHEN (
                            "t1"."end_ns" - "t1"."start_ns"
                          ) <= 17179869184
                          THEN 8589934592
                          WHEN (
                            "t1"."end_ns" - "t1"."start_ns"
                          ) <= 274877906944
                          THEN 137438953472
                          WHEN (
                            "t1"."end_ns" - "t1"."start_ns"
                          ) <= 4398046511104
                          THEN 2199023255552
                          WHEN (
                            "t1"."end_ns" - "t1"."start_ns"
                          ) <= 70368744177664
                          THEN 35184372088832
                          WHEN (
                            "t1"."end_ns" - "t1"."start_ns"
                          ) <= 1125899906842624
                          THEN 562949953421312
                          WHEN (
                            "t1"."end_ns" - "t1"."start_ns"
                          ) <= 18014398509481984
                          THEN 9007199254740992
                          WHEN (
                            "t1"."end_ns" - "t1"."start_ns"
                          ) <= 288230376151711744
                          THEN 144115188075855872
                          WHEN (
                            "t1"."end_ns" - "t1"."start_ns"
                          ) <= 4611686018427387904
                          THEN 2305843009213693952
                          ELSE 4611686018427387904
                        END AS "_size"
                      FROM "clips" AS "t1"
                      WHERE
                        "t1"."start_ns" < "t1"."end_ns"
                    ) AS "t5"
                  ) AS "t9"
                  CROSS JOIN UNNEST(SEQUENCE(
                    1,
                    GREATEST(
                      CARDINALITY(
                        ARRAY[512, 8192, 131072, 2097152, 33554432, 536870912, 8589934592, 137438953472, 2199023255552, 35184372088832, 562949953421312, 9007199254740992, 144115188075855872, 2305843009213693952, 4611686018427387904]
                      )
                    )
                  )) AS _u(pos)
                  CROSS JOIN UNNEST(ARRAY[512, 8192, 131072, 2097152, 33554432, 536870912, 8589934592, 137438953472, 2199023255552, 35184372088832, 562949953421312, 9007199254740992, 144115188075855872, 2305843009213693952, 4611686018427387904]) WITH ORDINALITY AS _u_2("_met", pos_2)
                  WHERE
                    _u.pos = _u_2.pos_2
                    OR (
                      _u.pos > CARDINALITY(
                        ARRAY[512, 8192, 131072, 2097152, 33554432, 536870912, 8589934592, 137438953472, 2199023255552, 35184372088832, 562949953421312, 9007199254740992, 144115188075855872, 2305843009213693952, 4611686018427387904]
                      )
                      AND _u_2.pos_2 = CARDINALITY(
                        ARRAY[512, 8192, 131072, 2097152, 33554432, 536870912, 8589934592, 137438953472, 2199023255552, 35184372088832, 562949953421312, 9007199254740992, 144115188075855872, 2305843009213693952, 4611686018427387904]
                      )
                    )
                ) AS "t11"
                WHERE
                  (
                    BITWISE_AND("t11"."_sizes", "t11"."_met")
                  ) <> 0
              ) AS "t13"
              CROSS JOIN UNNEST(SEQUENCE(
                1,
                GREATEST(
                  CARDINALITY(
                    ARRAY[512, 8192, 131072, 2097152, 33554432, 536870912, 8589934592, 137438953472, 2199023255552, 35184372088832, 562949953421312, 9007199254740992, 144115188075855872, 2305843009213693952, 4611686018427387904]
                  )
                )
              )) AS _u(pos)
              CROSS JOIN UNNEST(ARRAY[512, 8192, 131072, 2097152, 33554432, 536870912, 8589934592, 137438953472, 2199023255552, 35184372088832, 562949953421312, 9007199254740992, 144115188075855872, 2305843009213693952, 4611686018427387904]) WITH ORDINALITY AS _u_2("_of", pos_2)
              WHERE
                _u.pos = _u_2.pos_2
                OR (
                  _u.pos > CARDINALITY(
                    ARRAY[512, 8192, 131072, 2097152, 33554432, 536870912, 8589934592, 137438953472, 2199023255552, 35184372088832, 562949953421312, 9007199254740992, 144115188075855872, 2305843009213693952, 4611686018427387904]
                  )
                  AND _u_2.pos_2 = CARDINALITY(
                    ARRAY[512, 8192, 131072, 2097152, 33554432, 536870912, 8589934592, 137438953472, 2199023255552, 35184372088832, 562949953421312, 9007199254740992, 144115188075855872, 2305843009213693952, 4611686018427387904]
                  )
                )
            ) AS "t15"
          ) AS "t19"
            ON "t6"."_size" = "t19"."_of"
        ) AS "t21"
      ) AS "t23"
      CROSS JOIN UNNEST(SEQUENCE(
        1,
        GREATEST(CARDINALITY(ARRAY["t23"."_first", NULLIF("t23"."_last", "t23"."_first")]))
      )) AS _u(pos)
      CROSS JOIN UNNEST(ARRAY["t23"."_first", NULLIF("t23"."_last", "t23"."_first")]) WITH ORDINALITY AS _u_2("_cell", pos_2)
      WHERE
        _u.pos = _u_2.pos_2
        OR (
          _u.pos > CARDINALITY(ARRAY["t23"."_first", NULLIF("t23"."_last", "t23"."_first")])
          AND _u_2.pos_2 = CARDINALITY(ARRAY["t23"."_first", NULLIF("t23"."_last", "t23"."_first")])
        )
    ) AS "t25"
    WHERE
      "t25"."_cell" IS NOT NULL
  ) AS "t29"
  INNER JOIN (
    SELECT
      "t24"."flow_id" AS "flow_id_right",
      "t24"."object_id" AS "object_id_right",
      "t24"."start_ns" AS "start_ns_right",
      "t24"."end_ns" AS "end_ns_right",
      "t24"."_size" AS "_size_right",
      "t24"."_of" AS "_of_right",
      "t24"."_half" AS "_half_right",
      "t24"."_turn" AS "_turn_right",
      "t24"."_first" AS "_first_right",
      "t24"."_last" AS "_last_right",
      "t24"."_cell" AS "_cell_right",
      "t24"."_cell" <> "t24"."_first" AS "_second_right"
    FROM (
      SELECT
        "t22"."flow_id",
        "t22"."object_id",
        "t22"."start_ns",
        "t22"."end_ns",
        "t22"."_size",
        "t22"."_of",
        "t22"."_half",
        "t22"."_turn",
        "t22"."_first",
        "t22"."_last",
        IF(_u.pos = _u_2.pos_2, _u_2."_cell") AS "_cell"
      FROM (
        SELECT
          "t20"."flow_id",
          "t20"."object_id",
          "t20"."start_ns",
          "t20"."end_ns",
          "t20"."_size",
          "t20"."_of",
          "t20"."_half",
          "t20"."_turn",
          BITWISE_OR(
            (
              BITWISE_AND("t20"."start_ns", (
                -(
                  "t20"."_half"
                ) - "t20"."_half"
              ))
            ),
            (
              BITWISE_OR("t20"."_half", "t20"."_turn")
            )
          ) AS "_first",
          BITWISE_OR(
            (
              BITWISE_AND((
                "t20"."end_ns" - 1
              ), (
                -(
                  "t20"."_half"
                ) - "t20"."_half"
              ))
            ),
            (
              BITWISE_OR("t20"."_half", "t20"."_turn")
            )
          ) AS "_last"
        FROM (
          SELECT
            "t7"."flow_id",
            "t7"."object_id",
            "t7"."start_ns",
            "t7"."end_ns",
            "t7"."_size",
            "t18"."_of",
            "t18"."_half",
            "t18"."_turn"
          FROM (
            SELECT
              "t1"."flow_id",
              "t1"."object_id",
              "t1"."start_ns",
              "t1"."end_ns",
              CASE
                WHEN NOT (
                  (
                    "t1"."start_ns" >= 0
                  )
                  OR (
                    "t1"."end_ns" < 0
                  )
                  OR (
                    (
                      "t1"."start_ns" > -4611686018427387904
                    )
                    AND (
                      "t1"."end_ns" < 4611686018427387904
                    )
                  )
                )
                THEN 4611686018427387904
                WHEN (
                  "t1"."end_ns" - "t1"."start_ns"
                ) <= 1024
                THEN 512
                WHEN (
                  "t1"."end_ns" - "t1"."start_ns"
                ) <= 16384
                THEN 8192
                WHEN (
                  "t1"."end_ns" - "t1"."start_ns"
                ) <= 262144
                THEN 131072
                WHEN (
                  "t1"."end_ns" - "t1"."start_ns"
                ) <= 4194304
                THEN 2097152
                WHEN (
                  "t1"."end_ns" - "t1"."start_ns"
                ) <= 67108864
                THEN 33554432
                WHEN (
                  "t1"."end_ns" - "t1"."start_ns"
                ) <= 1073741824
                THEN 536870912
                WHEN (
                  "t1"."end_ns" - "t1"."start_ns"
                ) <= 17179869184
                THEN 8589934592
                WHEN (
                  "t1"."end_ns" - "t1"."start_ns"
                ) <= 274877906944
                THEN 137438953472
                WHEN (
                  "t1"."end_ns" - "t1"."start_ns"
                ) <= 4398046511104
                THEN 2199023255552
                WHEN (
                  "t1"."end_ns" - "t1"."start_ns"
                ) <= 70368744177664
                THEN 35184372088832
                WHEN (
                  "t1"."end_ns" - "t1"."start_ns"
                ) <= 1125899906842624
                THEN 562949953421312
                WHEN (
                  "t1"."end_ns" - "t1"."start_ns"
                ) <= 18014398509481984
                THEN 9007199254740992
                WHEN (
                  "t1"."end_ns" - "t1"."start_ns"
                ) <= 288230376151711744
                THEN 144115188075855872
                WHEN (
                  "t1"."end_ns" - "t1"."start_ns"
                ) <= 4611686018427387904
                THEN 2305843009213693952
                ELSE 4611686018427387904
              END AS "_size"
            FROM "clips" AS "t1"
            WHERE
              "t1"."start_ns" < "t1"."end_ns"
          ) AS "t7"
          INNER JOIN (
            SELECT DISTINCT
              "t14"."_of",
              GREATEST("t14"."_met", "t14"."_of") AS "_half",
              IF("t14"."_met" > "t14"."_of", 1, 0) AS "_turn"
            FROM (
              SELECT
                "t12"."_sizes",
                "t12"."_met",
                IF(_u.pos = _u_2.pos_2, _u_2."_of") AS "_of"
              FROM (
                SELECT
                  *
                FROM (
                  SELECT
                    "t8"."_sizes",
                    IF(_u.pos = _u_2.pos_2, _u_2."_met") AS "_met"
                  FROM (
                    SELECT
                      SUM("t3"."_size") AS "_sizes"
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
                    ) AS "t3"
                  ) AS "t8"
                  CROSS JOIN UNNEST(SEQUENCE(
                    1,
                    GREATEST(
                      CARDINALITY(
                        ARRAY[512, 8192, 131072, 2097152, 33554432, 536870912, 8589934592, 137438953472, 2199023255552, 35184372088832, 562949953421312, 9007199254740992, 144115188075855872, 2305843009213693952, 4611686018427387904]
                      )
                    )
                  )) AS _u(pos)
                  CROSS JOIN UNNEST(ARRAY[512, 8192, 131072, 2097152, 33554432, 536870912, 8589934592, 137438953472, 2199023255552, 35184372088832, 562949953421312, 9007199254740992, 144115188075855872, 2305843009213693952, 4611686018427387904]) WITH ORDINALITY AS _u_2("_met", pos_2)
                  WHERE
                    _u.pos = _u_2.pos_2
                    OR (
                      _u.pos > CARDINALITY(
                        ARRAY[512, 8192, 131072, 2097152, 33554432, 536870912, 8589934592, 137438953472, 2199023255552, 35184372088832, 562949953421312, 9007199254740992, 144115188075855872, 2305843009213693952, 4611686018427387904]
                      )
                      AND _u_2.pos_2 = CARDINALITY(
                        ARRAY[512, 8192, 131072, 2097152, 33554432, 536870912, 8589934592, 137438953472, 2199023255552, 35184372088832, 562949953421312, 9007199254740992, 144115188075855872, 2305843009213693952, 4611686018427387904]
                      )
                    )
                ) AS "t10"
                WHERE
                  (
                    BITWISE_AND("t10"."_sizes", "t10"."_met")
                  ) <> 0
              ) AS "t12"
              CROSS JOIN UNNEST(SEQUENCE(
                1,
                GREATEST(
                  CARDINALITY(
                    ARRAY[512, 8192, 131072, 2097152, 33554432, 536870912, 8589934592, 137438953472, 2199023255552, 35184372088832, 562949953421312, 9007199254740992, 144115188075855872, 2305843009213693952, 4611686018427387904]
                  )
                )
              )) AS _u(pos)
              CROSS JOIN UNNEST(ARRAY[512, 8192, 131072, 2097152, 33554432, 536870912, 8589934592, 137438953472, 2199023255552, 35184372088832, 562949953421312, 9007199254740992, 144115188075855872, 2305843009213693952, 4611686018427387904]) WITH ORDINALITY AS _u_2("_of", pos_2)
              WHERE
                _u.pos = _u_2.pos_2
                OR (
                  _u.pos > CARDINALITY(
                    ARRAY[512, 8192, 131072, 2097152, 33554432, 536870912, 8589934592, 137438953472, 2199023255552, 35184372088832, 562949953421312, 9007199254740992, 144115188075855872, 2305843009213693952, 4611686018427387904]
                  )
                  AND _u_2.pos_2 = CARDINALITY(
                    ARRAY[512, 8192, 131072, 2097152, 33554432, 536870912, 8589934592, 137438953472, 2199023255552, 35184372088832, 562949953421312, 9007199254740992, 144115188075855872, 2305843009213693952, 4611686018427387904]
                  )
                )
            ) AS "t14"
          ) AS "t18"
            ON "t7"."_size" = "t18"."_of"
        ) AS "t20"
      ) AS "t22"
      CROSS JOIN UNNEST(SEQUENCE(
        1,
        GREATEST(CARDINALITY(ARRAY["t22"."_first", NULLIF("t22"."_last", "t22"."_first")]))
      )) AS _u(pos)
      CROSS JOIN UNNEST(ARRAY["t22"."_first", NULLIF("t22"."_last", "t22"."_first")]) WITH ORDINALITY AS _u_2("_cell", pos_2)
      WHERE
        _u.pos = _u_2.pos_2
        OR (
          _u.pos > CARDINALITY(ARRAY["t22"."_first", NULLIF("t22"."_last", "t22"."_first")])
          AND _u_2.pos_2 = CARDINALITY(ARRAY["t22"."_first", NULLIF("t22"."_last", "t22"."_first")])
        )
    ) AS "t24"
    WHERE
      "t24"."_cell" IS NOT NULL
  ) AS "t28"
    ON "t29"."flow_id" = "t28"."flow_id_right"
    AND "t29"."_cell" = "t28"."_cell_right"
    AND "t29"."start_ns" < "t28"."end_ns_right"
    AND "t29"."end_ns" > "t28"."start_ns_right"
    AND NOT (
      "t29"."_second" AND "t28"."_second_right"
    )
) AS "t30"
