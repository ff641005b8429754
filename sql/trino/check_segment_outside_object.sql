-- Is there any row of which this is true: a segment shows time that its object does not have?
-- What would mend it: delete it and register it again with the right timerange and ts_offset
SELECT
  'segment_outside_object' AS "check",
  'error' AS "severity",
  'segments' AS "entity",
  COALESCE(
    CONCAT(CONCAT(COALESCE("t7"."flow_id", '?'), '@'), COALESCE("t7"."timerange", '?')),
    '?'
  ) AS "id",
  COALESCE(
    CONCAT(
      CONCAT(
        CONCAT(
          'less its ts_offset ',
          CONCAT(
            CONCAT(
              CONCAT(
                IF("t7"."ts_offset_ns" < 0, '-', ''),
                IF(
                  CAST(ABS("t7"."ts_offset_ns" - (
                    "t7"."ts_offset_ns" % 1000000000
                  )) AS VARCHAR) = '0',
                  '0',
                  SUBSTRING(
                    CAST(ABS("t7"."ts_offset_ns" - (
                      "t7"."ts_offset_ns" % 1000000000
                    )) AS VARCHAR),
                    IF(
                      (
                        0 + 1
                      ) >= 1,
                      0 + 1,
                      0 + 1 + LENGTH(
                        CAST(ABS("t7"."ts_offset_ns" - (
                          "t7"."ts_offset_ns" % 1000000000
                        )) AS VARCHAR)
                      )
                    ),
                    LENGTH(
                      CAST(ABS("t7"."ts_offset_ns" - (
                        "t7"."ts_offset_ns" % 1000000000
                      )) AS VARCHAR)
                    ) - 9
                  )
                )
              ),
              ':'
            ),
            CAST(ABS("t7"."ts_offset_ns" % 1000000000) AS VARCHAR)
          )
        ),
        ' it is not inside its object''s '
      ),
      CASE
        WHEN "t7"."has_end_ns" <= "t7"."has_start_ns"
        THEN '()'
        WHEN IF(
          "t7"."has_start_ns" < "t7"."has_end_ns",
          (
            "t7"."has_end_ns" - 1
          ) = "t7"."has_start_ns",
          FALSE
        )
        THEN CONCAT(
          CONCAT(
            '[',
            CONCAT(
              CONCAT(
                CONCAT(
                  IF("t7"."has_start_ns" < 0, '-', ''),
                  IF(
                    CAST(ABS("t7"."has_start_ns" - (
                      "t7"."has_start_ns" % 1000000000
                    )) AS VARCHAR) = '0',
                    '0',
                    SUBSTRING(
                      CAST(ABS("t7"."has_start_ns" - (
                        "t7"."has_start_ns" % 1000000000
                      )) AS VARCHAR),
                      IF(
                        (
                          0 + 1
                        ) >= 1,
                        0 + 1,
                        0 + 1 + LENGTH(
                          CAST(ABS("t7"."has_start_ns" - (
                            "t7"."has_start_ns" % 1000000000
                          )) AS VARCHAR)
                        )
                      ),
                      LENGTH(
                        CAST(ABS("t7"."has_start_ns" - (
                          "t7"."has_start_ns" % 1000000000
                        )) AS VARCHAR)
                      ) - 9
                    )
                  )
                ),
                ':'
              ),
              CAST(ABS("t7"."has_start_ns" % 1000000000) AS VARCHAR)
            )
          ),
          ']'
        )
        ELSE CONCAT(
          CONCAT(
            CONCAT(
              CONCAT(
                '[',
                CONCAT(
                  CONCAT(
                    CONCAT(
                      IF("t7"."has_start_ns" < 0, '-', ''),
                      IF(
                        CAST(ABS("t7"."has_start_ns" - (
                          "t7"."has_start_ns" % 1000000000
                        )) AS VARCHAR) = '0',
                        '0',
                        SUBSTRING(
                          CAST(ABS("t7"."has_start_ns" - (
                            "t7"."has_start_ns" % 1000000000
                          )) AS VARCHAR),
                          IF(
                            (
                              0 + 1
                            ) >= 1,
                            0 + 1,
                            0 + 1 + LENGTH(
                              CAST(ABS("t7"."has_start_ns" - (
                                "t7"."has_start_ns" % 1000000000
                              )) AS VARCHAR)
                            )
                          ),
                          LENGTH(
                            CAST(ABS("t7"."has_start_ns" - (
                              "t7"."has_start_ns" % 1000000000
                            )) AS VARCHAR)
                          ) - 9
                        )
                      )
                    ),
                    ':'
                  ),
                  CAST(ABS("t7"."has_start_ns" % 1000000000) AS VARCHAR)
                )
              ),
              '_'
            ),
            CONCAT(
              CONCAT(
                CONCAT(
                  IF("t7"."has_end_ns" < 0, '-', ''),
                  IF(
                    CAST(ABS("t7"."has_end_ns" - (
                      "t7"."has_end_ns" % 1000000000
                    )) AS VARCHAR) = '0',
                    '0',
                    SUBSTRING(
                      CAST(ABS("t7"."has_end_ns" - (
                        "t7"."has_end_ns" % 1000000000
                      )) AS VARCHAR),
                      IF(
                        (
                          0 + 1
                        ) >= 1,
                        0 + 1,
                        0 + 1 + LENGTH(CAST(ABS("t7"."has_end_ns" - (
                          "t7"."has_end_ns" % 1000000000
                        )) AS VARCHAR))
                      ),
                      LENGTH(CAST(ABS("t7"."has_end_ns" - (
                        "t7"."has_end_ns" % 1000000000
                      )) AS VARCHAR)) - 9
                    )
                  )
                ),
                ':'
              ),
              CAST(ABS("t7"."has_end_ns" % 1000000000) AS VARCHAR)
            )
          ),
          ')'
        )
      END
    ),
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
    IF(
      "t6"."start_ns" BETWEEN -4611686018427387903 AND 4611686018427387903
      AND "t6"."end_ns" BETWEEN -4611686018427387903 AND 4611686018427387903
      AND "t6"."ts_offset_ns" BETWEEN -4611686018427387903 AND 4611686018427387903,
      (
        (
          "t6"."start_ns" - "t6"."ts_offset_ns"
        ) < "t6"."has_start_ns"
      )
      OR (
        (
          "t6"."end_ns" - "t6"."ts_offset_ns"
        ) > "t6"."has_end_ns"
      ),
      (
        (
          CAST("t6"."start_ns" AS DECIMAL(38, 0)) - CAST("t6"."ts_offset_ns" AS DECIMAL(38, 0))
        ) < "t6"."has_start_ns"
      )
      OR (
        (
          CAST("t6"."end_ns" AS DECIMAL(38, 0)) - CAST("t6"."ts_offset_ns" AS DECIMAL(38, 0))
        ) > "t6"."has_end_ns"
      )
    )
) AS "t7"
