-- Is there any row of which this is true: a segment's text says another timerange than its bounds?
-- What would mend it: delete it and register it again by its text
SELECT
  'segment_bounds_differ_from_text' AS "check",
  'error' AS "severity",
  'segments' AS "entity",
  COALESCE(
    CONCAT(CONCAT(COALESCE("t2"."flow_id", '?'), '@'), COALESCE("t2"."timerange", '?')),
    '?'
  ) AS "id",
  COALESCE(
    CONCAT(
      'the text is not that of its bounds, ',
      CASE
        WHEN "t2"."end_ns" <= "t2"."start_ns"
        THEN '()'
        WHEN IF("t2"."start_ns" < "t2"."end_ns", (
          "t2"."end_ns" - 1
        ) = "t2"."start_ns", FALSE)
        THEN CONCAT(
          CONCAT(
            '[',
            CONCAT(
              CONCAT(
                CONCAT(
                  IF("t2"."start_ns" < 0, '-', ''),
                  IF(
                    CAST(ABS("t2"."start_ns" - (
                      "t2"."start_ns" % 1000000000
                    )) AS VARCHAR) = '0',
                    '0',
                    SUBSTRING(
                      CAST(ABS("t2"."start_ns" - (
                        "t2"."start_ns" % 1000000000
                      )) AS VARCHAR),
                      IF(
                        (
                          0 + 1
                        ) >= 1,
                        0 + 1,
                        0 + 1 + LENGTH(CAST(ABS("t2"."start_ns" - (
                          "t2"."start_ns" % 1000000000
                        )) AS VARCHAR))
                      ),
                      LENGTH(CAST(ABS("t2"."start_ns" - (
                        "t2"."start_ns" % 1000000000
                      )) AS VARCHAR)) - 9
                    )
                  )
                ),
                ':'
              ),
              CAST(ABS("t2"."start_ns" % 1000000000) AS VARCHAR)
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
                      IF("t2"."start_ns" < 0, '-', ''),
                      IF(
                        CAST(ABS("t2"."start_ns" - (
                          "t2"."start_ns" % 1000000000
                        )) AS VARCHAR) = '0',
                        '0',
                        SUBSTRING(
                          CAST(ABS("t2"."start_ns" - (
                            "t2"."start_ns" % 1000000000
                          )) AS VARCHAR),
                          IF(
                            (
                              0 + 1
                            ) >= 1,
                            0 + 1,
                            0 + 1 + LENGTH(CAST(ABS("t2"."start_ns" - (
                              "t2"."start_ns" % 1000000000
                            )) AS VARCHAR))
                          ),
                          LENGTH(CAST(ABS("t2"."start_ns" - (
                            "t2"."start_ns" % 1000000000
                          )) AS VARCHAR)) - 9
                        )
                      )
                    ),
                    ':'
                  ),
                  CAST(ABS("t2"."start_ns" % 1000000000) AS VARCHAR)
                )
              ),
              '_'
            ),
            CONCAT(
              CONCAT(
                CONCAT(
                  IF("t2"."end_ns" < 0, '-', ''),
                  IF(
                    CAST(ABS("t2"."end_ns" - (
                      "t2"."end_ns" % 1000000000
                    )) AS VARCHAR) = '0',
                    '0',
                    SUBSTRING(
                      CAST(ABS("t2"."end_ns" - (
                        "t2"."end_ns" % 1000000000
                      )) AS VARCHAR),
                      IF(
                        (
                          0 + 1
                        ) >= 1,
                        0 + 1,
                        0 + 1 + LENGTH(CAST(ABS("t2"."end_ns" - (
                          "t2"."end_ns" % 1000000000
                        )) AS VARCHAR))
                      ),
                      LENGTH(CAST(ABS("t2"."end_ns" - (
                        "t2"."end_ns" % 1000000000
                      )) AS VARCHAR)) - 9
                    )
                  )
                ),
                ':'
              ),
              CAST(ABS("t2"."end_ns" % 1000000000) AS VARCHAR)
            )
          ),
          ')'
        )
      END
    ),
    '?'
  ) AS "detail"
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t0"."flow_id",
      "t0"."object_id",
      "t0"."start_ns",
      "t0"."end_ns",
      "t0"."timerange"
    FROM "segments" AS "t0"
  ) AS "t1"
  WHERE
    NOT (
      COALESCE(
        (
          "t1"."start_ns" >= 0
        )
        AND (
          "t1"."start_ns" < (
            "t1"."end_ns" - 1
          )
        )
        AND (
          "t1"."timerange" = CONCAT(
            '[',
            CAST(CAST(IF(
              ABS(
                (
                  CAST((
                    "t1"."start_ns" - (
                      "t1"."start_ns" % 1000000000
                    )
                  ) AS DOUBLE) / 1000000000
                ) - TRUNCATE(
                  CAST((
                    "t1"."start_ns" - (
                      "t1"."start_ns" % 1000000000
                    )
                  ) AS DOUBLE) / 1000000000
                )
              ) = 0.5,
              ROUND(
                CAST((
                  CAST((
                    "t1"."start_ns" - (
                      "t1"."start_ns" % 1000000000
                    )
                  ) AS DOUBLE) / 1000000000
                ) AS DOUBLE) / 2
              ) * 2,
              ROUND(
                CAST((
                  "t1"."start_ns" - (
                    "t1"."start_ns" % 1000000000
                  )
                ) AS DOUBLE) / 1000000000
              )
            ) AS BIGINT) AS VARCHAR),
            ':',
            CAST("t1"."start_ns" % 1000000000 AS VARCHAR),
            '_',
            CAST(CAST(IF(
              ABS(
                (
                  CAST((
                    "t1"."end_ns" - (
                      "t1"."end_ns" % 1000000000
                    )
                  ) AS DOUBLE) / 1000000000
                ) - TRUNCATE(
                  CAST((
                    "t1"."end_ns" - (
                      "t1"."end_ns" % 1000000000
                    )
                  ) AS DOUBLE) / 1000000000
                )
              ) = 0.5,
              ROUND(
                CAST((
                  CAST((
                    "t1"."end_ns" - (
                      "t1"."end_ns" % 1000000000
                    )
                  ) AS DOUBLE) / 1000000000
                ) AS DOUBLE) / 2
              ) * 2,
              ROUND(
                CAST((
                  "t1"."end_ns" - (
                    "t1"."end_ns" % 1000000000
                  )
                ) AS DOUBLE) / 1000000000
              )
            ) AS BIGINT) AS VARCHAR),
            ':',
            CAST("t1"."end_ns" % 1000000000 AS VARCHAR),
            ')'
          )
        ),
        FALSE
      )
    )
) AS "t2"
WHERE
  "t2"."timerange" <> CASE
    WHEN "t2"."end_ns" <= "t2"."start_ns"
    THEN '()'
    WHEN IF("t2"."start_ns" < "t2"."end_ns", (
      "t2"."end_ns" - 1
    ) = "t2"."start_ns", FALSE)
    THEN CONCAT(
      CONCAT(
        '[',
        CONCAT(
          CONCAT(
            CONCAT(
              IF("t2"."start_ns" < 0, '-', ''),
              IF(
                CAST(ABS("t2"."start_ns" - (
                  "t2"."start_ns" % 1000000000
                )) AS VARCHAR) = '0',
                '0',
                SUBSTRING(
                  CAST(ABS("t2"."start_ns" - (
                    "t2"."start_ns" % 1000000000
                  )) AS VARCHAR),
                  IF(
                    (
                      0 + 1
                    ) >= 1,
                    0 + 1,
                    0 + 1 + LENGTH(CAST(ABS("t2"."start_ns" - (
                      "t2"."start_ns" % 1000000000
                    )) AS VARCHAR))
                  ),
                  LENGTH(CAST(ABS("t2"."start_ns" - (
                    "t2"."start_ns" % 1000000000
                  )) AS VARCHAR)) - 9
                )
              )
            ),
            ':'
          ),
          CAST(ABS("t2"."start_ns" % 1000000000) AS VARCHAR)
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
                  IF("t2"."start_ns" < 0, '-', ''),
                  IF(
                    CAST(ABS("t2"."start_ns" - (
                      "t2"."start_ns" % 1000000000
                    )) AS VARCHAR) = '0',
                    '0',
                    SUBSTRING(
                      CAST(ABS("t2"."start_ns" - (
                        "t2"."start_ns" % 1000000000
                      )) AS VARCHAR),
                      IF(
                        (
                          0 + 1
                        ) >= 1,
                        0 + 1,
                        0 + 1 + LENGTH(CAST(ABS("t2"."start_ns" - (
                          "t2"."start_ns" % 1000000000
                        )) AS VARCHAR))
                      ),
                      LENGTH(CAST(ABS("t2"."start_ns" - (
                        "t2"."start_ns" % 1000000000
                      )) AS VARCHAR)) - 9
                    )
                  )
                ),
                ':'
              ),
              CAST(ABS("t2"."start_ns" % 1000000000) AS VARCHAR)
            )
          ),
          '_'
        ),
        CONCAT(
          CONCAT(
            CONCAT(
              IF("t2"."end_ns" < 0, '-', ''),
              IF(
                CAST(ABS("t2"."end_ns" - (
                  "t2"."end_ns" % 1000000000
                )) AS VARCHAR) = '0',
                '0',
                SUBSTRING(
                  CAST(ABS("t2"."end_ns" - (
                    "t2"."end_ns" % 1000000000
                  )) AS VARCHAR),
                  IF(
                    (
                      0 + 1
                    ) >= 1,
                    0 + 1,
                    0 + 1 + LENGTH(CAST(ABS("t2"."end_ns" - (
                      "t2"."end_ns" % 1000000000
                    )) AS VARCHAR))
                  ),
                  LENGTH(CAST(ABS("t2"."end_ns" - (
                    "t2"."end_ns" % 1000000000
                  )) AS VARCHAR)) - 9
                )
              )
            ),
            ':'
          ),
          CAST(ABS("t2"."end_ns" % 1000000000) AS VARCHAR)
        )
      ),
      ')'
    )
  END
  AND NOT (
    "t2"."timerange" IN (
      CONCAT(
        CONCAT(
          CONCAT(
            '[',
            CONCAT(
              CONCAT(
                CONCAT(
                  IF("t2"."start_ns" < 0, '-', ''),
                  IF(
                    CAST(ABS("t2"."start_ns" - (
                      "t2"."start_ns" % 1000000000
                    )) AS VARCHAR) = '0',
                    '0',
                    SUBSTRING(
                      CAST(ABS("t2"."start_ns" - (
                        "t2"."start_ns" % 1000000000
                      )) AS VARCHAR),
                      IF(
                        (
                          0 + 1
                        ) >= 1,
                        0 + 1,
                        0 + 1 + LENGTH(CAST(ABS("t2"."start_ns" - (
                          "t2"."start_ns" % 1000000000
                        )) AS VARCHAR))
                      ),
                      LENGTH(CAST(ABS("t2"."start_ns" - (
                        "t2"."start_ns" % 1000000000
                      )) AS VARCHAR)) - 9
                    )
                  )
                ),
                ':'
              ),
              CAST(ABS("t2"."start_ns" % 1000000000) AS VARCHAR)
            )
          ),
          '_'
        ),
        CONCAT(
          CONCAT(
            CONCAT(
              CONCAT(
                IF("t2"."end_ns" < 0, '-', ''),
                IF(
                  CAST(ABS("t2"."end_ns" - (
                    "t2"."end_ns" % 1000000000
                  )) AS VARCHAR) = '0',
                  '0',
                  SUBSTRING(
                    CAST(ABS("t2"."end_ns" - (
                      "t2"."end_ns" % 1000000000
                    )) AS VARCHAR),
                    IF(
                      (
                        0 + 1
                      ) >= 1,
                      0 + 1,
                      0 + 1 + LENGTH(CAST(ABS("t2"."end_ns" - (
                        "t2"."end_ns" % 1000000000
                      )) AS VARCHAR))
                    ),
                    LENGTH(CAST(ABS("t2"."end_ns" - (
                      "t2"."end_ns" % 1000000000
                    )) AS VARCHAR)) - 9
                  )
                )
              ),
              ':'
            ),
            CAST(ABS("t2"."end_ns" % 1000000000) AS VARCHAR)
          ),
          ')'
        )
      ),
      CONCAT(
        CONCAT(
          CONCAT(
            '[',
            CONCAT(
              CONCAT(
                CONCAT(
                  IF("t2"."start_ns" < 0, '-', ''),
                  IF(
                    CAST(ABS("t2"."start_ns" - (
                      "t2"."start_ns" % 1000000000
                    )) AS VARCHAR) = '0',
                    '0',
                    SUBSTRING(
                      CAST(ABS("t2"."start_ns" - (
                        "t2"."start_ns" % 1000000000
                      )) AS VARCHAR),
                      IF(
                        (
                          0 + 1
                        ) >= 1,
                        0 + 1,
                        0 + 1 + LENGTH(CAST(ABS("t2"."start_ns" - (
                          "t2"."start_ns" % 1000000000
                        )) AS VARCHAR))
                      ),
                      LENGTH(CAST(ABS("t2"."start_ns" - (
                        "t2"."start_ns" % 1000000000
                      )) AS VARCHAR)) - 9
                    )
                  )
                ),
                ':'
              ),
              CAST(ABS("t2"."start_ns" % 1000000000) AS VARCHAR)
            )
          ),
          '_'
        ),
        CONCAT(
          CONCAT(
            CONCAT(
              CONCAT(
                IF(
                  IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") < 0,
                  '-',
                  ''
                ),
                IF(
                  CAST(ABS(
                    IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") - (
                      IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") % 1000000000
                    )
                  ) AS VARCHAR) = '0',
                  '0',
                  SUBSTRING(
                    CAST(ABS(
                      IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") - (
                        IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") % 1000000000
                      )
                    ) AS VARCHAR),
                    IF(
                      (
                        0 + 1
                      ) >= 1,
                      0 + 1,
                      0 + 1 + LENGTH(
                        CAST(ABS(
                          IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") - (
                            IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") % 1000000000
                          )
                        ) AS VARCHAR)
                      )
                    ),
                    LENGTH(
                      CAST(ABS(
                        IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") - (
                          IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") % 1000000000
                        )
                      ) AS VARCHAR)
                    ) - 9
                  )
                )
              ),
              ':'
            ),
            CAST(ABS(
              IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") % 1000000000
            ) AS VARCHAR)
          ),
          ']'
        )
      ),
      CONCAT(
        CONCAT(
          CONCAT(
            '[',
            CONCAT(
              CONCAT(
                CONCAT(
                  IF("t2"."start_ns" < 0, '-', ''),
                  IF(
                    CAST(ABS("t2"."start_ns" - (
                      "t2"."start_ns" % 1000000000
                    )) AS VARCHAR) = '0',
                    '0',
                    SUBSTRING(
                      CAST(ABS("t2"."start_ns" - (
                        "t2"."start_ns" % 1000000000
                      )) AS VARCHAR),
                      IF(
                        (
                          0 + 1
                        ) >= 1,
                        0 + 1,
                        0 + 1 + LENGTH(CAST(ABS("t2"."start_ns" - (
                          "t2"."start_ns" % 1000000000
                        )) AS VARCHAR))
                      ),
                      LENGTH(CAST(ABS("t2"."start_ns" - (
                        "t2"."start_ns" % 1000000000
                      )) AS VARCHAR)) - 9
                    )
                  )
                ),
                ':'
              ),
              CAST(ABS("t2"."start_ns" % 1000000000) AS VARCHAR)
            )
          ),
          '_'
        ),
        CONCAT(
          CONCAT(
            CONCAT(
              IF(
                IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") < 0,
                '-',
                ''
              ),
              IF(
                CAST(ABS(
                  IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") - (
                    IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") % 1000000000
                  )
                ) AS VARCHAR) = '0',
                '0',
                SUBSTRING(
                  CAST(ABS(
                    IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") - (
                      IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") % 1000000000
                    )
                  ) AS VARCHAR),
                  IF(
                    (
                      0 + 1
                    ) >= 1,
                    0 + 1,
                    0 + 1 + LENGTH(
                      CAST(ABS(
                        IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") - (
                          IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") % 1000000000
                        )
                      ) AS VARCHAR)
                    )
                  ),
                  LENGTH(
                    CAST(ABS(
                      IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") - (
                        IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") % 1000000000
                      )
                    ) AS VARCHAR)
                  ) - 9
                )
              )
            ),
            ':'
          ),
          CAST(ABS(
            IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") % 1000000000
          ) AS VARCHAR)
        )
      ),
      CONCAT(
        CONCAT(
          CONCAT(
            '(',
            CONCAT(
              CONCAT(
                CONCAT(
                  IF(
                    IF("t2"."start_ns" > -9223372036854775808, "t2"."start_ns" - 1, "t2"."start_ns") < 0,
                    '-',
                    ''
                  ),
                  IF(
                    CAST(ABS(
                      IF("t2"."start_ns" > -9223372036854775808, "t2"."start_ns" - 1, "t2"."start_ns") - (
                        IF("t2"."start_ns" > -9223372036854775808, "t2"."start_ns" - 1, "t2"."start_ns") % 1000000000
                      )
                    ) AS VARCHAR) = '0',
                    '0',
                    SUBSTRING(
                      CAST(ABS(
                        IF("t2"."start_ns" > -9223372036854775808, "t2"."start_ns" - 1, "t2"."start_ns") - (
                          IF("t2"."start_ns" > -9223372036854775808, "t2"."start_ns" - 1, "t2"."start_ns") % 1000000000
                        )
                      ) AS VARCHAR),
                      IF(
                        (
                          0 + 1
                        ) >= 1,
                        0 + 1,
                        0 + 1 + LENGTH(
                          CAST(ABS(
                            IF("t2"."start_ns" > -9223372036854775808, "t2"."start_ns" - 1, "t2"."start_ns") - (
                              IF("t2"."start_ns" > -9223372036854775808, "t2"."start_ns" - 1, "t2"."start_ns") % 1000000000
                            )
                          ) AS VARCHAR)
                        )
                      ),
                      LENGTH(
                        CAST(ABS(
                          IF("t2"."start_ns" > -9223372036854775808, "t2"."start_ns" - 1, "t2"."start_ns") - (
                            IF("t2"."start_ns" > -9223372036854775808, "t2"."start_ns" - 1, "t2"."start_ns") % 1000000000
                          )
                        ) AS VARCHAR)
                      ) - 9
                    )
                  )
                ),
                ':'
              ),
              CAST(ABS(
                IF("t2"."start_ns" > -9223372036854775808, "t2"."start_ns" - 1, "t2"."start_ns") % 1000000000
              ) AS VARCHAR)
            )
          ),
          '_'
        ),
        CONCAT(
          CONCAT(
            CONCAT(
              CONCAT(
                IF("t2"."end_ns" < 0, '-', ''),
                IF(
                  CAST(ABS("t2"."end_ns" - (
                    "t2"."end_ns" % 1000000000
                  )) AS VARCHAR) = '0',
                  '0',
                  SUBSTRING(
                    CAST(ABS("t2"."end_ns" - (
                      "t2"."end_ns" % 1000000000
                    )) AS VARCHAR),
                    IF(
                      (
                        0 + 1
                      ) >= 1,
                      0 + 1,
                      0 + 1 + LENGTH(CAST(ABS("t2"."end_ns" - (
                        "t2"."end_ns" % 1000000000
                      )) AS VARCHAR))
                    ),
                    LENGTH(CAST(ABS("t2"."end_ns" - (
                      "t2"."end_ns" % 1000000000
                    )) AS VARCHAR)) - 9
                  )
                )
              ),
              ':'
            ),
            CAST(ABS("t2"."end_ns" % 1000000000) AS VARCHAR)
          ),
          ')'
        )
      ),
      CONCAT(
        CONCAT(
          CONCAT(
            '(',
            CONCAT(
              CONCAT(
                CONCAT(
                  IF(
                    IF("t2"."start_ns" > -9223372036854775808, "t2"."start_ns" - 1, "t2"."start_ns") < 0,
                    '-',
                    ''
                  ),
                  IF(
                    CAST(ABS(
                      IF("t2"."start_ns" > -9223372036854775808, "t2"."start_ns" - 1, "t2"."start_ns") - (
                        IF("t2"."start_ns" > -9223372036854775808, "t2"."start_ns" - 1, "t2"."start_ns") % 1000000000
                      )
                    ) AS VARCHAR) = '0',
                    '0',
                    SUBSTRING(
                      CAST(ABS(
                        IF("t2"."start_ns" > -9223372036854775808, "t2"."start_ns" - 1, "t2"."start_ns") - (
                          IF("t2"."start_ns" > -9223372036854775808, "t2"."start_ns" - 1, "t2"."start_ns") % 1000000000
                        )
                      ) AS VARCHAR),
                      IF(
                        (
                          0 + 1
                        ) >= 1,
                        0 + 1,
                        0 + 1 + LENGTH(
                          CAST(ABS(
                            IF("t2"."start_ns" > -9223372036854775808, "t2"."start_ns" - 1, "t2"."start_ns") - (
                              IF("t2"."start_ns" > -9223372036854775808, "t2"."start_ns" - 1, "t2"."start_ns") % 1000000000
                            )
                          ) AS VARCHAR)
                        )
                      ),
                      LENGTH(
                        CAST(ABS(
                          IF("t2"."start_ns" > -9223372036854775808, "t2"."start_ns" - 1, "t2"."start_ns") - (
                            IF("t2"."start_ns" > -9223372036854775808, "t2"."start_ns" - 1, "t2"."start_ns") % 1000000000
                          )
                        ) AS VARCHAR)
                      ) - 9
                    )
                  )
                ),
                ':'
              ),
              CAST(ABS(
                IF("t2"."start_ns" > -9223372036854775808, "t2"."start_ns" - 1, "t2"."start_ns") % 1000000000
              ) AS VARCHAR)
            )
          ),
          '_'
        ),
        CONCAT(
          CONCAT(
            CONCAT(
              CONCAT(
                IF(
                  IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") < 0,
                  '-',
                  ''
                ),
                IF(
                  CAST(ABS(
                    IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") - (
                      IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") % 1000000000
                    )
                  ) AS VARCHAR) = '0',
                  '0',
                  SUBSTRING(
                    CAST(ABS(
                      IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") - (
                        IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") % 1000000000
                      )
                    ) AS VARCHAR),
                    IF(
                      (
                        0 + 1
                      ) >= 1,
                      0 + 1,
                      0 + 1 + LENGTH(
                        CAST(ABS(
                          IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") - (
                            IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") % 1000000000
                          )
                        ) AS VARCHAR)
                      )
                    ),
                    LENGTH(
                      CAST(ABS(
                        IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") - (
                          IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") % 1000000000
                        )
                      ) AS VARCHAR)
                    ) - 9
                  )
                )
              ),
              ':'
            ),
            CAST(ABS(
              IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") % 1000000000
            ) AS VARCHAR)
          ),
          ']'
        )
      ),
      CONCAT(
        CONCAT(
          CONCAT(
            '(',
            CONCAT(
              CONCAT(
                CONCAT(
                  IF(
                    IF("t2"."start_ns" > -9223372036854775808, "t2"."start_ns" - 1, "t2"."start_ns") < 0,
                    '-',
                    ''
                  ),
                  IF(
                    CAST(ABS(
                      IF("t2"."start_ns" > -9223372036854775808, "t2"."start_ns" - 1, "t2"."start_ns") - (
                        IF("t2"."start_ns" > -9223372036854775808, "t2"."start_ns" - 1, "t2"."start_ns") % 1000000000
                      )
                    ) AS VARCHAR) = '0',
                    '0',
                    SUBSTRING(
                      CAST(ABS(
                        IF("t2"."start_ns" > -9223372036854775808, "t2"."start_ns" - 1, "t2"."start_ns") - (
                          IF("t2"."start_ns" > -9223372036854775808, "t2"."start_ns" - 1, "t2"."start_ns") % 1000000000
                        )
                      ) AS VARCHAR),
                      IF(
                        (
                          0 + 1
                        ) >= 1,
                        0 + 1,
                        0 + 1 + LENGTH(
                          CAST(ABS(
                            IF("t2"."start_ns" > -9223372036854775808, "t2"."start_ns" - 1, "t2"."start_ns") - (
                              IF("t2"."start_ns" > -9223372036854775808, "t2"."start_ns" - 1, "t2"."start_ns") % 1000000000
                            )
                          ) AS VARCHAR)
                        )
                      ),
                      LENGTH(
                        CAST(ABS(
                          IF("t2"."start_ns" > -9223372036854775808, "t2"."start_ns" - 1, "t2"."start_ns") - (
                            IF("t2"."start_ns" > -9223372036854775808, "t2"."start_ns" - 1, "t2"."start_ns") % 1000000000
                          )
                        ) AS VARCHAR)
                      ) - 9
                    )
                  )
                ),
                ':'
              ),
              CAST(ABS(
                IF("t2"."start_ns" > -9223372036854775808, "t2"."start_ns" - 1, "t2"."start_ns") % 1000000000
              ) AS VARCHAR)
            )
          ),
          '_'
        ),
        CONCAT(
          CONCAT(
            CONCAT(
              IF(
                IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") < 0,
                '-',
                ''
              ),
              IF(
                CAST(ABS(
                  IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") - (
                    IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") % 1000000000
                  )
                ) AS VARCHAR) = '0',
                '0',
                SUBSTRING(
                  CAST(ABS(
                    IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") - (
                      IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") % 1000000000
                    )
                  ) AS VARCHAR),
                  IF(
                    (
                      0 + 1
                    ) >= 1,
                    0 + 1,
                    0 + 1 + LENGTH(
                      CAST(ABS(
                        IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") - (
                          IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") % 1000000000
                        )
                      ) AS VARCHAR)
                    )
                  ),
                  LENGTH(
                    CAST(ABS(
                      IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") - (
                        IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") % 1000000000
                      )
                    ) AS VARCHAR)
                  ) - 9
                )
              )
            ),
            ':'
          ),
          CAST(ABS(
            IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") % 1000000000
          ) AS VARCHAR)
        )
      ),
      CONCAT(
        CONCAT(
          CONCAT(
            CONCAT(
              CONCAT(
                IF("t2"."start_ns" < 0, '-', ''),
                IF(
                  CAST(ABS("t2"."start_ns" - (
                    "t2"."start_ns" % 1000000000
                  )) AS VARCHAR) = '0',
                  '0',
                  SUBSTRING(
                    CAST(ABS("t2"."start_ns" - (
                      "t2"."start_ns" % 1000000000
                    )) AS VARCHAR),
                    IF(
                      (
                        0 + 1
                      ) >= 1,
                      0 + 1,
                      0 + 1 + LENGTH(CAST(ABS("t2"."start_ns" - (
                        "t2"."start_ns" % 1000000000
                      )) AS VARCHAR))
                    ),
                    LENGTH(CAST(ABS("t2"."start_ns" - (
                      "t2"."start_ns" % 1000000000
                    )) AS VARCHAR)) - 9
                  )
                )
              ),
              ':'
            ),
            CAST(ABS("t2"."start_ns" % 1000000000) AS VARCHAR)
          ),
          '_'
        ),
        CONCAT(
          CONCAT(
            CONCAT(
              CONCAT(
                IF("t2"."end_ns" < 0, '-', ''),
                IF(
                  CAST(ABS("t2"."end_ns" - (
                    "t2"."end_ns" % 1000000000
                  )) AS VARCHAR) = '0',
                  '0',
                  SUBSTRING(
                    CAST(ABS("t2"."end_ns" - (
                      "t2"."end_ns" % 1000000000
                    )) AS VARCHAR),
                    IF(
                      (
                        0 + 1
                      ) >= 1,
                      0 + 1,
                      0 + 1 + LENGTH(CAST(ABS("t2"."end_ns" - (
                        "t2"."end_ns" % 1000000000
                      )) AS VARCHAR))
                    ),
                    LENGTH(CAST(ABS("t2"."end_ns" - (
                      "t2"."end_ns" % 1000000000
                    )) AS VARCHAR)) - 9
                  )
                )
              ),
              ':'
            ),
            CAST(ABS("t2"."end_ns" % 1000000000) AS VARCHAR)
          ),
          ')'
        )
      ),
      CONCAT(
        CONCAT(
          CONCAT(
            CONCAT(
              CONCAT(
                IF("t2"."start_ns" < 0, '-', ''),
                IF(
                  CAST(ABS("t2"."start_ns" - (
                    "t2"."start_ns" % 1000000000
                  )) AS VARCHAR) = '0',
                  '0',
                  SUBSTRING(
                    CAST(ABS("t2"."start_ns" - (
                      "t2"."start_ns" % 1000000000
                    )) AS VARCHAR),
                    IF(
                      (
                        0 + 1
                      ) >= 1,
                      0 + 1,
                      0 + 1 + LENGTH(CAST(ABS("t2"."start_ns" - (
                        "t2"."start_ns" % 1000000000
                      )) AS VARCHAR))
                    ),
                    LENGTH(CAST(ABS("t2"."start_ns" - (
                      "t2"."start_ns" % 1000000000
                    )) AS VARCHAR)) - 9
                  )
                )
              ),
              ':'
            ),
            CAST(ABS("t2"."start_ns" % 1000000000) AS VARCHAR)
          ),
          '_'
        ),
        CONCAT(
          CONCAT(
            CONCAT(
              CONCAT(
                IF(
                  IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") < 0,
                  '-',
                  ''
                ),
                IF(
                  CAST(ABS(
                    IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") - (
                      IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") % 1000000000
                    )
                  ) AS VARCHAR) = '0',
                  '0',
                  SUBSTRING(
                    CAST(ABS(
                      IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") - (
                        IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") % 1000000000
                      )
                    ) AS VARCHAR),
                    IF(
                      (
                        0 + 1
                      ) >= 1,
                      0 + 1,
                      0 + 1 + LENGTH(
                        CAST(ABS(
                          IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") - (
                            IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") % 1000000000
                          )
                        ) AS VARCHAR)
                      )
                    ),
                    LENGTH(
                      CAST(ABS(
                        IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") - (
                          IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") % 1000000000
                        )
                      ) AS VARCHAR)
                    ) - 9
                  )
                )
              ),
              ':'
            ),
            CAST(ABS(
              IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") % 1000000000
            ) AS VARCHAR)
          ),
          ']'
        )
      ),
      CONCAT(
        CONCAT(
          CONCAT(
            CONCAT(
              CONCAT(
                IF("t2"."start_ns" < 0, '-', ''),
                IF(
                  CAST(ABS("t2"."start_ns" - (
                    "t2"."start_ns" % 1000000000
                  )) AS VARCHAR) = '0',
                  '0',
                  SUBSTRING(
                    CAST(ABS("t2"."start_ns" - (
                      "t2"."start_ns" % 1000000000
                    )) AS VARCHAR),
                    IF(
                      (
                        0 + 1
                      ) >= 1,
                      0 + 1,
                      0 + 1 + LENGTH(CAST(ABS("t2"."start_ns" - (
                        "t2"."start_ns" % 1000000000
                      )) AS VARCHAR))
                    ),
                    LENGTH(CAST(ABS("t2"."start_ns" - (
                      "t2"."start_ns" % 1000000000
                    )) AS VARCHAR)) - 9
                  )
                )
              ),
              ':'
            ),
            CAST(ABS("t2"."start_ns" % 1000000000) AS VARCHAR)
          ),
          '_'
        ),
        CONCAT(
          CONCAT(
            CONCAT(
              IF(
                IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") < 0,
                '-',
                ''
              ),
              IF(
                CAST(ABS(
                  IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") - (
                    IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") % 1000000000
                  )
                ) AS VARCHAR) = '0',
                '0',
                SUBSTRING(
                  CAST(ABS(
                    IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") - (
                      IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") % 1000000000
                    )
                  ) AS VARCHAR),
                  IF(
                    (
                      0 + 1
                    ) >= 1,
                    0 + 1,
                    0 + 1 + LENGTH(
                      CAST(ABS(
                        IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") - (
                          IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") % 1000000000
                        )
                      ) AS VARCHAR)
                    )
                  ),
                  LENGTH(
                    CAST(ABS(
                      IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") - (
                        IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") % 1000000000
                      )
                    ) AS VARCHAR)
                  ) - 9
                )
              )
            ),
            ':'
          ),
          CAST(ABS(
            IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") % 1000000000
          ) AS VARCHAR)
        )
      )
    )
  )
  AND NOT (
    (
      IF("t2"."end_ns" > -9223372036854775808, "t2"."end_ns" - 1, "t2"."end_ns") = "t2"."start_ns"
    )
    AND "t2"."timerange" IN (
      CONCAT(
        CONCAT(
          '[',
          CONCAT(
            CONCAT(
              CONCAT(
                IF("t2"."start_ns" < 0, '-', ''),
                IF(
                  CAST(ABS("t2"."start_ns" - (
                    "t2"."start_ns" % 1000000000
                  )) AS VARCHAR) = '0',
                  '0',
                  SUBSTRING(
                    CAST(ABS("t2"."start_ns" - (
                      "t2"."start_ns" % 1000000000
                    )) AS VARCHAR),
                    IF(
                      (
                        0 + 1
                      ) >= 1,
                      0 + 1,
                      0 + 1 + LENGTH(CAST(ABS("t2"."start_ns" - (
                        "t2"."start_ns" % 1000000000
                      )) AS VARCHAR))
                    ),
                    LENGTH(CAST(ABS("t2"."start_ns" - (
                      "t2"."start_ns" % 1000000000
                    )) AS VARCHAR)) - 9
                  )
                )
              ),
              ':'
            ),
            CAST(ABS("t2"."start_ns" % 1000000000) AS VARCHAR)
          )
        ),
        ']'
      ),
      CONCAT(
        CONCAT(
          CONCAT(
            IF("t2"."start_ns" < 0, '-', ''),
            IF(
              CAST(ABS("t2"."start_ns" - (
                "t2"."start_ns" % 1000000000
              )) AS VARCHAR) = '0',
              '0',
              SUBSTRING(
                CAST(ABS("t2"."start_ns" - (
                  "t2"."start_ns" % 1000000000
                )) AS VARCHAR),
                IF(
                  (
                    0 + 1
                  ) >= 1,
                  0 + 1,
                  0 + 1 + LENGTH(CAST(ABS("t2"."start_ns" - (
                    "t2"."start_ns" % 1000000000
                  )) AS VARCHAR))
                ),
                LENGTH(CAST(ABS("t2"."start_ns" - (
                  "t2"."start_ns" % 1000000000
                )) AS VARCHAR)) - 9
              )
            )
          ),
          ':'
        ),
        CAST(ABS("t2"."start_ns" % 1000000000) AS VARCHAR)
      )
    )
  )
