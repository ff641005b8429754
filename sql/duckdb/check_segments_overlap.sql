-- Is there any row of which this is true: a segment shares time with an earlier one of its flow?
-- What would mend it: delete one of the two by its timerange and object_id
WITH "t15" AS (
  SELECT
    "t14"."_sizes",
    "t14"."_met",
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
        "t10"."_sizes",
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
          SUM("t9"."_size") AS "_sizes"
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
          FROM (
            SELECT
              CAST("t0"."start_ns" AS BIGINT) AS "start_ns",
              CAST("t0"."end_ns" AS BIGINT) AS "end_ns"
            FROM "segments" AS "t0"
            WHERE
              "t0"."start_ns" < "t0"."end_ns"
          ) AS "t1"
        ) AS "t9"
      ) AS "t10"
    ) AS "t12"
    WHERE
      (
        "t12"."_sizes" & "t12"."_met"
      ) <> 0
  ) AS "t14"
), "t29" AS (
  SELECT DISTINCT
    "t28"."flow_id",
    "t28"."object_id",
    "t28"."start_ns",
    "t28"."end_ns",
    "t28"."timerange",
    "t28"."_rank",
    "t28"."_group",
    CASE
      WHEN NOT (
        (
          "t28"."start_ns" >= 0
        )
        OR (
          "t28"."end_ns" < 0
        )
        OR (
          (
            "t28"."start_ns" > -4611686018427387904
          )
          AND (
            "t28"."end_ns" < 4611686018427387904
          )
        )
      )
      THEN 4611686018427387904
      WHEN (
        "t28"."end_ns" - "t28"."start_ns"
      ) <= 1024
      THEN 512
      WHEN (
        "t28"."end_ns" - "t28"."start_ns"
      ) <= 16384
      THEN 8192
      WHEN (
        "t28"."end_ns" - "t28"."start_ns"
      ) <= 262144
      THEN 131072
      WHEN (
        "t28"."end_ns" - "t28"."start_ns"
      ) <= 4194304
      THEN 2097152
      WHEN (
        "t28"."end_ns" - "t28"."start_ns"
      ) <= 67108864
      THEN 33554432
      WHEN (
        "t28"."end_ns" - "t28"."start_ns"
      ) <= 1073741824
      THEN 536870912
      WHEN (
        "t28"."end_ns" - "t28"."start_ns"
      ) <= 17179869184
      THEN 8589934592
      WHEN (
        "t28"."end_ns" - "t28"."start_ns"
      ) <= 274877906944
      THEN 137438953472
      WHEN (
        "t28"."end_ns" - "t28"."start_ns"
      ) <= 4398046511104
      THEN 2199023255552
      WHEN (
        "t28"."end_ns" - "t28"."start_ns"
      ) <= 70368744177664
      THEN 35184372088832
      WHEN (
        "t28"."end_ns" - "t28"."start_ns"
      ) <= 1125899906842624
      THEN 562949953421312
      WHEN (
        "t28"."end_ns" - "t28"."start_ns"
      ) <= 18014398509481984
      THEN 9007199254740992
      WHEN (
        "t28"."end_ns" - "t28"."start_ns"
      ) <= 288230376151711744
      THEN 144115188075855872
      WHEN (
        "t28"."end_ns" - "t28"."start_ns"
      ) <= 4611686018427387904
      THEN 2305843009213693952
      ELSE 4611686018427387904
    END AS "_size"
  FROM (
    SELECT
      "t27"."flow_id",
      "t27"."object_id",
      "t27"."start_ns",
      "t27"."end_ns",
      "t27"."timerange",
      "t27"."_rank",
      DENSE_RANK() OVER (
        ORDER BY "t27"."flow_id" ASC
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
      ) - 1 AS "_group"
    FROM (
      SELECT
        "t26"."flow_id",
        "t26"."object_id",
        "t26"."start_ns",
        "t26"."end_ns",
        "t26"."timerange",
        ROW_NUMBER() OVER (
          ORDER BY "t26"."start_ns" ASC, "t26"."end_ns" ASC, "t26"."flow_id" ASC, "t26"."object_id" ASC, "t26"."timerange" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) - 1 AS "_rank"
      FROM (
        SELECT
          "t6"."flow_id",
          "t6"."object_id",
          "t6"."start_ns",
          "t6"."end_ns",
          "t6"."timerange"
        FROM (
          SELECT
            CAST("t0"."flow_id" AS TEXT) AS "flow_id",
            CAST("t0"."object_id" AS TEXT) AS "object_id",
            CAST("t0"."start_ns" AS BIGINT) AS "start_ns",
            CAST("t0"."end_ns" AS BIGINT) AS "end_ns",
            CAST("t0"."timerange" AS TEXT) AS "timerange"
          FROM "segments" AS "t0"
          WHERE
            "t0"."start_ns" < "t0"."end_ns"
        ) AS "t6"
        INNER JOIN (
          SELECT
            "t21"."flow_id" AS "_their_flow_id",
            "t21"."start_ns" AS "_their_start_ns",
            "t21"."end_ns" AS "_their_end_ns"
          FROM (
            SELECT
              "t8"."_key_0_name" AS "flow_id",
              "t18"."start_ns",
              "t18"."end_ns"
            FROM (
              SELECT DISTINCT
                "t13"."_key_0",
                "t13"."start_ns",
                "t13"."end_ns"
              FROM (
                SELECT
                  "t11"."_key_0",
                  "t11"."start_ns",
                  "t11"."end_ns",
                  MAX("t11"."end_ns") OVER (
                    PARTITION BY "t11"."_key_0"
                    ORDER BY "t11"."start_ns" ASC, "t11"."end_ns" ASC
                    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 preceding
                  ) AS "_until",
                  LEAD("t11"."start_ns") OVER (
                    PARTITION BY "t11"."_key_0"
                    ORDER BY "t11"."start_ns" ASC, "t11"."end_ns" ASC
                    ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                  ) AS "_next"
                FROM (
                  SELECT
                    "t8"."_key_0_code" AS "_key_0",
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
                      "t4"."_key_0_name",
                      ROW_NUMBER() OVER (
                        ORDER BY "t4"."_key_0_name" ASC
                        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                      ) - 1 AS "_key_0_code"
                    FROM (
                      SELECT DISTINCT
                        CAST("t0"."flow_id" AS TEXT) AS "_key_0_name"
                      FROM "segments" AS "t0"
                      WHERE
                        "t0"."start_ns" < "t0"."end_ns" AND CAST("t0"."flow_id" AS TEXT) IS NOT NULL
                    ) AS "t4"
                  ) AS "t8"
                    ON "t5"."flow_id" = "t8"."_key_0_name"
                ) AS "t11"
              ) AS "t13"
              WHERE
                (
                  "t13"."start_ns" < "t13"."_until"
                ) OR (
                  "t13"."_next" < "t13"."end_ns"
                )
            ) AS "t18"
            LEFT OUTER JOIN (
              SELECT
                "t4"."_key_0_name",
                ROW_NUMBER() OVER (
                  ORDER BY "t4"."_key_0_name" ASC
                  ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                ) - 1 AS "_key_0_code"
              FROM (
                SELECT DISTINCT
                  CAST("t0"."flow_id" AS TEXT) AS "_key_0_name"
                FROM "segments" AS "t0"
                WHERE
                  "t0"."start_ns" < "t0"."end_ns" AND CAST("t0"."flow_id" AS TEXT) IS NOT NULL
              ) AS "t4"
            ) AS "t8"
              ON "t18"."_key_0" = "t8"."_key_0_code"
          ) AS "t21"
        ) AS "t25"
          ON "t6"."start_ns" = "t25"."_their_start_ns"
          AND "t6"."end_ns" = "t25"."_their_end_ns"
          AND "t6"."flow_id" IS NOT DISTINCT FROM "t25"."_their_flow_id"
      ) AS "t26"
    ) AS "t27"
  ) AS "t28"
)
SELECT
  'segments_overlap' AS "check",
  'error' AS "severity",
  'segments' AS "entity",
  COALESCE(COALESCE("t46"."flow_id", '?') || '@' || COALESCE("t46"."timerange", '?'), '?') AS "id",
  COALESCE(
    'overlaps ' || "t46"."other" || CASE
      WHEN "t46"."others" > 1
      THEN ' and ' || CAST("t46"."others" - 1 AS TEXT) || ' more'
      ELSE ''
    END,
    '?'
  ) AS "detail"
