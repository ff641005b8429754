-- Which segments of one flow share time?
WITH "t5" AS (
  SELECT
    "t4"."flow_id",
    "t4"."object_id",
    "t4"."start_ns",
    "t4"."end_ns",
    "t4"."_rank",
    DENSE_RANK() OVER (ORDER BY "t4"."flow_id" ASC) - 1 AS "_group"
  FROM (
    SELECT
      "t3"."flow_id",
      "t3"."object_id",
      "t3"."start_ns",
      "t3"."end_ns",
      ROW_NUMBER() OVER (
        ORDER BY "t3"."start_ns" ASC, "t3"."end_ns" ASC, "t3"."flow_id" ASC, "t3"."object_id" ASC
      ) - 1 AS "_rank"
    FROM (
      SELECT
        "t2"."flow_id",
        "t2"."object_id",
        "t2"."start_ns",
        "t2"."end_ns"
      FROM (
        SELECT
          "t1"."flow_id",
          "t1"."object_id",
          "t1"."start_ns",
          "t1"."end_ns",
          MAX("t1"."end_ns") OVER (
            PARTITION BY "t1"."flow_id"
            ORDER BY "t1"."start_ns" ASC, "t1"."end_ns" ASC
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 preceding
          ) AS "_until",
          LEAD("t1"."start_ns") OVER (PARTITION BY "t1"."flow_id" ORDER BY "t1"."start_ns" ASC, "t1"."end_ns" ASC) AS "_next"
        FROM (
          SELECT
            CAST("t0"."flow_id" AS VARCHAR) AS "flow_id",
            "t0"."object_id",
            CAST("t0"."start_ns" AS BIGINT) AS "start_ns",
            CAST("t0"."end_ns" AS BIGINT) AS "end_ns"
          FROM "segments" AS "t0"
          WHERE
            "t0"."start_ns" < "t0"."end_ns"
        ) AS "t1"
      ) AS "t2"
      WHERE
        (
          "t2"."start_ns" < "t2"."_until"
        ) OR (
          "t2"."_next" < "t2"."end_ns"
        )
    ) AS "t3"
  ) AS "t4"
), "t13" AS (
  SELECT
    "t12"."_sizes",
    "t12"."_met",
    IF(_u.pos = _u_2.pos_2, _u_2."_of") AS "_of"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t10"."_sizes",
        IF(_u.pos = _u_2.pos_2, _u_2."_met") AS "_met"
      FROM (
        SELECT
          SUM("t8"."_size") AS "_sizes"
        FROM (
          SELECT DISTINCT
            CASE
              WHEN NOT (
                (
                  "t6"."start_ns" >= 0
                )
                OR (
                  "t6"."end_ns" < 0
                )
                OR (
                  (
                    "t6"."start_ns" > -4611686018427387904
                  )
                  AND (
                    "t6"."end_ns" < 4611686018427387904
                  )
                )
              )
              THEN 4611686018427387904
              WHEN (
                "t6"."end_ns" - "t6"."start_ns"
              ) <= 1024
              THEN 512
              WHEN (
                "t6"."end_ns" - "t6"."start_ns"
              ) <= 16384
              THEN 8192
              WHEN (
                "t6"."end_ns" - "t6"."start_ns"
              ) <= 262144
              THEN 131072
              WHEN (
                "t6"."end_ns" - "t6"."start_ns"
              ) <= 4194304
              THEN 2097152
              WHEN (
                "t6"."end_ns" - "t6"."start_ns"
              ) <= 67108864
              THEN 33554432
              WHEN (
                "t6"."end_ns" - "t6"."start_ns"
              ) <= 1073741824
              THEN 536870912
              WHEN (
                "t6"."end_ns" - "t6"."start_ns"
              ) <= 17179869184
              THEN 8589934592
              WHEN (
                "t6"."end_ns" - "t6"."start_ns"
              ) <= 274877906944
              THEN 137438953472
              WHEN (
                "t6"."end_ns" - "t6"."start_ns"
              ) <= 4398046511104
              THEN 2199023255552
              WHEN (
                "t6"."end_ns" - "t6"."start_ns"
              ) <= 70368744177664
              THEN 35184372088832
              WHEN (
                "t6"."end_ns" - "t6"."start_ns"
              ) <= 1125899906842624
              THEN 562949953421312
              WHEN (
                "t6"."end_ns" - "t6"."start_ns"
              ) <= 18014398509481984
              THEN 9007199254740992
              WHEN (
                "t6"."end_ns" - "t6"."start_ns"
              ) <= 288230376151711744
              THEN 144115188075855872
              WHEN (
                "t6"."end_ns" - "t6"."start_ns"
              ) <= 4611686018427387904
              THEN 2305843009213693952
              ELSE 4611686018427387904
            END AS "_size"
          FROM "t5" AS "t6"
        ) AS "t8"
      ) AS "t10"
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
)
SELECT
  "t29"."flow_id",
  "t29"."object_id",
  "t29"."start_ns",
  "t29"."end_ns",
  "t29"."_their_object_id" AS "object_id_right",
  "t29"."_their_start_ns" AS "start_ns_right",
  "t29"."_their_end_ns" AS "end_ns_right",
  GREATEST("t29"."start_ns", "t29"."_their_start_ns") AS "overlap_start_ns",
  LEAST("t29"."end_ns", "t29"."_their_end_ns") AS "overlap_end_ns"
