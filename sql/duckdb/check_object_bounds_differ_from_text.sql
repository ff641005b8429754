-- Is there any row of which this is true: an object's text says another timerange than its bounds?
-- What would mend it: delete its segments and register them again by the text
SELECT
  'object_bounds_differ_from_text' AS "check",
  'error' AS "severity",
  'objects' AS "entity",
  COALESCE(CAST("t3"."id" AS TEXT), '?') AS "id",
  COALESCE(
    "t3"."timerange" || ': ' || 'the text is not that of its bounds, ' || CASE
      WHEN "t3"."end_ns" <= "t3"."start_ns"
      THEN '()'
      WHEN CASE
        WHEN "t3"."start_ns" < "t3"."end_ns"
        THEN (
          "t3"."end_ns" - 1
        ) = "t3"."start_ns"
        ELSE FALSE
      END
      THEN '[' || CASE WHEN "t3"."start_ns" < 0 THEN '-' ELSE '' END || CASE
        WHEN CAST(ABS("t3"."start_ns" - (
          "t3"."start_ns" % 1000000000
        )) AS TEXT) = '0'
        THEN '0'
        ELSE SUBSTRING(
          CAST(ABS("t3"."start_ns" - (
            "t3"."start_ns" % 1000000000
          )) AS TEXT),
          CASE
            WHEN (
              0 + 1
            ) >= 1
            THEN 0 + 1
            ELSE 0 + 1 + LENGTH(CAST(ABS("t3"."start_ns" - (
              "t3"."start_ns" % 1000000000
            )) AS TEXT))
          END,
          LENGTH(CAST(ABS("t3"."start_ns" - (
            "t3"."start_ns" % 1000000000
          )) AS TEXT)) - 9
        )
      END || ':' || CAST(ABS("t3"."start_ns" % 1000000000) AS TEXT) || ']'
      ELSE '[' || CASE WHEN "t3"."start_ns" < 0 THEN '-' ELSE '' END || CASE
        WHEN CAST(ABS("t3"."start_ns" - (
          "t3"."start_ns" % 1000000000
        )) AS TEXT) = '0'
        THEN '0'
        ELSE SUBSTRING(
          CAST(ABS("t3"."start_ns" - (
            "t3"."start_ns" % 1000000000
          )) AS TEXT),
          CASE
            WHEN (
              0 + 1
            ) >= 1
            THEN 0 + 1
            ELSE 0 + 1 + LENGTH(CAST(ABS("t3"."start_ns" - (
              "t3"."start_ns" % 1000000000
            )) AS TEXT))
          END,
          LENGTH(CAST(ABS("t3"."start_ns" - (
            "t3"."start_ns" % 1000000000
          )) AS TEXT)) - 9
        )
      END || ':' || CAST(ABS("t3"."start_ns" % 1000000000) AS TEXT) || '_' || CASE WHEN "t3"."end_ns" < 0 THEN '-' ELSE '' END || CASE
        WHEN CAST(ABS("t3"."end_ns" - (
          "t3"."end_ns" % 1000000000
        )) AS TEXT) = '0'
        THEN '0'
        ELSE SUBSTRING(
          CAST(ABS("t3"."end_ns" - (
            "t3"."end_ns" % 1000000000
          )) AS TEXT),
          CASE
            WHEN (
              0 + 1
            ) >= 1
            THEN 0 + 1
            ELSE 0 + 1 + LENGTH(CAST(ABS("t3"."end_ns" - (
              "t3"."end_ns" % 1000000000
            )) AS TEXT))
          END,
          LENGTH(CAST(ABS("t3"."end_ns" - (
            "t3"."end_ns" % 1000000000
          )) AS TEXT)) - 9
        )
      END || ':' || CAST(ABS("t3"."end_ns" % 1000000000) AS TEXT) || ')'
    END,
    '?'
  ) AS "detail"
