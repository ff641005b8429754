-- Is there any row of which this is true: an object's text says another timerange than its bounds?
-- What would mend it: delete its segments and register them again by the text
SELECT
  'object_bounds_differ_from_text' AS "check",
  'error' AS "severity",
  'objects' AS "entity",
  COALESCE(CAST("t1"."id" AS TEXT), '?') AS "id",
  COALESCE(
    "t1"."timerange" || ': ' || 'the text is not that of its bounds, ' || CASE
      WHEN "t1"."end_ns" <= "t1"."start_ns"
      THEN '()'
      WHEN CASE
        WHEN "t1"."start_ns" < "t1"."end_ns"
        THEN (
          "t1"."end_ns" - 1
        ) = "t1"."start_ns"
        ELSE FALSE
      END
      THEN '[' || CASE WHEN "t1"."start_ns" < 0 THEN '-' ELSE '' END || CASE
        WHEN CAST(ABS("t1"."start_ns" - (
          "t1"."start_ns" % 1000000000
        )) AS TEXT) = '0'
        THEN '0'
        ELSE SUBSTRING(
          CAST(ABS("t1"."start_ns" - (
            "t1"."start_ns" % 1000000000
          )) AS TEXT),
          CASE
            WHEN (
              0 + 1
            ) >= 1
            THEN 0 + 1
            ELSE 0 + 1 + LENGTH(CAST(ABS("t1"."start_ns" - (
              "t1"."start_ns" % 1000000000
            )) AS TEXT))
          END,
          LENGTH(CAST(ABS("t1"."start_ns" - (
            "t1"."start_ns" % 1000000000
          )) AS TEXT)) - 9
        )
      END || ':' || CAST(ABS("t1"."start_ns" % 1000000000) AS TEXT) || ']'
      ELSE '[' || CASE WHEN "t1"."start_ns" < 0 THEN '-' ELSE '' END || CASE
        WHEN CAST(ABS("t1"."start_ns" - (
          "t1"."start_ns" % 1000000000
        )) AS TEXT) = '0'
        THEN '0'
        ELSE SUBSTRING(
          CAST(ABS("t1"."start_ns" - (
            "t1"."start_ns" % 1000000000
          )) AS TEXT),
          CASE
            WHEN (
              0 + 1
            ) >= 1
            THEN 0 + 1
            ELSE 0 + 1 + LENGTH(CAST(ABS("t1"."start_ns" - (
              "t1"."start_ns" % 1000000000
            )) AS TEXT))
          END,
          LENGTH(CAST(ABS("t1"."start_ns" - (
            "t1"."start_ns" % 1000000000
          )) AS TEXT)) - 9
        )
      END || ':' || CAST(ABS("t1"."start_ns" % 1000000000) AS TEXT) || '_' || CASE WHEN "t1"."end_ns" < 0 THEN '-' ELSE '' END || CASE
        WHEN CAST(ABS("t1"."end_ns" - (
          "t1"."end_ns" % 1000000000
        )) AS TEXT) = '0'
        THEN '0'
        ELSE SUBSTRING(
          CAST(ABS("t1"."end_ns" - (
            "t1"."end_ns" % 1000000000
          )) AS TEXT),
          CASE
            WHEN (
              0 + 1
            ) >= 1
            THEN 0 + 1
            ELSE 0 + 1 + LENGTH(CAST(ABS("t1"."end_ns" - (
              "t1"."end_ns" % 1000000000
            )) AS TEXT))
          END,
          LENGTH(CAST(ABS("t1"."end_ns" - (
            "t1"."end_ns" % 1000000000
          )) AS TEXT)) - 9
        )
      END || ':' || CAST(ABS("t1"."end_ns" % 1000000000) AS TEXT) || ')'
    END,
    '?'
  ) AS "detail"