FROM (
  SELECT
    "t27"."flow_id",
    "t27"."object_id",
    "t27"."start_ns",
    "t27"."end_ns",
    "t27"."_rank",
    "t27"."_group",
    "t28"."_their_flow_id",
    "t28"."_their_object_id",
    "t28"."_their_start_ns",
    "t28"."_their_end_ns",
    "t28"."_their__rank",
    "t28"."_their__group"
  FROM (
    SELECT
      "t23"."flow_id",
      "t23"."object_id",
      "t23"."start_ns",
      "t23"."end_ns",
      "t23"."_rank",
      "t23"."_group",
      "t23"."_size",
      "t23"."_of",
      "t23"."_half",
      "t23"."_turn",
      "t23"."_first",
      "t23"."_last",
      "t23"."_cell",
      "t23"."_cell" <> "t23"."_first" AS "_second"
    FROM (
      SELECT
        "t21"."flow_id",
        "t21"."object_id",
        "t21"."start_ns",
        "t21"."end_ns",
        "t21"."_rank",
        "t21"."_group",
        "t21"."_size",
        "t21"."_of",
        "t21"."_half",
        "t21"."_turn",
        "t21"."_first",
        "t21"."_last",
        IF(_u.pos = _u_2.pos_2, _u_2."_cell") AS "_cell"
      FROM (
        SELECT
          "t19"."flow_id",
          "t19"."object_id",
          "t19"."start_ns",
          "t19"."end_ns",
          "t19"."_rank",
          "t19"."_group",
          "t19"."_size",
          "t19"."_of",
          "t19"."_half",
          "t19"."_turn",
          BITWISE_OR(
            (
              BITWISE_AND("t19"."start_ns", (
                -(
                  "t19"."_half"
                ) - "t19"."_half"
              ))
            ),
            (
              BITWISE_OR("t19"."_half", "t19"."_turn")
            )
          ) AS "_first",
          BITWISE_OR(
            (
              BITWISE_AND((
                "t19"."end_ns" - 1
              ), (
                -(
                  "t19"."_half"
                ) - "t19"."_half"
              ))
            ),
            (
              BITWISE_OR("t19"."_half", "t19"."_turn")
            )
          ) AS "_last"
        FROM (
          SELECT
            "t9"."flow_id",
            "t9"."object_id",
            "t9"."start_ns",
            "t9"."end_ns",
            "t9"."_rank",
            "t9"."_group",
            "t9"."_size",
            "t17"."_of",
            "t17"."_half",
            "t17"."_turn"
          FROM (
            SELECT
              "t6"."flow_id",
              "t6"."object_id",
              "t6"."start_ns",
              "t6"."end_ns",
              "t6"."_rank",
              "t6"."_group",
              CASE
                WHEN NOT (
                  (
                    "t6"."start_ns" >= 0
                  )
                  OR (
                    "t6"."end_ns" < 0
                  )
                  OR (
                    (
                      "t6"."start_ns" > -4611686018427387904
                    )
                    AND (
                      "t6"."end_ns" < 4611686018427387904
                    )
                  )
                )
                THEN 4611686018427387904
                WHEN (
                  "t6"."end_ns" - "t6"."start_ns"
                ) <= 1024
                THEN 512
                WHEN (
                  "t6"."end_ns" - "t6"."start_ns"
                ) <= 16384
                THEN 8192
                WHEN (
                  "t6"."end_ns" - "t6"."start_ns"
                ) <= 262144
                THEN 131072
                WHEN (
                  "t6"."end_ns" - "t6"."start_ns"
                ) <= 4194304
                THEN 2097152
                WHEN (
                  "t6"."end_ns" - "t6"."start_ns"
                ) <= 67108864
                THEN 33554432
                WHEN (
                  "t6"."end_ns" - "t6"."start_ns"
                ) <= 1073741824
                THEN 536870912
                WHEN (
                  "t6"."end_ns" - "t6"."start_ns"
                ) <= 17179869184
                THEN 8589934592
                WHEN (
                  "t6"."end_ns" - "t6"."start_ns"
                ) <= 274877906944
                THEN 137438953472
                WHEN (
                  "t6"."end_ns" - "t6"."start_ns"
                ) <= 4398046511104
                THEN 2199023255552
                WHEN (
                  "t6"."end_ns" - "t6"."start_ns"
                ) <= 70368744177664
                THEN 35184372088832
                WHEN (
                  "t6"."end_ns" - "t6"."start_ns"
                ) <= 1125899906842624
                THEN 562949953421312
                WHEN (
                  "t6"."end_ns" - "t6"."start_ns"
                ) <= 18014398509481984
                THEN 9007199254740992
                WHEN (
                  "t6"."end_ns" - "t6"."start_ns"
                ) <= 288230376151711744
                THEN 144115188075855872
                WHEN (
                  "t6"."end_ns" - "t6"."start_ns"
                ) <= 4611686018427387904
                THEN 2305843009213693952
                ELSE 4611686018427387904
              END AS "_size"
            FROM "t5" AS "t6"
          ) AS "t9"
          INNER JOIN (
            SELECT DISTINCT
              "t14"."_of",
              GREATEST("t14"."_met", "t14"."_of") AS "_half",
              IF("t14"."_met" < "t14"."_of", 1, 0) AS "_turn"
            FROM "t13" AS "t14"
          ) AS "t17"
            ON "t9"."_size" = "t17"."_of"
        ) AS "t19"
      ) AS "t21"
      CROSS JOIN UNNEST(SEQUENCE(
        1,
        GREATEST(CARDINALITY(ARRAY["t21"."_first", NULLIF("t21"."_last", "t21"."_first")]))
      )) AS _u(pos)
      CROSS JOIN UNNEST(ARRAY["t21"."_first", NULLIF("t21"."_last", "t21"."_first")]) WITH ORDINALITY AS _u_2("_cell", pos_2)
      WHERE
        _u.pos = _u_2.pos_2
        OR (
          _u.pos > CARDINALITY(ARRAY["t21"."_first", NULLIF("t21"."_last", "t21"."_first")])
          AND _u_2.pos_2 = CARDINALITY(ARRAY["t21"."_first", NULLIF("t21"."_last", "t21"."_first")])
        )
    ) AS "t23"
    WHERE
      "t23"."_cell" IS NOT NULL
  ) AS "t27"
  INNER JOIN (
    SELECT
      "t24"."flow_id" AS "_their_flow_id",
      "t24"."object_id" AS "_their_object_id",
      "t24"."start_ns" AS "_their_start_ns",
      "t24"."end_ns" AS "_their_end_ns",
      "t24"."_rank" AS "_their__rank",
      "t24"."_group" AS "_their__group",
      "t24"."_size" AS "_their__size",
      "t24"."_of" AS "_their__of",
      "t24"."_half" AS "_their__half",
      "t24"."_turn" AS "_their__turn",
      "t24"."_first" AS "_their__first",
      "t24"."_last" AS "_their__last",
      "t24"."_cell" AS "_their__cell",
      "t24"."_cell" <> "t24"."_first" AS "_their__second"
    FROM (
      SELECT
        "t22"."flow_id",
        "t22"."object_id",
        "t22"."start_ns",
        "t22"."end_ns",
        "t22"."_rank",
        "t22"."_group",
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
          "t20"."_rank",
          "t20"."_group",
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
            "t9"."flow_id",
            "t9"."object_id",
            "t9"."start_ns",
            "t9"."end_ns",
            "t9"."_rank",
            "t9"."_group",
            "t9"."_size",
            "t18"."_of",
            "t18"."_half",
            "t18"."_turn"
          FROM (
            SELECT
              "t6"."flow_id",
              "t6"."object_id",
              "t6"."start_ns",
              "t6"."end_ns",
              "t6"."_rank",
              "t6"."_group",
              CASE
                WHEN NOT (
                  (
                    "t6"."start_ns" >= 0
                  )
                  OR (
                    "t6"."end_ns" < 0
                  )
                  OR (
                    (
                      "t6"."start_ns" > -4611686018427387904
                    )
                    AND (
                      "t6"."end_ns" < 4611686018427387904
                    )
                  )
                )
                THEN 4611686018427387904
                WHEN (
                  "t6"."end_ns" - "t6"."start_ns"
                ) <= 1024
                THEN 512
                WHEN (
                  "t6"."end_ns" - "t6"."start_ns"
                ) <= 16384
                THEN 8192
                WHEN (
                  "t6"."end_ns" - "t6"."start_ns"
                ) <= 262144
                THEN 131072
                WHEN (
                  "t6"."end_ns" - "t6"."start_ns"
                ) <= 4194304
                THEN 2097152
                WHEN (
                  "t6"."end_ns" - "t6"."start_ns"
                ) <= 67108864
                THEN 33554432
                WHEN (
                  "t6"."end_ns" - "t6"."start_ns"
                ) <= 1073741824
                THEN 536870912
                WHEN (
                  "t6"."end_ns" - "t6"."start_ns"
                ) <= 17179869184
                THEN 8589934592
                WHEN (
                  "t6"."end_ns" - "t6"."start_ns"
                ) <= 274877906944
                THEN 137438953472
                WHEN (
                  "t6"."end_ns" - "t6"."start_ns"
                ) <= 4398046511104
                THEN 2199023255552
                WHEN (
                  "t6"."end_ns" - "t6"."start_ns"
                ) <= 70368744177664
                THEN 35184372088832
                WHEN (
                  "t6"."end_ns" - "t6"."start_ns"
                ) <= 1125899906842624
                THEN 562949953421312
                WHEN (
                  "t6"."end_ns" - "t6"."start_ns"
                ) <= 18014398509481984
                THEN 9007199254740992
                WHEN (
                  "t6"."end_ns" - "t6"."start_ns"
                ) <= 288230376151711744
                THEN 144115188075855872
                WHEN (
                  "t6"."end_ns" - "t6"."start_ns"
                ) <= 4611686018427387904
                THEN 2305843009213693952
                ELSE 4611686018427387904
              END AS "_size"
            FROM "t5" AS "t6"
          ) AS "t9"
          INNER JOIN (
            SELECT DISTINCT
              "t14"."_of",
              GREATEST("t14"."_met", "t14"."_of") AS "_half",
              IF("t14"."_met" > "t14"."_of", 1, 0) AS "_turn"
            FROM "t13" AS "t14"
          ) AS "t18"
            ON "t9"."_size" = "t18"."_of"
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
    ON "t27"."_group" = "t28"."_their__group"
    AND "t27"."_cell" = "t28"."_their__cell"
    AND "t27"."start_ns" < "t28"."_their_end_ns"
    AND "t27"."end_ns" > "t28"."_their_start_ns"
    AND NOT (
      "t27"."_second" AND "t28"."_their__second"
    )
) AS "t29"
WHERE
  "t29"."_rank" < "t29"."_their__rank"
