-- Is there any row of which this is true: a segment shows time that its object does not have?
-- What would mend it: delete it and register it again with the right timerange and ts_offset
SELECT
  'segment_outside_object' AS "check",
  'error' AS "severity",
  'segments' AS "entity",
  COALESCE(COALESCE("t7"."flow_id", '?') || '@' || COALESCE("t7"."timerange", '?'), '?') AS "id",
  COALESCE(
    'less its ts_offset ' || CASE WHEN "t7"."ts_offset_ns" < 0 THEN '-' ELSE '' END || CASE
      WHEN CAST(ABS("t7"."ts_offset_ns" - (
        "t7"."ts_offset_ns" % 1000000000
      )) AS TEXT) = '0'
      THEN '0'
      ELSE SUBSTRING(
        CAST(ABS("t7"."ts_offset_ns" - (
          "t7"."ts_offset_ns" % 1000000000
        )) AS TEXT),
        CASE
          WHEN (
            0 + 1
          ) >= 1
          THEN 0 + 1
          ELSE 0 + 1 + LENGTH(CAST(ABS("t7"."ts_offset_ns" - (
            "t7"."ts_offset_ns" % 1000000000
          )) AS TEXT))
        END,
        LENGTH(CAST(ABS("t7"."ts_offset_ns" - (
          "t7"."ts_offset_ns" % 1000000000
        )) AS TEXT)) - 9
      )
    END || ':' || CAST(ABS("t7"."ts_offset_ns" % 1000000000) AS TEXT) || ' it is not inside its object''s ' || CASE
      WHEN "t7"."has_end_ns" <= "t7"."has_start_ns"
      THEN '()'
      WHEN CASE
        WHEN "t7"."has_start_ns" < "t7"."has_end_ns"
        THEN (
          "t7"."has_end_ns" - 1
        ) = "t7"."has_start_ns"
        ELSE FALSE
      END
      THEN '[' || CASE WHEN "t7"."has_start_ns" < 0 THEN '-' ELSE '' END || CASE
        WHEN CAST(ABS("t7"."has_start_ns" - (
          "t7"."has_start_ns" % 1000000000
        )) AS TEXT) = '0'
        THEN '0'
        ELSE SUBSTRING(
          CAST(ABS("t7"."has_start_ns" - (
            "t7"."has_start_ns" % 1000000000
          )) AS TEXT),
          CASE
            WHEN (
              0 + 1
            ) >= 1
            THEN 0 + 1
            ELSE 0 + 1 + LENGTH(CAST(ABS("t7"."has_start_ns" - (
              "t7"."has_start_ns" % 1000000000
            )) AS TEXT))
          END,
          LENGTH(CAST(ABS("t7"."has_start_ns" - (
            "t7"."has_start_ns" % 1000000000
          )) AS TEXT)) - 9
        )
      END || ':' || CAST(ABS("t7"."has_start_ns" % 1000000000) AS TEXT) || ']'
      ELSE '[' || CASE WHEN "t7"."has_start_ns" < 0 THEN '-' ELSE '' END || CASE
        WHEN CAST(ABS("t7"."has_start_ns" - (
          "t7"."has_start_ns" % 1000000000
        )) AS TEXT) = '0'
        THEN '0'
        ELSE SUBSTRING(
          CAST(ABS("t7"."has_start_ns" - (
            "t7"."has_start_ns" % 1000000000
          )) AS TEXT),
          CASE
            WHEN (
              0 + 1
            ) >= 1
            THEN 0 + 1
            ELSE 0 + 1 + LENGTH(CAST(ABS("t7"."has_start_ns" - (
              "t7"."has_start_ns" % 1000000000
            )) AS TEXT))
          END,
          LENGTH(CAST(ABS("t7"."has_start_ns" - (
            "t7"."has_start_ns" % 1000000000
          )) AS TEXT)) - 9
        )
      END || ':' || CAST(ABS("t7"."has_start_ns" % 1000000000) AS TEXT) || '_' || CASE WHEN "t7"."has_end_ns" < 0 THEN '-' ELSE '' END || CASE
        WHEN CAST(ABS("t7"."has_end_ns" - (
          "t7"."has_end_ns" % 1000000000
        )) AS TEXT) = '0'
        THEN '0'
        ELSE SUBSTRING(
          CAST(ABS("t7"."has_end_ns" - (
            "t7"."has_end_ns" % 1000000000
          )) AS TEXT),
          CASE
            WHEN (
              0 + 1
            ) >= 1
            THEN 0 + 1
            ELSE 0 + 1 + LENGTH(CAST(ABS("t7"."has_end_ns" - (
              "t7"."has_end_ns" % 1000000000
            )) AS TEXT))
          END,
          LENGTH(CAST(ABS("t7"."has_end_ns" - (
            "t7"."has_end_ns" % 1000000000
          )) AS TEXT)) - 9
        )
      END || ':' || CAST(ABS("t7"."has_end_ns" % 1000000000) AS TEXT) || ')'
    END,
    '?'
  ) AS "detail"
FROM (
  SELECT DISTINCT
    "t6"."flow_id",
    "t6"."object_id",
    "t6"."start_ns",
    "t6"."end_ns",
    "t6"."timerange",
    "t6"."ts_offset_ns",
    "t6"."has_start_ns",
    "t6"."has_end_ns"
  FROM (
    SELECT
      "t4"."flow_id",
      "t4"."object_id",
      "t4"."start_ns",
      "t4"."end_ns",
      "t4"."timerange",
      "t4"."ts_offset_ns",
      "t5"."of",
      "t5"."has_start_ns",
      "t5"."has_end_ns"
    FROM (
      SELECT
        "t0"."flow_id",
        "t0"."object_id",
        "t0"."start_ns",
        "t0"."end_ns",
        "t0"."timerange",
        "t0"."ts_offset_ns"
      FROM "segments" AS "t0"
    ) AS "t4"
    INNER JOIN (
      SELECT
        "t1"."id" AS "of",
        "t1"."start_ns" AS "has_start_ns",
        "t1"."end_ns" AS "has_end_ns"
      FROM "objects" AS "t1"
    ) AS "t5"
      ON "t4"."object_id" = "t5"."of"
  ) AS "t6"
  WHERE
    CASE
      WHEN "t6"."start_ns" BETWEEN -4611686018427387903 AND 4611686018427387903
      AND "t6"."end_ns" BETWEEN -4611686018427387903 AND 4611686018427387903
      AND "t6"."ts_offset_ns" BETWEEN -4611686018427387903 AND 4611686018427387903
      THEN (
        (
          "t6"."start_ns" - "t6"."ts_offset_ns"
        ) < "t6"."has_start_ns"
      )
      OR (
        (
          "t6"."end_ns" - "t6"."ts_offset_ns"
        ) > "t6"."has_end_ns"
      )
      ELSE (
        (
          CAST("t6"."start_ns" AS DECIMAL(38, 0)) - CAST("t6"."ts_offset_ns" AS DECIMAL(38, 0))
        ) < "t6"."has_start_ns"
      )
      OR (
        (
          CAST("t6"."end_ns" AS DECIMAL(38, 0)) - CAST("t6"."ts_offset_ns" AS DECIMAL(38, 0))
        ) > "t6"."has_end_ns"
      )
    END
) AS "t7"