FROM (
  SELECT
    "t45"."flow_id",
    "t45"."object_id_right" AS "object_id",
    "t45"."start_ns_right" AS "start_ns",
    "t45"."end_ns_right" AS "end_ns",
    "t45"."timerange_right" AS "timerange",
    COUNT(*) AS "others",
    MIN("t45"."timerange") AS "other"
  FROM (
    SELECT
      "t44"."flow_id",
      "t44"."object_id",
      "t44"."start_ns",
      "t44"."end_ns",
      "t44"."timerange",
      "t44"."_their_object_id" AS "object_id_right",
      "t44"."_their_start_ns" AS "start_ns_right",
      "t44"."_their_end_ns" AS "end_ns_right",
      "t44"."_their_timerange" AS "timerange_right",
      GREATEST("t44"."start_ns", "t44"."_their_start_ns") AS "overlap_start_ns",
      LEAST("t44"."end_ns", "t44"."_their_end_ns") AS "overlap_end_ns"
    FROM (
      SELECT
        "t41"."flow_id",
        "t41"."object_id",
        "t41"."start_ns",
        "t41"."end_ns",
        "t41"."timerange",
        "t41"."_rank",
        "t41"."_group",
        "t43"."_their_flow_id",
        "t43"."_their_object_id",
        "t43"."_their_start_ns",
        "t43"."_their_end_ns",
        "t43"."_their_timerange",
        "t43"."_their__rank",
        "t43"."_their__group"
      FROM (
        SELECT
          "t38"."flow_id",
          "t38"."object_id",
          "t38"."start_ns",
          "t38"."end_ns",
          "t38"."timerange",
          "t38"."_rank",
          "t38"."_group",
          "t38"."_size",
          "t38"."_of",
          "t38"."_half",
          "t38"."_turn",
          "t38"."_first",
          "t38"."_last",
          "t38"."_cell",
          "t38"."_cell" <> "t38"."_first" AS "_second"
        FROM (
          SELECT
            "t36"."flow_id",
            "t36"."object_id",
            "t36"."start_ns",
            "t36"."end_ns",
            "t36"."timerange",
            "t36"."_rank",
            "t36"."_group",
            "t36"."_size",
            "t36"."_of",
            "t36"."_half",
            "t36"."_turn",
            "t36"."_first",
            "t36"."_last",
            UNNEST(CAST(["t36"."_first", NULLIF("t36"."_last", "t36"."_first")] AS BIGINT[])) AS "_cell"
          FROM (
            SELECT
              "t34"."flow_id",
              "t34"."object_id",
              "t34"."start_ns",
              "t34"."end_ns",
              "t34"."timerange",
              "t34"."_rank",
              "t34"."_group",
              "t34"."_size",
              "t34"."_of",
              "t34"."_half",
              "t34"."_turn",
              (
                "t34"."start_ns" & (
                  -(
                    "t34"."_half"
                  ) - "t34"."_half"
                )
              ) | (
                "t34"."_half" | "t34"."_turn"
              ) AS "_first",
              (
                (
                  "t34"."end_ns" - 1
                ) & (
                  -(
                    "t34"."_half"
                  ) - "t34"."_half"
                )
              ) | (
                "t34"."_half" | "t34"."_turn"
              ) AS "_last"
            FROM (
              SELECT
                "t31"."flow_id",
                "t31"."object_id",
                "t31"."start_ns",
                "t31"."end_ns",
                "t31"."timerange",
                "t31"."_rank",
                "t31"."_group",
                "t31"."_size",
                "t22"."_of",
                "t22"."_half",
                "t22"."_turn"
              FROM "t29" AS "t31"
              INNER JOIN (
                SELECT DISTINCT
                  "t17"."_of",
                  GREATEST("t17"."_met", "t17"."_of") AS "_half",
                  CASE WHEN "t17"."_met" < "t17"."_of" THEN 1 ELSE 0 END AS "_turn"
                FROM "t15" AS "t17"
              ) AS "t22"
                ON "t31"."_size" = "t22"."_of"
            ) AS "t34"
          ) AS "t36"
        ) AS "t38"
        WHERE
          "t38"."_cell" IS NOT NULL
      ) AS "t41"
      INNER JOIN (
        SELECT
          "t39"."flow_id" AS "_their_flow_id",
          "t39"."object_id" AS "_their_object_id",
          "t39"."start_ns" AS "_their_start_ns",
          "t39"."end_ns" AS "_their_end_ns",
          "t39"."timerange" AS "_their_timerange",
          "t39"."_rank" AS "_their__rank",
          "t39"."_group" AS "_their__group",
          "t39"."_size" AS "_their__size",
          "t39"."_of" AS "_their__of",
          "t39"."_half" AS "_their__half",
          "t39"."_turn" AS "_their__turn",
          "t39"."_first" AS "_their__first",
          "t39"."_last" AS "_their__last",
          "t39"."_cell" AS "_their__cell",
          "t39"."_cell" <> "t39"."_first" AS "_their__second"
        FROM (
          SELECT
            "t37"."flow_id",
            "t37"."object_id",
            "t37"."start_ns",
            "t37"."end_ns",
            "t37"."timerange",
            "t37"."_rank",
            "t37"."_group",
            "t37"."_size",
            "t37"."_of",
            "t37"."_half",
            "t37"."_turn",
            "t37"."_first",
            "t37"."_last",
            UNNEST(CAST(["t37"."_first", NULLIF("t37"."_last", "t37"."_first")] AS BIGINT[])) AS "_cell"
          FROM (
            SELECT
              "t35"."flow_id",
              "t35"."object_id",
              "t35"."start_ns",
              "t35"."end_ns",
              "t35"."timerange",
              "t35"."_rank",
              "t35"."_group",
              "t35"."_size",
              "t35"."_of",
              "t35"."_half",
              "t35"."_turn",
              (
                "t35"."start_ns" & (
                  -(
                    "t35"."_half"
                  ) - "t35"."_half"
                )
              ) | (
                "t35"."_half" | "t35"."_turn"
              ) AS "_first",
              (
                (
                  "t35"."end_ns" - 1
                ) & (
                  -(
                    "t35"."_half"
                  ) - "t35"."_half"
                )
              ) | (
                "t35"."_half" | "t35"."_turn"
              ) AS "_last"
            FROM (
              SELECT
                "t33"."flow_id",
                "t33"."object_id",
                "t33"."start_ns",
                "t33"."end_ns",
                "t33"."timerange",
                "t33"."_rank",
                "t33"."_group",
                "t33"."_size",
                "t23"."_of",
                "t23"."_half",
                "t23"."_turn"
              FROM "t29" AS "t33"
              INNER JOIN (
                SELECT DISTINCT
                  "t17"."_of",
                  GREATEST("t17"."_met", "t17"."_of") AS "_half",
                  CASE WHEN "t17"."_met" > "t17"."_of" THEN 1 ELSE 0 END AS "_turn"
                FROM "t15" AS "t17"
              ) AS "t23"
                ON "t33"."_size" = "t23"."_of"
            ) AS "t35"
          ) AS "t37"
        ) AS "t39"
        WHERE
          "t39"."_cell" IS NOT NULL
      ) AS "t43"
        ON "t41"."_group" = "t43"."_their__group"
        AND "t41"."_cell" = "t43"."_their__cell"
        AND "t41"."start_ns" < "t43"."_their_end_ns"
        AND "t41"."end_ns" > "t43"."_their_start_ns"
        AND NOT (
          "t41"."_second" AND "t43"."_their__second"
        )
    ) AS "t44"
    WHERE
      "t44"."_rank" < "t44"."_their__rank"
  ) AS "t45"
  GROUP BY
    1,
    2,
    3,
    4,
    5
) AS "t46"
