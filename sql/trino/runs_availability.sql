-- What was the availability of each group in each month, as it was measured last?
SELECT
  "t2"."dimension",
  "t2"."member",
  "t2"."period",
  "t2"."start_ns",
  "t2"."end_ns",
  "t2"."value",
  "t2"."unit",
  "t2"."measured"
FROM (
  SELECT
    "t1"."run_id",
    "t1"."measured",
    "t1"."measure",
    "t1"."unit",
    "t1"."dimension",
    "t1"."member",
    "t1"."period",
    "t1"."start_ns",
    "t1"."end_ns",
    "t1"."value",
    ROW_NUMBER() OVER (
      PARTITION BY "t1"."dimension", "t1"."member", "t1"."period"
      ORDER BY "t1"."measured" DESC, "t1"."run_id" DESC, "t1"."value" ASC
    ) - 1 AS "place"
  FROM (
    SELECT
      *
    FROM "measurements" AS "t0"
    WHERE
      "t0"."measure" = 'availability' AND LENGTH("t0"."period") = 7
  ) AS "t1"
) AS "t2"
WHERE
  "t2"."place" = 0
ORDER BY
  "t2"."dimension" ASC,
  "t2"."member" ASC,
  "t2"."period" ASC
