-- Is there any row of which this is true: a segment's text says another timerange than its bounds?
-- What would mend it: delete it and register it again by its text
SELECT
  'segment_bounds_differ_from_text' AS "check",
  'error' AS "severity",
  'segments' AS "entity",
  COALESCE(
    CONCAT(CONCAT(COALESCE("t0"."flow_id", '?'), '@'), COALESCE("t0"."timerange", '?')),
    '?'
  ) AS "id",
  COALESCE(
    CONCAT(
      'the text is not that of its bounds, ',
      CASE
        WHEN "t0"."end_ns" <= "t0"."start_ns"
        THEN '()'
        WHEN IF("t0"."start_ns" < "t0"."end_ns", (
          "t0"."end_ns" - 1
        ) = "t0"."start_ns", FALSE)
        THEN CONCAT(
          CONCAT(
            '[',
            CONCAT(
              CONCAT(
                CONCAT(
                  IF("t0"."start_ns" < 0, '-', ''),
                  IF(
                    CAST(ABS("t0"."start_ns" - (
                      "t0"."start_ns" % 1000000000
                    )) AS VARCHAR) = '0',
                    '0',
                    SUBSTRING(
                      CAST(ABS("t0"."start_ns" - (
                        "t0"."start_ns" % 1000000000
                      )) AS VARCHAR),
                      IF(
                        (
                          0 + 1
                        ) >= 1,
                        0 + 1,
                        0 + 1 + LENGTH(CAST(ABS("t0"."start_ns" - (
                          "t0"."start_ns" % 1000000000
                        )) AS VARCHAR))
                      ),
                      LENGTH(CAST(ABS("t0"."start_ns" - (
                        "t0"."start_ns" % 1000000000
                      )) AS VARCHAR)) - 9
                    )
                  )
                ),
                ':'
              ),
              CAST(ABS("t0"."start_ns" % 1000000000) AS VARCHAR)
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
                      IF("t0"."start_ns" < 0, '-', ''),
                      IF(
                        CAST(ABS("t0"."start_ns" - (
                          "t0"."start_ns" % 1000000000
                        )) AS VARCHAR) = '0',
                        '0',
                        SUBSTRING(
                          CAST(ABS("t0"."start_ns" - (
                            "t0"."start_ns" % 1000000000
                          )) AS VARCHAR),
                          IF(
                            (
                              0 + 1
                            ) >= 1,
                            0 + 1,
                            0 + 1 + LENGTH(CAST(ABS("t0"."start_ns" - (
                              "t0"."start_ns" % 1000000000
                            )) AS VARCHAR))
                          ),
                          LENGTH(CAST(ABS("t0"."start_ns" - (
                            "t0"."start_ns" % 1000000000
                          )) AS VARCHAR)) - 9
                        )
                      )
                    ),
                    ':'
                  ),
                  CAST(ABS("t0"."start_ns" % 1000000000) AS VARCHAR)
                )
              ),
              '_'
            ),
            CONCAT(
              CONCAT(
                CONCAT(
                  IF("t0"."end_ns" < 0, '-', ''),
                  IF(
                    CAST(ABS("t0"."end_ns" - (
                      "t0"."end_ns" % 1000000000
                    )) AS VARCHAR) = '0',
                    '0',
                    SUBSTRING(
                      CAST(ABS("t0"."end_ns" - (
                        "t0"."end_ns" % 1000000000
                      )) AS VARCHAR),
                      IF(
                        (
                          0 + 1
                        ) >= 1,
                        0 + 1,
                        0 + 1 + LENGTH(CAST(ABS("t0"."end_ns" - (
                          "t0"."end_ns" % 1000000000
                        )) AS VARCHAR))
                      ),
                      LENGTH(CAST(ABS("t0"."end_ns" - (
                        "t0"."end_ns" % 1000000000
                      )) AS VARCHAR)) - 9
                    )
                  )
                ),
                ':'
              ),
              CAST(ABS("t0"."end_ns" % 1000000000) AS VARCHAR)
            )
          ),
          ')'
        )
      END
    ),
    '?'
  ) AS "detail"