FROM (
  SELECT DISTINCT
    *
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t0"."id",
        "t0"."start_ns",
        "t0"."end_ns",
        "t0"."timerange"
      FROM "objects" AS "t0"
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
            "t1"."timerange" = '[' || CAST(CAST((
              "t1"."start_ns" - (
                "t1"."start_ns" % 1000000000
              )
            ) / 1000000000 AS BIGINT) AS TEXT) || ':' || CAST("t1"."start_ns" % 1000000000 AS TEXT) || '_' || CAST(CAST((
              "t1"."end_ns" - (
                "t1"."end_ns" % 1000000000
              )
            ) / 1000000000 AS BIGINT) AS TEXT) || ':' || CAST("t1"."end_ns" % 1000000000 AS TEXT) || ')'
          ),
          FALSE
        )
      )
  ) AS "t2"
  WHERE
    "t2"."timerange" <> CASE
      WHEN "t2"."end_ns" <= "t2"."start_ns"
      THEN '()'
      WHEN CASE
        WHEN "t2"."start_ns" < "t2"."end_ns"
        THEN (
          "t2"."end_ns" - 1
        ) = "t2"."start_ns"
        ELSE FALSE
      END
      THEN '[' || CASE WHEN "t2"."start_ns" < 0 THEN '-' ELSE '' END || CASE
        WHEN CAST(ABS("t2"."start_ns" - (
          "t2"."start_ns" % 1000000000
        )) AS TEXT) = '0'
        THEN '0'
        ELSE SUBSTRING(
          CAST(ABS("t2"."start_ns" - (
            "t2"."start_ns" % 1000000000
          )) AS TEXT),
          CASE
            WHEN (
              0 + 1
            ) >= 1
            THEN 0 + 1
            ELSE 0 + 1 + LENGTH(CAST(ABS("t2"."start_ns" - (
              "t2"."start_ns" % 1000000000
            )) AS TEXT))
          END,
          LENGTH(CAST(ABS("t2"."start_ns" - (
            "t2"."start_ns" % 1000000000
          )) AS TEXT)) - 9
        )
      END || ':' || CAST(ABS("t2"."start_ns" % 1000000000) AS TEXT) || ']'
      ELSE '[' || CASE WHEN "t2"."start_ns" < 0 THEN '-' ELSE '' END || CASE
        WHEN CAST(ABS("t2"."start_ns" - (
          "t2"."start_ns" % 1000000000
        )) AS TEXT) = '0'
        THEN '0'
        ELSE SUBSTRING(
          CAST(ABS("t2"."start_ns" - (
            "t2"."start_ns" % 1000000000
          )) AS TEXT),
          CASE
            WHEN (
              0 + 1
            ) >= 1
            THEN 0 + 1
            ELSE 0 + 1 + LENGTH(CAST(ABS("t2"."start_ns" - (
              "t2"."start_ns" % 1000000000
            )) AS TEXT))
          END,
          LENGTH(CAST(ABS("t2"."start_ns" - (
            "t2"."start_ns" % 1000000000
          )) AS TEXT)) - 9
        )
      END || ':' || CAST(ABS("t2"."start_ns" % 1000000000) AS TEXT) || '_' || CASE WHEN "t2"."end_ns" < 0 THEN '-' ELSE '' END || CASE
        WHEN CAST(ABS("t2"."end_ns" - (
          "t2"."end_ns" % 1000000000
        )) AS TEXT) = '0'
        THEN '0'
        ELSE SUBSTRING(
          CAST(ABS("t2"."end_ns" - (
            "t2"."end_ns" % 1000000000
          )) AS TEXT),
          CASE
            WHEN (
              0 + 1
            ) >= 1
            THEN 0 + 1
            ELSE 0 + 1 + LENGTH(CAST(ABS("t2"."end_ns" - (
              "t2"."end_ns" % 1000000000
            )) AS TEXT))
          END,
          LENGTH(CAST(ABS("t2"."end_ns" - (
            "t2"."end_ns" % 1000000000
          )) AS TEXT)) - 9
        )
      END || ':' || CAST(ABS("t2"."end_ns" % 1000000000) AS TEXT) || ')'
    END
    AND NOT (
      "t2"."timerange" IN (
        '[' || CASE WHEN "t2"."start_ns" < 0 THEN '-' ELSE '' END || CASE
          WHEN CAST(ABS("t2"."start_ns" - (
            "t2"."start_ns" % 1000000000
          )) AS TEXT) = '0'
          THEN '0'
          ELSE SUBSTRING(
            CAST(ABS("t2"."start_ns" - (
              "t2"."start_ns" % 1000000000
            )) AS TEXT),
            CASE
              WHEN (
                0 + 1
              ) >= 1
              THEN 0 + 1
              ELSE 0 + 1 + LENGTH(CAST(ABS("t2"."start_ns" - (
                "t2"."start_ns" % 1000000000
              )) AS TEXT))
            END,
            LENGTH(CAST(ABS("t2"."start_ns" - (
              "t2"."start_ns" % 1000000000
            )) AS TEXT)) - 9
          )
        END || ':' || CAST(ABS("t2"."start_ns" % 1000000000) AS TEXT) || '_' || CASE WHEN "t2"."end_ns" < 0 THEN '-' ELSE '' END || CASE
          WHEN CAST(ABS("t2"."end_ns" - (
            "t2"."end_ns" % 1000000000
          )) AS TEXT) = '0'
          THEN '0'
          ELSE SUBSTRING(
            CAST(ABS("t2"."end_ns" - (
              "t2"."end_ns" % 1000000000
            )) AS TEXT),
            CASE
              WHEN (
                0 + 1
              ) >= 1
              THEN 0 + 1
              ELSE 0 + 1 + LENGTH(CAST(ABS("t2"."end_ns" - (
                "t2"."end_ns" % 1000000000
              )) AS TEXT))
            END,
            LENGTH(CAST(ABS("t2"."end_ns" - (
              "t2"."end_ns" % 1000000000
            )) AS TEXT)) - 9
          )
        END || ':' || CAST(ABS("t2"."end_ns" % 1000000000) AS TEXT) || ')',
        '[' || CASE WHEN "t2"."start_ns" < 0 THEN '-' ELSE '' END || CASE
          WHEN CAST(ABS("t2"."start_ns" - (
            "t2"."start_ns" % 1000000000
          )) AS TEXT) = '0'
          THEN '0'
          ELSE SUBSTRING(
            CAST(ABS("t2"."start_ns" - (
              "t2"."start_ns" % 1000000000
            )) AS TEXT),
            CASE
              WHEN (
                0 + 1
              ) >= 1
              THEN 0 + 1
              ELSE 0 + 1 + LENGTH(CAST(ABS("t2"."start_ns" - (
                "t2"."start_ns" % 1000000000
              )) AS TEXT))
            END,
            LENGTH(CAST(ABS("t2"."start_ns" - (
              "t2"."start_ns" % 1000000000
            )) AS TEXT)) - 9
          )
        END || ':' || CAST(ABS("t2"."start_ns" % 1000000000) AS TEXT) || '_' || CASE
          WHEN CASE
            WHEN "t2"."end_ns" > -9223372036854775808
            THEN "t2"."end_ns" - 1
            ELSE "t2"."end_ns"
          END < 0
          THEN '-'
          ELSE ''
        END || CASE
          WHEN CAST(ABS(
            CASE
              WHEN "t2"."end_ns" > -9223372036854775808
              THEN "t2"."end_ns" - 1
              ELSE "t2"."end_ns"
            END - (
              CASE
                WHEN "t2"."end_ns" > -9223372036854775808
                THEN "t2"."end_ns" - 1
                ELSE "t2"."end_ns"
              END % 1000000000
            )
          ) AS TEXT) = '0'
          THEN '0'
          ELSE SUBSTRING(
            CAST(ABS(
              CASE
                WHEN "t2"."end_ns" > -9223372036854775808
                THEN "t2"."end_ns" - 1
                ELSE "t2"."end_ns"
              END - (
                CASE
                  WHEN "t2"."end_ns" > -9223372036854775808
                  THEN "t2"."end_ns" - 1
                  ELSE "t2"."end_ns"
                END % 1000000000
              )
            ) AS TEXT),
            CASE
              WHEN (
                0 + 1
              ) >= 1
              THEN 0 + 1
              ELSE 0 + 1 + LENGTH(
                CAST(ABS(
                  CASE
                    WHEN "t2"."end_ns" > -9223372036854775808
                    THEN "t2"."end_ns" - 1
                    ELSE "t2"."end_ns"
                  END - (
                    CASE
                      WHEN "t2"."end_ns" > -9223372036854775808
                      THEN "t2"."end_ns" - 1
                      ELSE "t2"."end_ns"
                    END % 1000000000
                  )
                ) AS TEXT)
              )
            END,
            LENGTH(
              CAST(ABS(
                CASE
                  WHEN "t2"."end_ns" > -9223372036854775808
                  THEN "t2"."end_ns" - 1
                  ELSE "t2"."end_ns"
                END - (
                  CASE
                    WHEN "t2"."end_ns" > -9223372036854775808
                    THEN "t2"."end_ns" - 1
                    ELSE "t2"."end_ns"
                  END % 1000000000
                )
              ) AS TEXT)
            ) - 9
          )
        END || ':' || CAST(ABS(
          CASE
            WHEN "t2"."end_ns" > -9223372036854775808
            THEN "t2"."end_ns" - 1
            ELSE "t2"."end_ns"
          END % 1000000000
        ) AS TEXT) || ']',
        '[' || CASE WHEN "t2"."start_ns" < 0 THEN '-' ELSE '' END || CASE
          WHEN CAST(ABS("t2"."start_ns" - (
            "t2"."start_ns" % 1000000000
          )) AS TEXT) = '0'
          THEN '0'
          ELSE SUBSTRING(
            CAST(ABS("t2"."start_ns" - (
              "t2"."start_ns" % 1000000000
            )) AS TEXT),
            CASE
              WHEN (
                0 + 1
              ) >= 1
              THEN 0 + 1
              ELSE 0 + 1 + LENGTH(CAST(ABS("t2"."start_ns" - (
                "t2"."start_ns" % 1000000000
              )) AS TEXT))
            END,
            LENGTH(CAST(ABS("t2"."start_ns" - (
              "t2"."start_ns" % 1000000000
            )) AS TEXT)) - 9
          )
        END || ':' || CAST(ABS("t2"."start_ns" % 1000000000) AS TEXT) || '_' || CASE
          WHEN CASE
            WHEN "t2"."end_ns" > -9223372036854775808
            THEN "t2"."end_ns" - 1
            ELSE "t2"."end_ns"
          END < 0
          THEN '-'
          ELSE ''
        END || CASE
          WHEN CAST(ABS(
            CASE
              WHEN "t2"."end_ns" > -9223372036854775808
              THEN "t2"."end_ns" - 1
              ELSE "t2"."end_ns"
            END - (
              CASE
                WHEN "t2"."end_ns" > -9223372036854775808
                THEN "t2"."end_ns" - 1
                ELSE "t2"."end_ns"
              END % 1000000000
            )
          ) AS TEXT) = '0'
          THEN '0'
          ELSE SUBSTRING(
            CAST(ABS(
              CASE
                WHEN "t2"."end_ns" > -9223372036854775808
                THEN "t2"."end_ns" - 1
                ELSE "t2"."end_ns"
              END - (
                CASE
                  WHEN "t2"."end_ns" > -9223372036854775808
                  THEN "t2"."end_ns" - 1
                  ELSE "t2"."end_ns"
                END % 1000000000
              )
            ) AS TEXT),
            CASE
              WHEN (
                0 + 1
              ) >= 1
              THEN 0 + 1
              ELSE 0 + 1 + LENGTH(
                CAST(ABS(
                  CASE
                    WHEN "t2"."end_ns" > -9223372036854775808
                    THEN "t2"."end_ns" - 1
                    ELSE "t2"."end_ns"
                  END - (
                    CASE
                      WHEN "t2"."end_ns" > -9223372036854775808
                      THEN "t2"."end_ns" - 1
                      ELSE "t2"."end_ns"
                    END % 1000000000
                  )
                ) AS TEXT)
              )
            END,
            LENGTH(
              CAST(ABS(
                CASE
                  WHEN "t2"."end_ns" > -9223372036854775808
                  THEN "t2"."end_ns" - 1
                  ELSE "t2"."end_ns"
                END - (
                  CASE
                    WHEN "t2"."end_ns" > -9223372036854775808
                    THEN "t2"."end_ns" - 1
                    ELSE "t2"."end_ns"
                  END % 1000000000
                )
              ) AS TEXT)
            ) - 9
          )
        END || ':' || CAST(ABS(
          CASE
            WHEN "t2"."end_ns" > -9223372036854775808
            THEN "t2"."end_ns" - 1
            ELSE "t2"."end_ns"
          END % 1000000000
        ) AS TEXT),
        '(' || CASE
          WHEN CASE
            WHEN "t2"."start_ns" > -9223372036854775808
            THEN "t2"."start_ns" - 1
            ELSE "t2"."start_ns"
          END < 0
          THEN '-'
          ELSE ''
        END || CASE
          WHEN CAST(ABS(
            CASE
              WHEN "t2"."start_ns" > -9223372036854775808
              THEN "t2"."start_ns" - 1
              ELSE "t2"."start_ns"
            END - (
              CASE
                WHEN "t2"."start_ns" > -9223372036854775808
                THEN "t2"."start_ns" - 1
                ELSE "t2"."start_ns"
              END % 1000000000
            )
          ) AS TEXT) = '0'
          THEN '0'
          ELSE SUBSTRING(
            CAST(ABS(
              CASE
                WHEN "t2"."start_ns" > -9223372036854775808
                THEN "t2"."start_ns" - 1
                ELSE "t2"."start_ns"
              END - (
                CASE
                  WHEN "t2"."start_ns" > -9223372036854775808
                  THEN "t2"."start_ns" - 1
                  ELSE "t2"."start_ns"
                END % 1000000000
              )
            ) AS TEXT),
            CASE
              WHEN (
                0 + 1
              ) >= 1
              THEN 0 + 1
              ELSE 0 + 1 + LENGTH(
                CAST(ABS(
                  CASE
                    WHEN "t2"."start_ns" > -9223372036854775808
                    THEN "t2"."start_ns" - 1
                    ELSE "t2"."start_ns"
                  END - (
                    CASE
                      WHEN "t2"."start_ns" > -9223372036854775808
                      THEN "t2"."start_ns" - 1
                      ELSE "t2"."start_ns"
                    END % 1000000000
                  )
                ) AS TEXT)
              )
            END,
            LENGTH(
              CAST(ABS(
                CASE
                  WHEN "t2"."start_ns" > -9223372036854775808
                  THEN "t2"."start_ns" - 1
                  ELSE "t2"."start_ns"
                END - (
                  CASE
                    WHEN "t2"."start_ns" > -9223372036854775808
                    THEN "t2"."start_ns" - 1
                    ELSE "t2"."start_ns"
                  END % 1000000000
                )
              ) AS TEXT)
            ) - 9
          )
        END || ':' || CAST(ABS(
          CASE
            WHEN "t2"."start_ns" > -9223372036854775808
            THEN "t2"."start_ns" - 1
            ELSE "t2"."start_ns"
          END % 1000000000
        ) AS TEXT) || '_' || CASE WHEN "t2"."end_ns" < 0 THEN '-' ELSE '' END || CASE
          WHEN CAST(ABS("t2"."end_ns" - (
            "t2"."end_ns" % 1000000000
          )) AS TEXT) = '0'
          THEN '0'
          ELSE SUBSTRING(
            CAST(ABS("t2"."end_ns" - (
              "t2"."end_ns" % 1000000000
            )) AS TEXT),
            CASE
              WHEN (
                0 + 1
              ) >= 1
              THEN 0 + 1
              ELSE 0 + 1 + LENGTH(CAST(ABS("t2"."end_ns" - (
                "t2"."end_ns" % 1000000000
              )) AS TEXT))
            END,
            LENGTH(CAST(ABS("t2"."end_ns" - (
              "t2"."end_ns" % 1000000000
            )) AS TEXT)) - 9
          )
        END || ':' || CAST(ABS("t2"."end_ns" % 1000000000) AS TEXT) || ')',
        '(' || CASE
          WHEN CASE
            WHEN "t2"."start_ns" > -9223372036854775808
            THEN "t2"."start_ns" - 1
            ELSE "t2"."start_ns"
          END < 0
          THEN '-'
          ELSE ''
        END || CASE
          WHEN CAST(ABS(
            CASE
              WHEN "t2"."start_ns" > -9223372036854775808
              THEN "t2"."start_ns" - 1
              ELSE "t2"."start_ns"
            END - (
              CASE
                WHEN "t2"."start_ns" > -9223372036854775808
                THEN "t2"."start_ns" - 1
                ELSE "t2"."start_ns"
              END % 1000000000
            )
          ) AS TEXT) = '0'
          THEN '0'
          ELSE SUBSTRING(
            CAST(ABS(
              CASE
                WHEN "t2"."start_ns" > -9223372036854775808
                THEN "t2"."start_ns" - 1
                ELSE "t2"."start_ns"
              END - (
                CASE
                  WHEN "t2"."start_ns" > -9223372036854775808
                  THEN "t2"."start_ns" - 1
                  ELSE "t2"."start_ns"
                END % 1000000000
              )
            ) AS TEXT),
            CASE
              WHEN (
                0 + 1
              ) >= 1
              THEN 0 + 1
              ELSE 0 + 1 + LENGTH(
                CAST(ABS(
                  CASE
                    WHEN "t2"."start_ns" > -9223372036854775808
                    THEN "t2"."start_ns" - 1
                    ELSE "t2"."start_ns"
                  END - (
                    CASE
                      WHEN "t2"."start_ns" > -9223372036854775808
                      THEN "t2"."start_ns" - 1
                      ELSE "t2"."start_ns"
                    END % 1000000000
                  )
                ) AS TEXT)
              )
            END,
            LENGTH(
              CAST(ABS(
                CASE
                  WHEN "t2"."start_ns" > -9223372036854775808
                  THEN "t2"."start_ns" - 1
                  ELSE "t2"."start_ns"
                END - (
                  CASE
                    WHEN "t2"."start_ns" > -9223372036854775808
                    THEN "t2"."start_ns" - 1
                    ELSE "t2"."start_ns"
                  END % 1000000000
                )
              ) AS TEXT)
            ) - 9
          )
        END || ':' || CAST(ABS(
          CASE
            WHEN "t2"."start_ns" > -9223372036854775808
            THEN "t2"."start_ns" - 1
            ELSE "t2"."start_ns"
          END % 1000000000
        ) AS TEXT) || '_' || CASE
          WHEN CASE
            WHEN "t2"."end_ns" > -9223372036854775808
            THEN "t2"."end_ns" - 1
            ELSE "t2"."end_ns"
          END < 0
          THEN '-'
          ELSE ''
        END || CASE
          WHEN CAST(ABS(
            CASE
              WHEN "t2"."end_ns" > -9223372036854775808
              THEN "t2"."end_ns" - 1
              ELSE "t2"."end_ns"
            END - (
              CASE
                WHEN "t2"."end_ns" > -9223372036854775808
                THEN "t2"."end_ns" - 1
                ELSE "t2"."end_ns"
              END % 1000000000
            )
          ) AS TEXT) = '0'
          THEN '0'
          ELSE SUBSTRING(
            CAST(ABS(
              CASE
                WHEN "t2"."end_ns" > -9223372036854775808
                THEN "t2"."end_ns" - 1
                ELSE "t2"."end_ns"
              END - (
                CASE
                  WHEN "t2"."end_ns" > -9223372036854775808
                  THEN "t2"."end_ns" - 1
                  ELSE "t2"."end_ns"
                END % 1000000000
              )
            ) AS TEXT),
            CASE
              WHEN (
                0 + 1
              ) >= 1
              THEN 0 + 1
              ELSE 0 + 1 + LENGTH(
                CAST(ABS(
                  CASE
                    WHEN "t2"."end_ns" > -9223372036854775808
                    THEN "t2"."end_ns" - 1
                    ELSE "t2"."end_ns"
                  END - (
                    CASE
                      WHEN "t2"."end_ns" > -9223372036854775808
                      THEN "t2"."end_ns" - 1
                      ELSE "t2"."end_ns"
                    END % 1000000000
                  )
                ) AS TEXT)
              )
            END,
            LENGTH(
              CAST(ABS(
                CASE
                  WHEN "t2"."end_ns" > -9223372036854775808
                  THEN "t2"."end_ns" - 1
                  ELSE "t2"."end_ns"
                END - (
                  CASE
                    WHEN "t2"."end_ns" > -9223372036854775808
                    THEN "t2"."end_ns" - 1
                    ELSE "t2"."end_ns"
                  END % 1000000000
                )
              ) AS TEXT)
            ) - 9
          )
        END || ':' || CAST(ABS(
          CASE
            WHEN "t2"."end_ns" > -9223372036854775808
            THEN "t2"."end_ns" - 1
            ELSE "t2"."end_ns"
          END % 1000000000
        ) AS TEXT) || ']',
        '(' || CASE
          WHEN CASE
            WHEN "t2"."start_ns" > -9223372036854775808
            THEN "t2"."start_ns" - 1
            ELSE "t2"."start_ns"
          END < 0
          THEN '-'
          ELSE ''
        END || CASE
          WHEN CAST(ABS(
            CASE
              WHEN "t2"."start_ns" > -9223372036854775808
              THEN "t2"."start_ns" - 1
              ELSE "t2"."start_ns"
            END - (
              CASE
                WHEN "t2"."start_ns" > -9223372036854775808
                THEN "t2"."start_ns" - 1
                ELSE "t2"."start_ns"
              END % 1000000000
            )
          ) AS TEXT) = '0'
          THEN '0'
          ELSE SUBSTRING(
            CAST(ABS(
              CASE
                WHEN "t2"."start_ns" > -9223372036854775808
                THEN "t2"."start_ns" - 1
                ELSE "t2"."start_ns"
              END - (
                CASE
                  WHEN "t2"."start_ns" > -9223372036854775808
                  THEN "t2"."start_ns" - 1
                  ELSE "t2"."start_ns"
                END % 1000000000
              )
            ) AS TEXT),
            CASE
              WHEN (
                0 + 1
              ) >= 1
              THEN 0 + 1
              ELSE 0 + 1 + LENGTH(
                CAST(ABS(
                  CASE
                    WHEN "t2"."start_ns" > -9223372036854775808
                    THEN "t2"."start_ns" - 1
                    ELSE "t2"."start_ns"
                  END - (
                    CASE
                      WHEN "t2"."start_ns" > -9223372036854775808
                      THEN "t2"."start_ns" - 1
                      ELSE "t2"."start_ns"
                    END % 1000000000
                  )
                ) AS TEXT)
              )
            END,
            LENGTH(
              CAST(ABS(
                CASE
                  WHEN "t2"."start_ns" > -9223372036854775808
                  THEN "t2"."start_ns" - 1
                  ELSE "t2"."start_ns"
                END - (
                  CASE
                    WHEN "t2"."start_ns" > -9223372036854775808
                    THEN "t2"."start_ns" - 1
                    ELSE "t2"."start_ns"
                  END % 1000000000
                )
              ) AS TEXT)
            ) - 9
          )
        END || ':' || CAST(ABS(
          CASE
            WHEN "t2"."start_ns" > -9223372036854775808
            THEN "t2"."start_ns" - 1
            ELSE "t2"."start_ns"
          END % 1000000000
        ) AS TEXT) || '_' || CASE
          WHEN CASE
            WHEN "t2"."end_ns" > -9223372036854775808
            THEN "t2"."end_ns" - 1
            ELSE "t2"."end_ns"
          END < 0
          THEN '-'
          ELSE ''
        END || CASE
          WHEN CAST(ABS(
            CASE
              WHEN "t2"."end_ns" > -9223372036854775808
              THEN "t2"."end_ns" - 1
              ELSE "t2"."end_ns"
            END - (
              CASE
                WHEN "t2"."end_ns" > -9223372036854775808
                THEN "t2"."end_ns" - 1
                ELSE "t2"."end_ns"
              END % 1000000000
            )
          ) AS TEXT) = '0'
          THEN '0'
          ELSE SUBSTRING(
            CAST(ABS(
              CASE
                WHEN "t2"."end_ns" > -9223372036854775808
                THEN "t2"."end_ns" - 1
                ELSE "t2"."end_ns"
              END - (
                CASE
                  WHEN "t2"."end_ns" > -9223372036854775808
                  THEN "t2"."end_ns" - 1
                  ELSE "t2"."end_ns"
                END % 1000000000
              )
            ) AS TEXT),
            CASE
              WHEN (
                0 + 1
              ) >= 1
              THEN 0 + 1
              ELSE 0 + 1 + LENGTH(
                CAST(ABS(
                  CASE
                    WHEN "t2"."end_ns" > -9223372036854775808
                    THEN "t2"."end_ns" - 1
                    ELSE "t2"."end_ns"
                  END - (
                    CASE
                      WHEN "t2"."end_ns" > -9223372036854775808
                      THEN "t2"."end_ns" - 1
                      ELSE "t2"."end_ns"
                    END % 1000000000
                  )
                ) AS TEXT)
              )
            END,
            LENGTH(
              CAST(ABS(
                CASE
                  WHEN "t2"."end_ns" > -9223372036854775808
                  THEN "t2"."end_ns" - 1
                  ELSE "t2"."end_ns"
                END - (
                  CASE
                    WHEN "t2"."end_ns" > -9223372036854775808
                    THEN "t2"."end_ns" - 1
                    ELSE "t2"."end_ns"
                  END % 1000000000
                )
              ) AS TEXT)
            ) - 9
          )
        END || ':' || CAST(ABS(
          CASE
            WHEN "t2"."end_ns" > -9223372036854775808
            THEN "t2"."end_ns" - 1
            ELSE "t2"."end_ns"
          END % 1000000000
        ) AS TEXT),
        CASE WHEN "t2"."start_ns" < 0 THEN '-' ELSE '' END || CASE
          WHEN CAST(ABS("t2"."start_ns" - (
            "t2"."start_ns" % 1000000000
          )) AS TEXT) = '0'
          THEN '0'
          ELSE SUBSTRING(
            CAST(ABS("t2"."start_ns" - (
              "t2"."start_ns" % 1000000000
            )) AS TEXT),
            CASE
              WHEN (
                0 + 1
              ) >= 1
              THEN 0 + 1
              ELSE 0 + 1 + LENGTH(CAST(ABS("t2"."start_ns" - (
                "t2"."start_ns" % 1000000000
              )) AS TEXT))
            END,
            LENGTH(CAST(ABS("t2"."start_ns" - (
              "t2"."start_ns" % 1000000000
            )) AS TEXT)) - 9
          )
        END || ':' || CAST(ABS("t2"."start_ns" % 1000000000) AS TEXT) || '_' || CASE WHEN "t2"."end_ns" < 0 THEN '-' ELSE '' END || CASE
          WHEN CAST(ABS("t2"."end_ns" - (
            "t2"."end_ns" % 1000000000
          )) AS TEXT) = '0'
          THEN '0'
          ELSE SUBSTRING(
            CAST(ABS("t2"."end_ns" - (
              "t2"."end_ns" % 1000000000
            )) AS TEXT),
            CASE
              WHEN (
                0 + 1
              ) >= 1
              THEN 0 + 1
              ELSE 0 + 1 + LENGTH(CAST(ABS("t2"."end_ns" - (
                "t2"."end_ns" % 1000000000
              )) AS TEXT))
            END,
            LENGTH(CAST(ABS("t2"."end_ns" - (
              "t2"."end_ns" % 1000000000
            )) AS TEXT)) - 9
          )
        END || ':' || CAST(ABS("t2"."end_ns" % 1000000000) AS TEXT) || ')',
        CASE WHEN "t2"."start_ns" < 0 THEN '-' ELSE '' END || CASE
          WHEN CAST(ABS("t2"."start_ns" - (
            "t2"."start_ns" % 1000000000
          )) AS TEXT) = '0'
          THEN '0'
          ELSE SUBSTRING(
            CAST(ABS("t2"."start_ns" - (
              "t2"."start_ns" % 1000000000
            )) AS TEXT),
            CASE
              WHEN (
                0 + 1
              ) >= 1
              THEN 0 + 1
              ELSE 0 + 1 + LENGTH(CAST(ABS("t2"."start_ns" - (
                "t2"."start_ns" % 1000000000
              )) AS TEXT))
            END,
            LENGTH(CAST(ABS("t2"."start_ns" - (
              "t2"."start_ns" % 1000000000
            )) AS TEXT)) - 9
          )
        END || ':' || CAST(ABS("t2"."start_ns" % 1000000000) AS TEXT) || '_' || CASE
          WHEN CASE
            WHEN "t2"."end_ns" > -9223372036854775808
            THEN "t2"."end_ns" - 1
            ELSE "t2"."end_ns"
          END < 0
          THEN '-'
          ELSE ''
        END || CASE
          WHEN CAST(ABS(
            CASE
              WHEN "t2"."end_ns" > -9223372036854775808
              THEN "t2"."end_ns" - 1
              ELSE "t2"."end_ns"
            END - (
              CASE
                WHEN "t2"."end_ns" > -9223372036854775808
                THEN "t2"."end_ns" - 1
                ELSE "t2"."end_ns"
              END % 1000000000
            )
          ) AS TEXT) = '0'
          THEN '0'
          ELSE SUBSTRING(
            CAST(ABS(
              CASE
                WHEN "t2"."end_ns" > -9223372036854775808
                THEN "t2"."end_ns" - 1
                ELSE "t2"."end_ns"
              END - (
                CASE
                  WHEN "t2"."end_ns" > -9223372036854775808
                  THEN "t2"."end_ns" - 1
                  ELSE "t2"."end_ns"
                END % 1000000000
              )
            ) AS TEXT),
            CASE
              WHEN (
                0 + 1
              ) >= 1
              THEN 0 + 1
              ELSE 0 + 1 + LENGTH(
                CAST(ABS(
                  CASE
                    WHEN "t2"."end_ns" > -9223372036854775808
                    THEN "t2"."end_ns" - 1
                    ELSE "t2"."end_ns"
                  END - (
                    CASE
                      WHEN "t2"."end_ns" > -9223372036854775808
                      THEN "t2"."end_ns" - 1
                      ELSE "t2"."end_ns"
                    END % 1000000000
                  )
                ) AS TEXT)
              )
            END,
            LENGTH(
              CAST(ABS(
                CASE
                  WHEN "t2"."end_ns" > -9223372036854775808
                  THEN "t2"."end_ns" - 1
                  ELSE "t2"."end_ns"
                END - (
                  CASE
                    WHEN "t2"."end_ns" > -9223372036854775808
                    THEN "t2"."end_ns" - 1
                    ELSE "t2"."end_ns"
                  END % 1000000000
                )
              ) AS TEXT)
            ) - 9
          )
        END || ':' || CAST(ABS(
          CASE
            WHEN "t2"."end_ns" > -9223372036854775808
            THEN "t2"."end_ns" - 1
            ELSE "t2"."end_ns"
          END % 1000000000
        ) AS TEXT) || ']',
        CASE WHEN "t2"."start_ns" < 0 THEN '-' ELSE '' END || CASE
          WHEN CAST(ABS("t2"."start_ns" - (
            "t2"."start_ns" % 1000000000
          )) AS TEXT) = '0'
          THEN '0'
          ELSE SUBSTRING(
            CAST(ABS("t2"."start_ns" - (
              "t2"."start_ns" % 1000000000
            )) AS TEXT),
            CASE
              WHEN (
                0 + 1
              ) >= 1
              THEN 0 + 1
              ELSE 0 + 1 + LENGTH(CAST(ABS("t2"."start_ns" - (
                "t2"."start_ns" % 1000000000
              )) AS TEXT))
            END,
            LENGTH(CAST(ABS("t2"."start_ns" - (
              "t2"."start_ns" % 1000000000
            )) AS TEXT)) - 9
          )
        END || ':' || CAST(ABS("t2"."start_ns" % 1000000000) AS TEXT) || '_' || CASE
          WHEN CASE
            WHEN "t2"."end_ns" > -9223372036854775808
            THEN "t2"."end_ns" - 1
            ELSE "t2"."end_ns"
          END < 0
          THEN '-'
          ELSE ''
        END || CASE
          WHEN CAST(ABS(
            CASE
              WHEN "t2"."end_ns" > -9223372036854775808
              THEN "t2"."end_ns" - 1
              ELSE "t2"."end_ns"
            END - (
              CASE
                WHEN "t2"."end_ns" > -9223372036854775808
                THEN "t2"."end_ns" - 1
                ELSE "t2"."end_ns"
              END % 1000000000
            )
          ) AS TEXT) = '0'
          THEN '0'
          ELSE SUBSTRING(
            CAST(ABS(
              CASE
                WHEN "t2"."end_ns" > -9223372036854775808
                THEN "t2"."end_ns" - 1
                ELSE "t2"."end_ns"
              END - (
                CASE
                  WHEN "t2"."end_ns" > -9223372036854775808
                  THEN "t2"."end_ns" - 1
                  ELSE "t2"."end_ns"
                END % 1000000000
              )
            ) AS TEXT),
            CASE
              WHEN (
                0 + 1
              ) >= 1
              THEN 0 + 1
              ELSE 0 + 1 + LENGTH(
                CAST(ABS(
                  CASE
                    WHEN "t2"."end_ns" > -9223372036854775808
                    THEN "t2"."end_ns" - 1
                    ELSE "t2"."end_ns"
                  END - (
                    CASE
                      WHEN "t2"."end_ns" > -9223372036854775808
                      THEN "t2"."end_ns" - 1
                      ELSE "t2"."end_ns"
                    END % 1000000000
                  )
                ) AS TEXT)
              )
            END,
            LENGTH(
              CAST(ABS(
                CASE
                  WHEN "t2"."end_ns" > -9223372036854775808
                  THEN "t2"."end_ns" - 1
                  ELSE "t2"."end_ns"
                END - (
                  CASE
                    WHEN "t2"."end_ns" > -9223372036854775808
                    THEN "t2"."end_ns" - 1
                    ELSE "t2"."end_ns"
                  END % 1000000000
                )
              ) AS TEXT)
            ) - 9
          )
        END || ':' || CAST(ABS(
          CASE
            WHEN "t2"."end_ns" > -9223372036854775808
            THEN "t2"."end_ns" - 1
            ELSE "t2"."end_ns"
          END % 1000000000
        ) AS TEXT)
      )
    )
    AND NOT (
      (
        CASE
          WHEN "t2"."end_ns" > -9223372036854775808
          THEN "t2"."end_ns" - 1
          ELSE "t2"."end_ns"
        END = "t2"."start_ns"
      )
      AND "t2"."timerange" IN (
        '[' || CASE WHEN "t2"."start_ns" < 0 THEN '-' ELSE '' END || CASE
          WHEN CAST(ABS("t2"."start_ns" - (
            "t2"."start_ns" % 1000000000
          )) AS TEXT) = '0'
          THEN '0'
          ELSE SUBSTRING(
            CAST(ABS("t2"."start_ns" - (
              "t2"."start_ns" % 1000000000
            )) AS TEXT),
            CASE
              WHEN (
                0 + 1
              ) >= 1
              THEN 0 + 1
              ELSE 0 + 1 + LENGTH(CAST(ABS("t2"."start_ns" - (
                "t2"."start_ns" % 1000000000
              )) AS TEXT))
            END,
            LENGTH(CAST(ABS("t2"."start_ns" - (
              "t2"."start_ns" % 1000000000
            )) AS TEXT)) - 9
          )
        END || ':' || CAST(ABS("t2"."start_ns" % 1000000000) AS TEXT) || ']',
        CASE WHEN "t2"."start_ns" < 0 THEN '-' ELSE '' END || CASE
          WHEN CAST(ABS("t2"."start_ns" - (
            "t2"."start_ns" % 1000000000
          )) AS TEXT) = '0'
          THEN '0'
          ELSE SUBSTRING(
            CAST(ABS("t2"."start_ns" - (
              "t2"."start_ns" % 1000000000
            )) AS TEXT),
            CASE
              WHEN (
                0 + 1
              ) >= 1
              THEN 0 + 1
              ELSE 0 + 1 + LENGTH(CAST(ABS("t2"."start_ns" - (
                "t2"."start_ns" % 1000000000
              )) AS TEXT))
            END,
            LENGTH(CAST(ABS("t2"."start_ns" - (
              "t2"."start_ns" % 1000000000
            )) AS TEXT)) - 9
          )
        END || ':' || CAST(ABS("t2"."start_ns" % 1000000000) AS TEXT)
      )
    )
) AS "t3"
