-- Is there any row of which this is true: a column has a NULL or a value that it must not have?
-- What would mend it: correct the row, or delete and write it again
SELECT
  'column_contract' AS "check",
  'error' AS "severity",
  "t54"."entity",
  COALESCE("t54"."id", '?') AS "id",
  COALESCE("t54"."detail", '?') AS "detail"
FROM (
  SELECT
    *
  FROM (
    SELECT
      *
    FROM (
      SELECT
        *
      FROM (
        SELECT
          *
        FROM (
          SELECT
            *
          FROM (
            SELECT
              *
            FROM (
              SELECT
                *
              FROM (
                SELECT
                  *
                FROM (
                  SELECT
                    *
                  FROM (
                    SELECT
                      *
                    FROM (
                      SELECT
                        *
                      FROM (
                        SELECT
                          *
                        FROM (
                          SELECT
                            *
                          FROM (
                            SELECT
                              *
                            FROM (
                              SELECT
                                'sources' AS "entity",
                                COALESCE("t12"."id", '?') AS "id",
                                CASE
                                  WHEN "t12"."id" IS NULL
                                  THEN 'id'
                                  WHEN "t12"."format" IS NULL
                                  THEN 'format'
                                  WHEN "t12"."explicit" IS NULL
                                  THEN 'explicit'
                                  WHEN "t12"."created" IS NULL
                                  THEN 'created'
                                  WHEN "t12"."updated" IS NULL
                                  THEN 'updated'
                                  WHEN "t12"."body" IS NULL
                                  THEN 'body'
                                  WHEN COALESCE(
                                    NOT (
                                      "t12"."format" IN (
                                        'urn:x-nmos:format:video',
                                        'urn:x-nmos:format:audio',
                                        'urn:x-tam:format:image',
                                        'urn:x-nmos:format:data',
                                        'urn:x-nmos:format:multi'
                                      )
                                    ),
                                    FALSE
                                  )
                                  THEN 'format'
                                  ELSE ''
                                END AS "column",
                                CASE
                                  WHEN "t12"."id" IS NULL
                                  THEN 'id: is NULL'
                                  WHEN "t12"."format" IS NULL
                                  THEN 'format: is NULL'
                                  WHEN "t12"."explicit" IS NULL
                                  THEN 'explicit: is NULL'
                                  WHEN "t12"."created" IS NULL
                                  THEN 'created: is NULL'
                                  WHEN "t12"."updated" IS NULL
                                  THEN 'updated: is NULL'
                                  WHEN "t12"."body" IS NULL
                                  THEN 'body: is NULL'
                                  WHEN COALESCE(
                                    NOT (
                                      "t12"."format" IN (
                                        'urn:x-nmos:format:video',
                                        'urn:x-nmos:format:audio',
                                        'urn:x-tam:format:image',
                                        'urn:x-nmos:format:data',
                                        'urn:x-nmos:format:multi'
                                      )
                                    ),
                                    FALSE
                                  )
                                  THEN CONCAT(
                                    'format: ',
                                    CONCAT(
                                      CONCAT(COALESCE("t12"."format", ''), ' is none of '),
                                      'urn:x-nmos:format:video, urn:x-nmos:format:audio, urn:x-tam:format:image, urn:x-nmos:format:data, urn:x-nmos:format:multi'
                                    )
                                  )
                                  ELSE ''
                                END AS "detail"
                              FROM "sources" AS "t12"
                              WHERE
                                (
                                  "t12"."id" IS NULL
                                )
                                OR (
                                  "t12"."format" IS NULL
                                )
                                OR (
                                  "t12"."explicit" IS NULL
                                )
                                OR (
                                  "t12"."created" IS NULL
                                )
                                OR (
                                  "t12"."updated" IS NULL
                                )
                                OR (
                                  "t12"."body" IS NULL
                                )
                                OR COALESCE(
                                  NOT (
                                    "t12"."format" IN (
                                      'urn:x-nmos:format:video',
                                      'urn:x-nmos:format:audio',
                                      'urn:x-tam:format:image',
                                      'urn:x-nmos:format:data',
                                      'urn:x-nmos:format:multi'
                                    )
                                  ),
                                  FALSE
                                )
                            ) AS "t27"
                            WHERE
                              "t27"."column" <> ''
                          ) AS "t37"
                          UNION ALL
                          SELECT
                            *
                          FROM (
                            SELECT
                              *
                            FROM (
                              SELECT
                                'flows' AS "entity",
                                COALESCE("t13"."id", '?') AS "id",
                                CASE
                                  WHEN "t13"."id" IS NULL
                                  THEN 'id'
                                  WHEN "t13"."source_id" IS NULL
                                  THEN 'source_id'
                                  WHEN "t13"."format" IS NULL
                                  THEN 'format'
                                  WHEN "t13"."read_only" IS NULL
                                  THEN 'read_only'
                                  WHEN "t13"."created" IS NULL
                                  THEN 'created'
                                  WHEN "t13"."metadata_updated" IS NULL
                                  THEN 'metadata_updated'
                                  WHEN "t13"."body" IS NULL
                                  THEN 'body'
                                  WHEN COALESCE("t13"."frame_width" < 1, FALSE)
                                  THEN 'frame_width'
                                  WHEN COALESCE("t13"."frame_height" < 1, FALSE)
                                  THEN 'frame_height'
                                  WHEN COALESCE("t13"."frame_rate_num" < 1, FALSE)
                                  THEN 'frame_rate_num'
                                  WHEN COALESCE("t13"."frame_rate_den" < 1, FALSE)
                                  THEN 'frame_rate_den'
                                  WHEN COALESCE("t13"."sample_rate" < 1, FALSE)
                                  THEN 'sample_rate'
                                  WHEN COALESCE("t13"."channels" < 1, FALSE)
                                  THEN 'channels'
                                  WHEN COALESCE("t13"."segment_duration_num" < 1, FALSE)
                                  THEN 'segment_duration_num'
                                  WHEN COALESCE("t13"."segment_duration_den" < 1, FALSE)
                                  THEN 'segment_duration_den'
                                  WHEN COALESCE("t13"."avg_bit_rate" < 0, FALSE)
                                  THEN 'avg_bit_rate'
                                  WHEN COALESCE("t13"."max_bit_rate" < 0, FALSE)
                                  THEN 'max_bit_rate'
                                  WHEN COALESCE("t13"."generation" < 0, FALSE)
                                  THEN 'generation'
                                  WHEN COALESCE(
                                    NOT (
                                      "t13"."format" IN (
                                        'urn:x-nmos:format:video',
                                        'urn:x-nmos:format:audio',
                                        'urn:x-tam:format:image',
                                        'urn:x-nmos:format:data',
                                        'urn:x-nmos:format:multi'
                                      )
                                    ),
                                    FALSE
                                  )
                                  THEN 'format'
                                  WHEN COALESCE(
                                    NOT (
                                      "t13"."status" IN ('awaiting_content', 'ingesting', 'replication_in_progress', 'closed_complete')
                                    ),
                                    FALSE
                                  )
                                  THEN 'status'
                                  ELSE ''
                                END AS "column",
                                CASE
                                  WHEN "t13"."id" IS NULL
                                  THEN 'id: is NULL'
                                  WHEN "t13"."source_id" IS NULL
                                  THEN 'source_id: is NULL'
                                  WHEN "t13"."format" IS NULL
                                  THEN 'format: is NULL'
                                  WHEN "t13"."read_only" IS NULL
                                  THEN 'read_only: is NULL'
                                  WHEN "t13"."created" IS NULL
                                  THEN 'created: is NULL'
                                  WHEN "t13"."metadata_updated" IS NULL
                                  THEN 'metadata_updated: is NULL'
                                  WHEN "t13"."body" IS NULL
                                  THEN 'body: is NULL'
                                  WHEN COALESCE("t13"."frame_width" < 1, FALSE)
                                  THEN CONCAT(
                                    'frame_width: ',
                                    CONCAT(COALESCE(CAST("t13"."frame_width" AS VARCHAR), ''), ' is less than 1')
                                  )
                                  WHEN COALESCE("t13"."frame_height" < 1, FALSE)
                                  THEN CONCAT(
                                    'frame_height: ',
                                    CONCAT(COALESCE(CAST("t13"."frame_height" AS VARCHAR), ''), ' is less than 1')
                                  )
                                  WHEN COALESCE("t13"."frame_rate_num" < 1, FALSE)
                                  THEN CONCAT(
                                    'frame_rate_num: ',
                                    CONCAT(COALESCE(CAST("t13"."frame_rate_num" AS VARCHAR), ''), ' is less than 1')
                                  )
                                  WHEN COALESCE("t13"."frame_rate_den" < 1, FALSE)
                                  THEN CONCAT(
                                    'frame_rate_den: ',
                                    CONCAT(COALESCE(CAST("t13"."frame_rate_den" AS VARCHAR), ''), ' is less than 1')
                                  )
                                  WHEN COALESCE("t13"."sample_rate" < 1, FALSE)
                                  THEN CONCAT(
                                    'sample_rate: ',
                                    CONCAT(COALESCE(CAST("t13"."sample_rate" AS VARCHAR), ''), ' is less than 1')
                                  )
                                  WHEN COALESCE("t13"."channels" < 1, FALSE)
                                  THEN CONCAT(
                                    'channels: ',
                                    CONCAT(COALESCE(CAST("t13"."channels" AS VARCHAR), ''), ' is less than 1')
                                  )
                                  WHEN COALESCE("t13"."segment_duration_num" < 1, FALSE)
                                  THEN CONCAT(
                                    'segment_duration_num: ',
                                    CONCAT(COALESCE(CAST("t13"."segment_duration_num" AS VARCHAR), ''), ' is less than 1')
                                  )
                                  WHEN COALESCE("t13"."segment_duration_den" < 1, FALSE)
                                  THEN CONCAT(
                                    'segment_duration_den: ',
                                    CONCAT(COALESCE(CAST("t13"."segment_duration_den" AS VARCHAR), ''), ' is less than 1')
                                  )
                                  WHEN COALESCE("t13"."avg_bit_rate" < 0, FALSE)
                                  THEN CONCAT(
                                    'avg_bit_rate: ',
                                    CONCAT(COALESCE(CAST("t13"."avg_bit_rate" AS VARCHAR), ''), ' is less than 0')
                                  )
                                  WHEN COALESCE("t13"."max_bit_rate" < 0, FALSE)
                                  THEN CONCAT(
                                    'max_bit_rate: ',
                                    CONCAT(COALESCE(CAST("t13"."max_bit_rate" AS VARCHAR), ''), ' is less than 0')
                                  )
                                  WHEN COALESCE("t13"."generation" < 0, FALSE)
                                  THEN CONCAT(
                                    'generation: ',
                                    CONCAT(COALESCE(CAST("t13"."generation" AS VARCHAR), ''), ' is less than 0')
                                  )
                                  WHEN COALESCE(
                                    NOT (
                                      "t13"."format" IN (
                                        'urn:x-nmos:format:video',
                                        'urn:x-nmos:format:audio',
                                        'urn:x-tam:format:image',
                                        'urn:x-nmos:format:data',
                                        'urn:x-nmos:format:multi'
                                      )
                                    ),
                                    FALSE
                                  )
                                  THEN CONCAT(
                                    'format: ',
                                    CONCAT(
                                      CONCAT(COALESCE("t13"."format", ''), ' is none of '),
                                      'urn:x-nmos:format:video, urn:x-nmos:format:audio, urn:x-tam:format:image, urn:x-nmos:format:data, urn:x-nmos:format:multi'
                                    )
                                  )
                                  WHEN COALESCE(
                                    NOT (
                                      "t13"."status" IN ('awaiting_content', 'ingesting', 'replication_in_progress', 'closed_complete')
                                    ),
                                    FALSE
                                  )
                                  THEN CONCAT(
                                    'status: ',
                                    CONCAT(
                                      CONCAT(COALESCE("t13"."status", ''), ' is none of '),
                                      'awaiting_content, ingesting, replication_in_progress, closed_complete'
                                    )
                                  )
                                  ELSE ''
                                END AS "detail"
                              FROM "flows" AS "t13"
                              WHERE
                                (
                                  "t13"."id" IS NULL
                                )
                                OR (
                                  "t13"."source_id" IS NULL
                                )
                                OR (
                                  "t13"."format" IS NULL
                                )
                                OR (
                                  "t13"."read_only" IS NULL
                                )
                                OR (
                                  "t13"."created" IS NULL
                                )
                                OR (
                                  "t13"."metadata_updated" IS NULL
                                )
                                OR (
                                  "t13"."body" IS NULL
                                )
                                OR COALESCE("t13"."frame_width" < 1, FALSE)
                                OR COALESCE("t13"."frame_height" < 1, FALSE)
                                OR COALESCE("t13"."frame_rate_num" < 1, FALSE)
                                OR COALESCE("t13"."frame_rate_den" < 1, FALSE)
                                OR COALESCE("t13"."sample_rate" < 1, FALSE)
                                OR COALESCE("t13"."channels" < 1, FALSE)
                                OR COALESCE("t13"."segment_duration_num" < 1, FALSE)
                                OR COALESCE("t13"."segment_duration_den" < 1, FALSE)
                                OR COALESCE("t13"."avg_bit_rate" < 0, FALSE)
                                OR COALESCE("t13"."max_bit_rate" < 0, FALSE)
                                OR COALESCE("t13"."generation" < 0, FALSE)
                                OR COALESCE(
                                  NOT (
                                    "t13"."format" IN (
                                      'urn:x-nmos:format:video',
                                      'urn:x-nmos:format:audio',
                                      'urn:x-tam:format:image',
                                      'urn:x-nmos:format:data',
                                      'urn:x-nmos:format:multi'
                                    )
                                  ),
                                  FALSE
                                )
                                OR COALESCE(
                                  NOT (
                                    "t13"."status" IN ('awaiting_content', 'ingesting', 'replication_in_progress', 'closed_complete')
                                  ),
                                  FALSE
                                )
                            ) AS "t40"
                            WHERE
                              "t40"."column" <> ''
                          ) AS "t41"
                        ) AS "t42"
                        UNION ALL
                        SELECT
                          *
                        FROM (
                          SELECT
                            *
                          FROM (
                            SELECT
                              'segments' AS "entity",
                              CONCAT(CONCAT(COALESCE("t11"."flow_id", '?'), '@'), COALESCE("t11"."timerange", '?')) AS "id",
                              CASE
                                WHEN "t11"."flow_id" IS NULL
                                THEN 'flow_id'
                                WHEN "t11"."object_id" IS NULL
                                THEN 'object_id'
                                WHEN "t11"."start_ns" IS NULL
                                THEN 'start_ns'
                                WHEN "t11"."end_ns" IS NULL
                                THEN 'end_ns'
                                WHEN "t11"."timerange" IS NULL
                                THEN 'timerange'
                                WHEN "t11"."ts_offset_ns" IS NULL
                                THEN 'ts_offset_ns'
                                WHEN COALESCE("t11"."end_ns" <= "t11"."start_ns", FALSE)
                                THEN 'end_ns'
                                ELSE ''
                              END AS "column",
                              CASE
                                WHEN "t11"."flow_id" IS NULL
                                THEN 'flow_id: is NULL'
                                WHEN "t11"."object_id" IS NULL
                                THEN 'object_id: is NULL'
                                WHEN "t11"."start_ns" IS NULL
                                THEN 'start_ns: is NULL'
                                WHEN "t11"."end_ns" IS NULL
                                THEN 'end_ns: is NULL'
                                WHEN "t11"."timerange" IS NULL
                                THEN 'timerange: is NULL'
                                WHEN "t11"."ts_offset_ns" IS NULL
                                THEN 'ts_offset_ns: is NULL'
                                WHEN COALESCE("t11"."end_ns" <= "t11"."start_ns", FALSE)
                                THEN 'end_ns: is not after start_ns'
                                ELSE ''
                              END AS "detail"
                            FROM "segments" AS "t11"
                            WHERE
                              (
                                "t11"."flow_id" IS NULL
                              )
                              OR (
                                "t11"."object_id" IS NULL
                              )
                              OR (
                                "t11"."start_ns" IS NULL
                              )
                              OR (
                                "t11"."end_ns" IS NULL
                              )
                              OR (
                                "t11"."timerange" IS NULL
                              )
                              OR (
                                "t11"."ts_offset_ns" IS NULL
                              )
                              OR COALESCE("t11"."end_ns" <= "t11"."start_ns", FALSE)
                          ) AS "t26"
                          WHERE
                            "t26"."column" <> ''
                        ) AS "t36"
                      ) AS "t43"
                      UNION ALL
                      SELECT
                        *
                      FROM (
                        SELECT
                          *
                        FROM (
                          SELECT
                            'objects' AS "entity",
                            COALESCE("t10"."id", '?') AS "id",
                            CASE
                              WHEN "t10"."id" IS NULL
                              THEN 'id'
                              WHEN "t10"."created" IS NULL
                              THEN 'created'
                              WHEN COALESCE("t10"."size" < 0, FALSE)
                              THEN 'size'
                              WHEN COALESCE("t10"."key_frame_count" < 0, FALSE)
                              THEN 'key_frame_count'
                              WHEN COALESCE("t10"."end_ns" <= "t10"."start_ns", FALSE)
                              THEN 'end_ns'
                              ELSE ''
                            END AS "column",
                            CASE
                              WHEN "t10"."id" IS NULL
                              THEN 'id: is NULL'
                              WHEN "t10"."created" IS NULL
                              THEN 'created: is NULL'
                              WHEN COALESCE("t10"."size" < 0, FALSE)
                              THEN CONCAT('size: ', CONCAT(COALESCE(CAST("t10"."size" AS VARCHAR), ''), ' is less than 0'))
                              WHEN COALESCE("t10"."key_frame_count" < 0, FALSE)
                              THEN CONCAT(
                                'key_frame_count: ',
                                CONCAT(COALESCE(CAST("t10"."key_frame_count" AS VARCHAR), ''), ' is less than 0')
                              )
                              WHEN COALESCE("t10"."end_ns" <= "t10"."start_ns", FALSE)
                              THEN 'end_ns: is not after start_ns'
                              ELSE ''
                            END AS "detail"
                          FROM "objects" AS "t10"
                          WHERE
                            (
                              "t10"."id" IS NULL
                            )
                            OR (
                              "t10"."created" IS NULL
                            )
                            OR COALESCE("t10"."size" < 0, FALSE)
                            OR COALESCE("t10"."key_frame_count" < 0, FALSE)
                            OR COALESCE("t10"."end_ns" <= "t10"."start_ns", FALSE)
                        ) AS "t21"
                        WHERE
                          "t21"."column" <> ''
                      ) AS "t31"
                    ) AS "t44"
                    UNION ALL
                    SELECT
                      *
                    FROM (
                      SELECT
                        *
                      FROM (
                        SELECT
                          'discarded_instances' AS "entity",
                          COALESCE("t9"."object_id", '?') AS "id",
                          CASE
                            WHEN "t9"."object_id" IS NULL
                            THEN 'object_id'
                            WHEN "t9"."storage_id" IS NULL
                            THEN 'storage_id'
                            WHEN "t9"."key" IS NULL
                            THEN 'key'
                            WHEN "t9"."discarded_at" IS NULL
                            THEN 'discarded_at'
                            ELSE ''
                          END AS "column",
                          CASE
                            WHEN "t9"."object_id" IS NULL
                            THEN 'object_id: is NULL'
                            WHEN "t9"."storage_id" IS NULL
                            THEN 'storage_id: is NULL'
                            WHEN "t9"."key" IS NULL
                            THEN 'key: is NULL'
                            WHEN "t9"."discarded_at" IS NULL
                            THEN 'discarded_at: is NULL'
                            ELSE ''
                          END AS "detail"
                        FROM "discarded_instances" AS "t9"
                        WHERE
                          (
                            "t9"."object_id" IS NULL
                          )
                          OR (
                            "t9"."storage_id" IS NULL
                          )
                          OR (
                            "t9"."key" IS NULL
                          )
                          OR (
                            "t9"."discarded_at" IS NULL
                          )
                      ) AS "t16"
                      WHERE
                        "t16"."column" <> ''
                    ) AS "t25"
                  ) AS "t45"
                  UNION ALL
                  SELECT
                    *
                  FROM (
                    SELECT
                      *
                    FROM (
                      SELECT
                        'collections' AS "entity",
                        COALESCE("t8"."flow_id", '?') AS "id",
                        CASE
                          WHEN "t8"."flow_id" IS NULL
                          THEN 'flow_id'
                          WHEN "t8"."member_id" IS NULL
                          THEN 'member_id'
                          WHEN "t8"."position" IS NULL
                          THEN 'position'
                          WHEN "t8"."body" IS NULL
                          THEN 'body'
                          WHEN COALESCE("t8"."position" < 0, FALSE)
                          THEN 'position'
                          ELSE ''
                        END AS "column",
                        CASE
                          WHEN "t8"."flow_id" IS NULL
                          THEN 'flow_id: is NULL'
                          WHEN "t8"."member_id" IS NULL
                          THEN 'member_id: is NULL'
                          WHEN "t8"."position" IS NULL
                          THEN 'position: is NULL'
                          WHEN "t8"."body" IS NULL
                          THEN 'body: is NULL'
                          WHEN COALESCE("t8"."position" < 0, FALSE)
                          THEN CONCAT(
                            'position: ',
                            CONCAT(COALESCE(CAST("t8"."position" AS VARCHAR), ''), ' is less than 0')
                          )
                          ELSE ''
                        END AS "detail"
                      FROM "collections" AS "t8"
                      WHERE
                        (
                          "t8"."flow_id" IS NULL
                        )
                        OR (
                          "t8"."member_id" IS NULL
                        )
                        OR (
                          "t8"."position" IS NULL
                        )
                        OR (
                          "t8"."body" IS NULL
                        )
                        OR COALESCE("t8"."position" < 0, FALSE)
                    ) AS "t20"
                    WHERE
                      "t20"."column" <> ''
                  ) AS "t30"
                ) AS "t46"
                UNION ALL
                SELECT
                  *
                FROM (
                  SELECT
                    *
                  FROM (
                    SELECT
                      'tags' AS "entity",
                      COALESCE("t7"."entity_id", '?') AS "id",
                      CASE
                        WHEN "t7"."entity_type" IS NULL
                        THEN 'entity_type'
                        WHEN "t7"."entity_id" IS NULL
                        THEN 'entity_id'
                        WHEN "t7"."name" IS NULL
                        THEN 'name'
                        WHEN COALESCE("t7"."position" < 0, FALSE)
                        THEN 'position'
                        WHEN COALESCE(
                          NOT (
                            "t7"."entity_type" IN ('sources', 'flows', 'profiles', 'webhooks', 'storage_backends')
                          ),
                          FALSE
                        )
                        THEN 'entity_type'
                        ELSE ''
                      END AS "column",
                      CASE
                        WHEN "t7"."entity_type" IS NULL
                        THEN 'entity_type: is NULL'
                        WHEN "t7"."entity_id" IS NULL
                        THEN 'entity_id: is NULL'
                        WHEN "t7"."name" IS NULL
                        THEN 'name: is NULL'
                        WHEN COALESCE("t7"."position" < 0, FALSE)
                        THEN CONCAT(
                          'position: ',
                          CONCAT(COALESCE(CAST("t7"."position" AS VARCHAR), ''), ' is less than 0')
                        )
                        WHEN COALESCE(
                          NOT (
                            "t7"."entity_type" IN ('sources', 'flows', 'profiles', 'webhooks', 'storage_backends')
                          ),
                          FALSE
                        )
                        THEN CONCAT(
                          'entity_type: ',
                          CONCAT(
                            CONCAT(COALESCE("t7"."entity_type", ''), ' is none of '),
                            'sources, flows, profiles, webhooks, storage_backends'
                          )
                        )
                        ELSE ''
                      END AS "detail"
                    FROM "tags" AS "t7"
                    WHERE
                      (
                        "t7"."entity_type" IS NULL
                      )
                      OR (
                        "t7"."entity_id" IS NULL
                      )
                      OR (
                        "t7"."name" IS NULL
                      )
                      OR COALESCE("t7"."position" < 0, FALSE)
                      OR COALESCE(
                        NOT (
                          "t7"."entity_type" IN ('sources', 'flows', 'profiles', 'webhooks', 'storage_backends')
                        ),
                        FALSE
                      )
                  ) AS "t19"
                  WHERE
                    "t19"."column" <> ''
                ) AS "t29"
              ) AS "t47"
              UNION ALL
              SELECT
                *
              FROM (
                SELECT
                  *
                FROM (
                  SELECT
                    'profiles' AS "entity",
                    COALESCE("t6"."id", '?') AS "id",
                    CASE
                      WHEN "t6"."id" IS NULL
                      THEN 'id'
                      WHEN "t6"."format" IS NULL
                      THEN 'format'
                      WHEN "t6"."created" IS NULL
                      THEN 'created'
                      WHEN "t6"."body" IS NULL
                      THEN 'body'
                      WHEN COALESCE(
                        NOT (
                          "t6"."format" IN (
                            'urn:x-nmos:format:video',
                            'urn:x-nmos:format:audio',
                            'urn:x-tam:format:image',
                            'urn:x-nmos:format:data',
                            'urn:x-nmos:format:multi'
                          )
                        ),
                        FALSE
                      )
                      THEN 'format'
                      ELSE ''
                    END AS "column",
                    CASE
                      WHEN "t6"."id" IS NULL
                      THEN 'id: is NULL'
                      WHEN "t6"."format" IS NULL
                      THEN 'format: is NULL'
                      WHEN "t6"."created" IS NULL
                      THEN 'created: is NULL'
                      WHEN "t6"."body" IS NULL
                      THEN 'body: is NULL'
                      WHEN COALESCE(
                        NOT (
                          "t6"."format" IN (
                            'urn:x-nmos:format:video',
                            'urn:x-nmos:format:audio',
                            'urn:x-tam:format:image',
                            'urn:x-nmos:format:data',
                            'urn:x-nmos:format:multi'
                          )
                        ),
                        FALSE
                      )
                      THEN CONCAT(
                        'format: ',
                        CONCAT(
                          CONCAT(COALESCE("t6"."format", ''), ' is none of '),
                          'urn:x-nmos:format:video, urn:x-nmos:format:audio, urn:x-tam:format:image, urn:x-nmos:format:data, urn:x-nmos:format:multi'
                        )
                      )
                      ELSE ''
                    END AS "detail"
                  FROM "profiles" AS "t6"
                  WHERE
                    (
                      "t6"."id" IS NULL
                    )
                    OR (
                      "t6"."format" IS NULL
                    )
                    OR (
                      "t6"."created" IS NULL
                    )
                    OR (
                      "t6"."body" IS NULL
                    )
                    OR COALESCE(
                      NOT (
                        "t6"."format" IN (
                          'urn:x-nmos:format:video',
                          'urn:x-nmos:format:audio',
                          'urn:x-tam:format:image',
                          'urn:x-nmos:format:data',
                          'urn:x-nmos:format:multi'
                        )
                      ),
                      FALSE
                    )
                ) AS "t18"
                WHERE
                  "t18"."column" <> ''
              ) AS "t28"
            ) AS "t48"
            UNION ALL
            SELECT
              *
            FROM (
              SELECT
                *
              FROM (
                SELECT
                  'storage_backends' AS "entity",
                  COALESCE("t5"."id", '?') AS "id",
                  CASE
                    WHEN "t5"."id" IS NULL
                    THEN 'id'
                    WHEN "t5"."store_type" IS NULL
                    THEN 'store_type'
                    WHEN "t5"."provider" IS NULL
                    THEN 'provider'
                    WHEN "t5"."store_product" IS NULL
                    THEN 'store_product'
                    WHEN "t5"."default_storage" IS NULL
                    THEN 'default_storage'
                    WHEN "t5"."created" IS NULL
                    THEN 'created'
                    ELSE ''
                  END AS "column",
                  CASE
                    WHEN "t5"."id" IS NULL
                    THEN 'id: is NULL'
                    WHEN "t5"."store_type" IS NULL
                    THEN 'store_type: is NULL'
                    WHEN "t5"."provider" IS NULL
                    THEN 'provider: is NULL'
                    WHEN "t5"."store_product" IS NULL
                    THEN 'store_product: is NULL'
                    WHEN "t5"."default_storage" IS NULL
                    THEN 'default_storage: is NULL'
                    WHEN "t5"."created" IS NULL
                    THEN 'created: is NULL'
                    ELSE ''
                  END AS "detail"
                FROM "storage_backends" AS "t5"
                WHERE
                  (
                    "t5"."id" IS NULL
                  )
                  OR (
                    "t5"."store_type" IS NULL
                  )
                  OR (
                    "t5"."provider" IS NULL
                  )
                  OR (
                    "t5"."store_product" IS NULL
                  )
                  OR (
                    "t5"."default_storage" IS NULL
                  )
                  OR (
                    "t5"."created" IS NULL
                  )
              ) AS "t24"
              WHERE
                "t24"."column" <> ''
            ) AS "t34"
          ) AS "t49"
          UNION ALL
          SELECT
            *
          FROM (
            SELECT
              *
            FROM (
              SELECT
                'webhooks' AS "entity",
                COALESCE("t4"."id", '?') AS "id",
                CASE
                  WHEN "t4"."id" IS NULL
                  THEN 'id'
                  WHEN "t4"."url" IS NULL
                  THEN 'url'
                  WHEN "t4"."status" IS NULL
                  THEN 'status'
                  WHEN "t4"."created" IS NULL
                  THEN 'created'
                  WHEN "t4"."body" IS NULL
                  THEN 'body'
                  WHEN COALESCE(NOT (
                    "t4"."status" IN ('created', 'started', 'disabled', 'error')
                  ), FALSE)
                  THEN 'status'
                  ELSE ''
                END AS "column",
                CASE
                  WHEN "t4"."id" IS NULL
                  THEN 'id: is NULL'
                  WHEN "t4"."url" IS NULL
                  THEN 'url: is NULL'
                  WHEN "t4"."status" IS NULL
                  THEN 'status: is NULL'
                  WHEN "t4"."created" IS NULL
                  THEN 'created: is NULL'
                  WHEN "t4"."body" IS NULL
                  THEN 'body: is NULL'
                  WHEN COALESCE(NOT (
                    "t4"."status" IN ('created', 'started', 'disabled', 'error')
                  ), FALSE)
                  THEN CONCAT(
                    'status: ',
                    CONCAT(
                      CONCAT(COALESCE("t4"."status", ''), ' is none of '),
                      'created, started, disabled, error'
                    )
                  )
                  ELSE ''
                END AS "detail"
              FROM "webhooks" AS "t4"
              WHERE
                (
                  "t4"."id" IS NULL
                )
                OR (
                  "t4"."url" IS NULL
                )
                OR (
                  "t4"."status" IS NULL
                )
                OR (
                  "t4"."created" IS NULL
                )
                OR (
                  "t4"."body" IS NULL
                )
                OR COALESCE(NOT (
                  "t4"."status" IN ('created', 'started', 'disabled', 'error')
                ), FALSE)
            ) AS "t23"
            WHERE
              "t23"."column" <> ''
          ) AS "t33"
        ) AS "t50"
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            *
          FROM (
            SELECT
              'events' AS "entity",
              COALESCE("t3"."id", '?') AS "id",
              CASE
                WHEN "t3"."id" IS NULL
                THEN 'id'
                WHEN "t3"."webhook_id" IS NULL
                THEN 'webhook_id'
                WHEN "t3"."event_type" IS NULL
                THEN 'event_type'
                WHEN "t3"."position" IS NULL
                THEN 'position'
                WHEN "t3"."part" IS NULL
                THEN 'part'
                WHEN "t3"."payload" IS NULL
                THEN 'payload'
                WHEN "t3"."attempts" IS NULL
                THEN 'attempts'
                WHEN "t3"."created" IS NULL
                THEN 'created'
                WHEN "t3"."due" IS NULL
                THEN 'due'
                ELSE ''
              END AS "column",
              CASE
                WHEN "t3"."id" IS NULL
                THEN 'id: is NULL'
                WHEN "t3"."webhook_id" IS NULL
                THEN 'webhook_id: is NULL'
                WHEN "t3"."event_type" IS NULL
                THEN 'event_type: is NULL'
                WHEN "t3"."position" IS NULL
                THEN 'position: is NULL'
                WHEN "t3"."part" IS NULL
                THEN 'part: is NULL'
                WHEN "t3"."payload" IS NULL
                THEN 'payload: is NULL'
                WHEN "t3"."attempts" IS NULL
                THEN 'attempts: is NULL'
                WHEN "t3"."created" IS NULL
                THEN 'created: is NULL'
                WHEN "t3"."due" IS NULL
                THEN 'due: is NULL'
                ELSE ''
              END AS "detail"
            FROM "events" AS "t3"
            WHERE
              (
                "t3"."id" IS NULL
              )
              OR (
                "t3"."webhook_id" IS NULL
              )
              OR (
                "t3"."event_type" IS NULL
              )
              OR (
                "t3"."position" IS NULL
              )
              OR (
                "t3"."part" IS NULL
              )
              OR (
                "t3"."payload" IS NULL
              )
              OR (
                "t3"."attempts" IS NULL
              )
              OR (
                "t3"."created" IS NULL
              )
              OR (
                "t3"."due" IS NULL
              )
          ) AS "t32"
          WHERE
            "t32"."column" <> ''
        ) AS "t38"
      ) AS "t51"
      UNION ALL
      SELECT
        *
      FROM (
        SELECT
          *
        FROM (
          SELECT
            'deletion_requests' AS "entity",
            COALESCE("t2"."id", '?') AS "id",
            CASE
              WHEN "t2"."id" IS NULL
              THEN 'id'
              WHEN "t2"."flow_id" IS NULL
              THEN 'flow_id'
              WHEN "t2"."timerange_to_delete" IS NULL
              THEN 'timerange_to_delete'
              WHEN "t2"."timerange_remaining" IS NULL
              THEN 'timerange_remaining'
              WHEN "t2"."delete_flow" IS NULL
              THEN 'delete_flow'
              WHEN "t2"."status" IS NULL
              THEN 'status'
              WHEN "t2"."created" IS NULL
              THEN 'created'
              WHEN "t2"."updated" IS NULL
              THEN 'updated'
              WHEN COALESCE(NOT (
                "t2"."status" IN ('created', 'started', 'done', 'error')
              ), FALSE)
              THEN 'status'
              WHEN COALESCE("t2"."end_ns" <= "t2"."start_ns", FALSE)
              THEN 'end_ns'
              ELSE ''
            END AS "column",
            CASE
              WHEN "t2"."id" IS NULL
              THEN 'id: is NULL'
              WHEN "t2"."flow_id" IS NULL
              THEN 'flow_id: is NULL'
              WHEN "t2"."timerange_to_delete" IS NULL
              THEN 'timerange_to_delete: is NULL'
              WHEN "t2"."timerange_remaining" IS NULL
              THEN 'timerange_remaining: is NULL'
              WHEN "t2"."delete_flow" IS NULL
              THEN 'delete_flow: is NULL'
              WHEN "t2"."status" IS NULL
              THEN 'status: is NULL'
              WHEN "t2"."created" IS NULL
              THEN 'created: is NULL'
              WHEN "t2"."updated" IS NULL
              THEN 'updated: is NULL'
              WHEN COALESCE(NOT (
                "t2"."status" IN ('created', 'started', 'done', 'error')
              ), FALSE)
              THEN CONCAT(
                'status: ',
                CONCAT(
                  CONCAT(COALESCE("t2"."status", ''), ' is none of '),
                  'created, started, done, error'
                )
              )
              WHEN COALESCE("t2"."end_ns" <= "t2"."start_ns", FALSE)
              THEN 'end_ns: is not after start_ns'
              ELSE ''
            END AS "detail"
          FROM "deletion_requests" AS "t2"
          WHERE
            (
              "t2"."id" IS NULL
            )
            OR (
              "t2"."flow_id" IS NULL
            )
            OR (
              "t2"."timerange_to_delete" IS NULL
            )
            OR (
              "t2"."timerange_remaining" IS NULL
            )
            OR (
              "t2"."delete_flow" IS NULL
            )
            OR (
              "t2"."status" IS NULL
            )
            OR (
              "t2"."created" IS NULL
            )
            OR (
              "t2"."updated" IS NULL
            )
            OR COALESCE(NOT (
              "t2"."status" IN ('created', 'started', 'done', 'error')
            ), FALSE)
            OR COALESCE("t2"."end_ns" <= "t2"."start_ns", FALSE)
        ) AS "t35"
        WHERE
          "t35"."column" <> ''
      ) AS "t39"
    ) AS "t52"
    UNION ALL
    SELECT
      *
    FROM (
      SELECT
        *
      FROM (
        SELECT
          'flow_fences' AS "entity",
          COALESCE("t1"."flow_id", '?') AS "id",
          CASE
            WHEN "t1"."flow_id" IS NULL
            THEN 'flow_id'
            WHEN "t1"."epoch" IS NULL
            THEN 'epoch'
            WHEN "t1"."max_segment_ns" IS NULL
            THEN 'max_segment_ns'
            ELSE ''
          END AS "column",
          CASE
            WHEN "t1"."flow_id" IS NULL
            THEN 'flow_id: is NULL'
            WHEN "t1"."epoch" IS NULL
            THEN 'epoch: is NULL'
            WHEN "t1"."max_segment_ns" IS NULL
            THEN 'max_segment_ns: is NULL'
            ELSE ''
          END AS "detail"
        FROM "flow_fences" AS "t1"
        WHERE
          (
            "t1"."flow_id" IS NULL
          )
          OR (
            "t1"."epoch" IS NULL
          )
          OR (
            "t1"."max_segment_ns" IS NULL
          )
      ) AS "t15"
      WHERE
        "t15"."column" <> ''
    ) AS "t22"
  ) AS "t53"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      *
    FROM (
      SELECT
        'store_metadata' AS "entity",
        COALESCE("t0"."name", '?') AS "id",
        CASE
          WHEN "t0"."name" IS NULL
          THEN 'name'
          WHEN "t0"."updated" IS NULL
          THEN 'updated'
          ELSE ''
        END AS "column",
        CASE
          WHEN "t0"."name" IS NULL
          THEN 'name: is NULL'
          WHEN "t0"."updated" IS NULL
          THEN 'updated: is NULL'
          ELSE ''
        END AS "detail"
      FROM "store_metadata" AS "t0"
      WHERE
        (
          "t0"."name" IS NULL
        ) OR (
          "t0"."updated" IS NULL
        )
    ) AS "t14"
    WHERE
      "t14"."column" <> ''
  ) AS "t17"
) AS "t54"