FROM (
  SELECT DISTINCT
    "t0"."id",
    "t0"."start_ns",
    "t0"."end_ns",
    "t0"."timerange"
  FROM "objects" AS "t0"
  WHERE
    NOT (
      COALESCE(
        (
          "t0"."start_ns" >= 0
        )
        AND (
          "t0"."start_ns" < CASE
            WHEN "t0"."end_ns" > -9223372036854775808
            THEN "t0"."end_ns" - 1
            ELSE "t0"."end_ns"
          END
        )
        AND (
          "t0"."timerange" = '[' || CAST(CAST((
            "t0"."start_ns" - (
              "t0"."start_ns" % 1000000000
            )
          ) / 1000000000 AS BIGINT) AS TEXT) || ':' || CAST("t0"."start_ns" % 1000000000 AS TEXT) || '_' || CAST(CAST((
            "t0"."end_ns" - (
              "t0"."end_ns" % 1000000000
            )
          ) / 1000000000 AS BIGINT) AS TEXT) || ':' || CAST("t0"."end_ns" % 1000000000 AS TEXT) || ')'
        ),
        FALSE
      )
    )
    AND "t0"."timerange" <> CASE
      WHEN STARTS_WITH("t0"."timerange", '(')
      THEN '('
      WHEN STARTS_WITH("t0"."timerange", '[')
      THEN '['
      ELSE ''
    END || CASE
      WHEN CASE
        WHEN STARTS_WITH("t0"."timerange", '(')
        THEN CASE
          WHEN "t0"."start_ns" > -9223372036854775808
          THEN "t0"."start_ns" - 1
          ELSE "t0"."start_ns"
        END
        ELSE "t0"."start_ns"
      END < 0
      THEN '-'
      ELSE ''
    END || CASE
      WHEN CAST(ABS(
        CASE
          WHEN STARTS_WITH("t0"."timerange", '(')
          THEN CASE
            WHEN "t0"."start_ns" > -9223372036854775808
            THEN "t0"."start_ns" - 1
            ELSE "t0"."start_ns"
          END
          ELSE "t0"."start_ns"
        END - (
          CASE
            WHEN STARTS_WITH("t0"."timerange", '(')
            THEN CASE
              WHEN "t0"."start_ns" > -9223372036854775808
              THEN "t0"."start_ns" - 1
              ELSE "t0"."start_ns"
            END
            ELSE "t0"."start_ns"
          END % 1000000000
        )
      ) AS TEXT) = '0'
      THEN '0'
      ELSE SUBSTRING(
        CAST(ABS(
          CASE
            WHEN STARTS_WITH("t0"."timerange", '(')
            THEN CASE
              WHEN "t0"."start_ns" > -9223372036854775808
              THEN "t0"."start_ns" - 1
              ELSE "t0"."start_ns"
            END
            ELSE "t0"."start_ns"
          END - (
            CASE
              WHEN STARTS_WITH("t0"."timerange", '(')
              THEN CASE
                WHEN "t0"."start_ns" > -9223372036854775808
                THEN "t0"."start_ns" - 1
                ELSE "t0"."start_ns"
              END
              ELSE "t0"."start_ns"
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
                WHEN STARTS_WITH("t0"."timerange", '(')
                THEN CASE
                  WHEN "t0"."start_ns" > -9223372036854775808
                  THEN "t0"."start_ns" - 1
                  ELSE "t0"."start_ns"
                END
                ELSE "t0"."start_ns"
              END - (
                CASE
                  WHEN STARTS_WITH("t0"."timerange", '(')
                  THEN CASE
                    WHEN "t0"."start_ns" > -9223372036854775808
                    THEN "t0"."start_ns" - 1
                    ELSE "t0"."start_ns"
                  END
                  ELSE "t0"."start_ns"
                END % 1000000000
              )
            ) AS TEXT)
          )
        END,
        LENGTH(
          CAST(ABS(
            CASE
              WHEN STARTS_WITH("t0"."timerange", '(')
              THEN CASE
                WHEN "t0"."start_ns" > -9223372036854775808
                THEN "t0"."start_ns" - 1
                ELSE "t0"."start_ns"
              END
              ELSE "t0"."start_ns"
            END - (
              CASE
                WHEN STARTS_WITH("t0"."timerange", '(')
                THEN CASE
                  WHEN "t0"."start_ns" > -9223372036854775808
                  THEN "t0"."start_ns" - 1
                  ELSE "t0"."start_ns"
                END
                ELSE "t0"."start_ns"
              END % 1000000000
            )
          ) AS TEXT)
        ) - 9
      )
    END || ':' || CAST(ABS(
      CASE
        WHEN STARTS_WITH("t0"."timerange", '(')
        THEN CASE
          WHEN "t0"."start_ns" > -9223372036854775808
          THEN "t0"."start_ns" - 1
          ELSE "t0"."start_ns"
        END
        ELSE "t0"."start_ns"
      END % 1000000000
    ) AS TEXT) || '_' || CASE
      WHEN CASE
        WHEN SUFFIX("t0"."timerange", ')')
        THEN "t0"."end_ns"
        ELSE CASE
          WHEN "t0"."end_ns" > -9223372036854775808
          THEN "t0"."end_ns" - 1
          ELSE "t0"."end_ns"
        END
      END < 0
      THEN '-'
      ELSE ''
    END || CASE
      WHEN CAST(ABS(
        CASE
          WHEN SUFFIX("t0"."timerange", ')')
          THEN "t0"."end_ns"
          ELSE CASE
            WHEN "t0"."end_ns" > -9223372036854775808
            THEN "t0"."end_ns" - 1
            ELSE "t0"."end_ns"
          END
        END - (
          CASE
            WHEN SUFFIX("t0"."timerange", ')')
            THEN "t0"."end_ns"
            ELSE CASE
              WHEN "t0"."end_ns" > -9223372036854775808
              THEN "t0"."end_ns" - 1
              ELSE "t0"."end_ns"
            END
          END % 1000000000
        )
      ) AS TEXT) = '0'
      THEN '0'
      ELSE SUBSTRING(
        CAST(ABS(
          CASE
            WHEN SUFFIX("t0"."timerange", ')')
            THEN "t0"."end_ns"
            ELSE CASE
              WHEN "t0"."end_ns" > -9223372036854775808
              THEN "t0"."end_ns" - 1
              ELSE "t0"."end_ns"
            END
          END - (
            CASE
              WHEN SUFFIX("t0"."timerange", ')')
              THEN "t0"."end_ns"
              ELSE CASE
                WHEN "t0"."end_ns" > -9223372036854775808
                THEN "t0"."end_ns" - 1
                ELSE "t0"."end_ns"
              END
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
                WHEN SUFFIX("t0"."timerange", ')')
                THEN "t0"."end_ns"
                ELSE CASE
                  WHEN "t0"."end_ns" > -9223372036854775808
                  THEN "t0"."end_ns" - 1
                  ELSE "t0"."end_ns"
                END
              END - (
                CASE
                  WHEN SUFFIX("t0"."timerange", ')')
                  THEN "t0"."end_ns"
                  ELSE CASE
                    WHEN "t0"."end_ns" > -9223372036854775808
                    THEN "t0"."end_ns" - 1
                    ELSE "t0"."end_ns"
                  END
                END % 1000000000
              )
            ) AS TEXT)
          )
        END,
        LENGTH(
          CAST(ABS(
            CASE
              WHEN SUFFIX("t0"."timerange", ')')
              THEN "t0"."end_ns"
              ELSE CASE
                WHEN "t0"."end_ns" > -9223372036854775808
                THEN "t0"."end_ns" - 1
                ELSE "t0"."end_ns"
              END
            END - (
              CASE
                WHEN SUFFIX("t0"."timerange", ')')
                THEN "t0"."end_ns"
                ELSE CASE
                  WHEN "t0"."end_ns" > -9223372036854775808
                  THEN "t0"."end_ns" - 1
                  ELSE "t0"."end_ns"
                END
              END % 1000000000
            )
          ) AS TEXT)
        ) - 9
      )
    END || ':' || CAST(ABS(
      CASE
        WHEN SUFFIX("t0"."timerange", ')')
        THEN "t0"."end_ns"
        ELSE CASE
          WHEN "t0"."end_ns" > -9223372036854775808
          THEN "t0"."end_ns" - 1
          ELSE "t0"."end_ns"
        END
      END % 1000000000
    ) AS TEXT) || CASE
      WHEN SUFFIX("t0"."timerange", ')')
      THEN ')'
      WHEN SUFFIX("t0"."timerange", ']')
      THEN ']'
      ELSE ''
    END
    AND NOT (
      (
        "t0"."end_ns" <= "t0"."start_ns"
      ) AND (
        "t0"."timerange" = '()'
      )
    )
    AND NOT (
      (
        CASE
          WHEN "t0"."end_ns" > -9223372036854775808
          THEN "t0"."end_ns" - 1
          ELSE "t0"."end_ns"
        END = "t0"."start_ns"
      )
      AND "t0"."timerange" IN (
        '[' || CASE WHEN "t0"."start_ns" < 0 THEN '-' ELSE '' END || CASE
          WHEN CAST(ABS("t0"."start_ns" - (
            "t0"."start_ns" % 1000000000
          )) AS TEXT) = '0'
          THEN '0'
          ELSE SUBSTRING(
            CAST(ABS("t0"."start_ns" - (
              "t0"."start_ns" % 1000000000
            )) AS TEXT),
            CASE
              WHEN (
                0 + 1
              ) >= 1
              THEN 0 + 1
              ELSE 0 + 1 + LENGTH(CAST(ABS("t0"."start_ns" - (
                "t0"."start_ns" % 1000000000
              )) AS TEXT))
            END,
            LENGTH(CAST(ABS("t0"."start_ns" - (
              "t0"."start_ns" % 1000000000
            )) AS TEXT)) - 9
          )
        END || ':' || CAST(ABS("t0"."start_ns" % 1000000000) AS TEXT) || ']',
        CASE WHEN "t0"."start_ns" < 0 THEN '-' ELSE '' END || CASE
          WHEN CAST(ABS("t0"."start_ns" - (
            "t0"."start_ns" % 1000000000
          )) AS TEXT) = '0'
          THEN '0'
          ELSE SUBSTRING(
            CAST(ABS("t0"."start_ns" - (
              "t0"."start_ns" % 1000000000
            )) AS TEXT),
            CASE
              WHEN (
                0 + 1
              ) >= 1
              THEN 0 + 1
              ELSE 0 + 1 + LENGTH(CAST(ABS("t0"."start_ns" - (
                "t0"."start_ns" % 1000000000
              )) AS TEXT))
            END,
            LENGTH(CAST(ABS("t0"."start_ns" - (
              "t0"."start_ns" % 1000000000
            )) AS TEXT)) - 9
          )
        END || ':' || CAST(ABS("t0"."start_ns" % 1000000000) AS TEXT)
      )
    )
) AS "t1"