FROM "segments" AS "t0"
WHERE
  NOT (
    COALESCE(
      (
        "t0"."start_ns" >= 0
      )
      AND (
        "t0"."start_ns" < IF("t0"."end_ns" > -9223372036854775808, "t0"."end_ns" - 1, "t0"."end_ns")
      )
      AND (
        "t0"."timerange" = CONCAT(
          CONCAT(
            CONCAT(
              CONCAT(
                '[',
                CONCAT(
                  CONCAT(
                    CAST(CAST(IF(
                      ABS(
                        (
                          CAST((
                            "t0"."start_ns" - (
                              "t0"."start_ns" % 1000000000
                            )
                          ) AS DOUBLE) / 1000000000
                        ) - TRUNCATE(
                          CAST((
                            "t0"."start_ns" - (
                              "t0"."start_ns" % 1000000000
                            )
                          ) AS DOUBLE) / 1000000000
                        )
                      ) = 0.5,
                      ROUND(
                        CAST((
                          CAST((
                            "t0"."start_ns" - (
                              "t0"."start_ns" % 1000000000
                            )
                          ) AS DOUBLE) / 1000000000
                        ) AS DOUBLE) / 2
                      ) * 2,
                      ROUND(
                        CAST((
                          "t0"."start_ns" - (
                            "t0"."start_ns" % 1000000000
                          )
                        ) AS DOUBLE) / 1000000000
                      )
                    ) AS BIGINT) AS VARCHAR),
                    ':'
                  ),
                  CAST("t0"."start_ns" % 1000000000 AS VARCHAR)
                )
              ),
              '_'
            ),
            CONCAT(
              CONCAT(
                CAST(CAST(IF(
                  ABS(
                    (
                      CAST((
                        "t0"."end_ns" - (
                          "t0"."end_ns" % 1000000000
                        )
                      ) AS DOUBLE) / 1000000000
                    ) - TRUNCATE(
                      CAST((
                        "t0"."end_ns" - (
                          "t0"."end_ns" % 1000000000
                        )
                      ) AS DOUBLE) / 1000000000
                    )
                  ) = 0.5,
                  ROUND(
                    CAST((
                      CAST((
                        "t0"."end_ns" - (
                          "t0"."end_ns" % 1000000000
                        )
                      ) AS DOUBLE) / 1000000000
                    ) AS DOUBLE) / 2
                  ) * 2,
                  ROUND(
                    CAST((
                      "t0"."end_ns" - (
                        "t0"."end_ns" % 1000000000
                      )
                    ) AS DOUBLE) / 1000000000
                  )
                ) AS BIGINT) AS VARCHAR),
                ':'
              ),
              CAST("t0"."end_ns" % 1000000000 AS VARCHAR)
            )
          ),
          ')'
        )
      ),
      FALSE
    )
  )
  AND "t0"."timerange" <> CONCAT(
    CONCAT(
      CONCAT(
        CONCAT(
          CASE
            WHEN STARTS_WITH("t0"."timerange", '(')
            THEN '('
            WHEN STARTS_WITH("t0"."timerange", '[')
            THEN '['
            ELSE ''
          END,
          CONCAT(
            CONCAT(
              CONCAT(
                IF(
                  IF(
                    STARTS_WITH("t0"."timerange", '('),
                    IF("t0"."start_ns" > -9223372036854775808, "t0"."start_ns" - 1, "t0"."start_ns"),
                    "t0"."start_ns"
                  ) < 0,
                  '-',
                  ''
                ),
                IF(
                  CAST(ABS(
                    IF(
                      STARTS_WITH("t0"."timerange", '('),
                      IF("t0"."start_ns" > -9223372036854775808, "t0"."start_ns" - 1, "t0"."start_ns"),
                      "t0"."start_ns"
                    ) - (
                      IF(
                        STARTS_WITH("t0"."timerange", '('),
                        IF("t0"."start_ns" > -9223372036854775808, "t0"."start_ns" - 1, "t0"."start_ns"),
                        "t0"."start_ns"
                      ) % 1000000000
                    )
                  ) AS VARCHAR) = '0',
                  '0',
                  SUBSTRING(
                    CAST(ABS(
                      IF(
                        STARTS_WITH("t0"."timerange", '('),
                        IF("t0"."start_ns" > -9223372036854775808, "t0"."start_ns" - 1, "t0"."start_ns"),
                        "t0"."start_ns"
                      ) - (
                        IF(
                          STARTS_WITH("t0"."timerange", '('),
                          IF("t0"."start_ns" > -9223372036854775808, "t0"."start_ns" - 1, "t0"."start_ns"),
                          "t0"."start_ns"
                        ) % 1000000000
                      )
                    ) AS VARCHAR),
                    IF(
                      (
                        0 + 1
                      ) >= 1,
                      0 + 1,
                      0 + 1 + LENGTH(
                        CAST(ABS(
                          IF(
                            STARTS_WITH("t0"."timerange", '('),
                            IF("t0"."start_ns" > -9223372036854775808, "t0"."start_ns" - 1, "t0"."start_ns"),
                            "t0"."start_ns"
                          ) - (
                            IF(
                              STARTS_WITH("t0"."timerange", '('),
                              IF("t0"."start_ns" > -9223372036854775808, "t0"."start_ns" - 1, "t0"."start_ns"),
                              "t0"."start_ns"
                            ) % 1000000000
                          )
                        ) AS VARCHAR)
                      )
                    ),
                    LENGTH(
                      CAST(ABS(
                        IF(
                          STARTS_WITH("t0"."timerange", '('),
                          IF("t0"."start_ns" > -9223372036854775808, "t0"."start_ns" - 1, "t0"."start_ns"),
                          "t0"."start_ns"
                        ) - (
                          IF(
                            STARTS_WITH("t0"."timerange", '('),
                            IF("t0"."start_ns" > -9223372036854775808, "t0"."start_ns" - 1, "t0"."start_ns"),
                            "t0"."start_ns"
                          ) % 1000000000
                        )
                      ) AS VARCHAR)
                    ) - 9
                  )
                )
              ),
              ':'
            ),
            CAST(ABS(
              IF(
                STARTS_WITH("t0"."timerange", '('),
                IF("t0"."start_ns" > -9223372036854775808, "t0"."start_ns" - 1, "t0"."start_ns"),
                "t0"."start_ns"
              ) % 1000000000
            ) AS VARCHAR)
          )
        ),
        '_'
      ),
      CONCAT(
        CONCAT(
          CONCAT(
            IF(
              IF(
                SUBSTRING("t0"."timerange", -LENGTH(')')) = ')',
                "t0"."end_ns",
                IF("t0"."end_ns" > -9223372036854775808, "t0"."end_ns" - 1, "t0"."end_ns")
              ) < 0,
              '-',
              ''
            ),
            IF(
              CAST(ABS(
                IF(
                  SUBSTRING("t0"."timerange", -LENGTH(')')) = ')',
                  "t0"."end_ns",
                  IF("t0"."end_ns" > -9223372036854775808, "t0"."end_ns" - 1, "t0"."end_ns")
                ) - (
                  IF(
                    SUBSTRING("t0"."timerange", -LENGTH(')')) = ')',
                    "t0"."end_ns",
                    IF("t0"."end_ns" > -9223372036854775808, "t0"."end_ns" - 1, "t0"."end_ns")
                  ) % 1000000000
                )
              ) AS VARCHAR) = '0',
              '0',
              SUBSTRING(
                CAST(ABS(
                  IF(
                    SUBSTRING("t0"."timerange", -LENGTH(')')) = ')',
                    "t0"."end_ns",
                    IF("t0"."end_ns" > -9223372036854775808, "t0"."end_ns" - 1, "t0"."end_ns")
                  ) - (
                    IF(
                      SUBSTRING("t0"."timerange", -LENGTH(')')) = ')',
                      "t0"."end_ns",
                      IF("t0"."end_ns" > -9223372036854775808, "t0"."end_ns" - 1, "t0"."end_ns")
                    ) % 1000000000
                  )
                ) AS VARCHAR),
                IF(
                  (
                    0 + 1
                  ) >= 1,
                  0 + 1,
                  0 + 1 + LENGTH(
                    CAST(ABS(
                      IF(
                        SUBSTRING("t0"."timerange", -LENGTH(')')) = ')',
                        "t0"."end_ns",
                        IF("t0"."end_ns" > -9223372036854775808, "t0"."end_ns" - 1, "t0"."end_ns")
                      ) - (
                        IF(
                          SUBSTRING("t0"."timerange", -LENGTH(')')) = ')',
                          "t0"."end_ns",
                          IF("t0"."end_ns" > -9223372036854775808, "t0"."end_ns" - 1, "t0"."end_ns")
                        ) % 1000000000
                      )
                    ) AS VARCHAR)
                  )
                ),
                LENGTH(
                  CAST(ABS(
                    IF(
                      SUBSTRING("t0"."timerange", -LENGTH(')')) = ')',
                      "t0"."end_ns",
                      IF("t0"."end_ns" > -9223372036854775808, "t0"."end_ns" - 1, "t0"."end_ns")
                    ) - (
                      IF(
                        SUBSTRING("t0"."timerange", -LENGTH(')')) = ')',
                        "t0"."end_ns",
                        IF("t0"."end_ns" > -9223372036854775808, "t0"."end_ns" - 1, "t0"."end_ns")
                      ) % 1000000000
                    )
                  ) AS VARCHAR)
                ) - 9
              )
            )
          ),
          ':'
        ),
        CAST(ABS(
          IF(
            SUBSTRING("t0"."timerange", -LENGTH(')')) = ')',
            "t0"."end_ns",
            IF("t0"."end_ns" > -9223372036854775808, "t0"."end_ns" - 1, "t0"."end_ns")
          ) % 1000000000
        ) AS VARCHAR)
      )
    ),
    CASE
      WHEN SUBSTRING("t0"."timerange", -LENGTH(')')) = ')'
      THEN ')'
      WHEN SUBSTRING("t0"."timerange", -LENGTH(']')) = ']'
      THEN ']'
      ELSE ''
    END
  )
  AND NOT (
    (
      "t0"."end_ns" <= "t0"."start_ns"
    ) AND (
      "t0"."timerange" = '()'
    )
  )
  AND NOT (
    (
      IF("t0"."end_ns" > -9223372036854775808, "t0"."end_ns" - 1, "t0"."end_ns") = "t0"."start_ns"
    )
    AND "t0"."timerange" IN (
      CONCAT(
        CONCAT(
          '[',
          CONCAT(
            CONCAT(
              CONCAT(
                IF("t0"."start_ns" < 0, '-', ''),
                IF(
                  CAST(ABS("t0"."start_ns" - (
                    "t0"."start_ns" % 1000000000
                  )) AS VARCHAR) = '0',
                  '0',
                  SUBSTRING(
                    CAST(ABS("t0"."start_ns" - (
                      "t0"."start_ns" % 1000000000
                    )) AS VARCHAR),
                    IF(
                      (
                        0 + 1
                      ) >= 1,
                      0 + 1,
                      0 + 1 + LENGTH(CAST(ABS("t0"."start_ns" - (
                        "t0"."start_ns" % 1000000000
                      )) AS VARCHAR))
                    ),
                    LENGTH(CAST(ABS("t0"."start_ns" - (
                      "t0"."start_ns" % 1000000000
                    )) AS VARCHAR)) - 9
                  )
                )
              ),
              ':'
            ),
            CAST(ABS("t0"."start_ns" % 1000000000) AS VARCHAR)
          )
        ),
        ']'
      ),
      CONCAT(
        CONCAT(
          CONCAT(
            IF("t0"."start_ns" < 0, '-', ''),
            IF(
              CAST(ABS("t0"."start_ns" - (
                "t0"."start_ns" % 1000000000
              )) AS VARCHAR) = '0',
              '0',
              SUBSTRING(
                CAST(ABS("t0"."start_ns" - (
                  "t0"."start_ns" % 1000000000
                )) AS VARCHAR),
                IF(
                  (
                    0 + 1
                  ) >= 1,
                  0 + 1,
                  0 + 1 + LENGTH(CAST(ABS("t0"."start_ns" - (
                    "t0"."start_ns" % 1000000000
                  )) AS VARCHAR))
                ),
                LENGTH(CAST(ABS("t0"."start_ns" - (
                  "t0"."start_ns" % 1000000000
                )) AS VARCHAR)) - 9
              )
            )
          ),
          ':'
        ),
        CAST(ABS("t0"."start_ns" % 1000000000) AS VARCHAR)
      )
    )
  )
