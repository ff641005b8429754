-- By how much did each bucket and storage class grow or shrink from one listing to the next?
-- Tables: objects.s3.objects (all listings that were kept)
-- A class that a bucket has at one time has a row, with 0, for each of its listings: all that left counts.
-- A bucket that was found empty is in no row of its listing. Buckets with the same listed_at were listed
-- together, so what such a bucket is missing from later counts as empty then. Keep listings of single
-- buckets (tams objects --storage) in a table of their own; of a listing without any row nothing is known.
WITH kept AS (
  SELECT
    bucket,
    key,
    listed_at,
    max(storage_class) AS storage_class,
    max(size) AS size
  FROM objects.s3.objects
  WHERE listed_at IS NOT NULL
  GROUP BY bucket, key, listed_at
), listings AS (
  SELECT
    bucket,
    coalesce(storage_class, '') AS storage_class,
    listed_at,
    count(*) AS objects,
    sum(CAST(coalesce(size, 0) AS decimal(38, 0))) AS bytes
  FROM kept
  GROUP BY bucket, coalesce(storage_class, ''), listed_at
), moments AS (
  SELECT bucket, listed_at
  FROM listings
  GROUP BY bucket, listed_at
), together AS (
  SELECT a.bucket, b.bucket AS other, min(a.listed_at) AS since
  FROM moments AS a
  JOIN moments AS b
    ON b.listed_at = a.listed_at
  GROUP BY a.bucket, b.bucket
), asked AS (
  SELECT t.bucket, m.listed_at
  FROM together AS t
  JOIN moments AS m
    ON m.bucket = t.other AND m.listed_at >= t.since
  GROUP BY t.bucket, m.listed_at
), classes AS (
  SELECT bucket, storage_class
  FROM listings
  GROUP BY bucket, storage_class
), whole AS (
  SELECT
    c.bucket,
    nullif(c.storage_class, '') AS storage_class,
    m.listed_at,
    coalesce(l.objects, 0) AS objects,
    coalesce(l.bytes, 0) AS bytes
  FROM classes AS c
  JOIN asked AS m
    ON m.bucket = c.bucket
  LEFT JOIN listings AS l
    ON l.bucket = c.bucket AND l.storage_class = c.storage_class AND l.listed_at = m.listed_at
)
SELECT
  bucket,
  storage_class,
  listed_at,
  objects,
  bytes,
  objects - lag(objects) OVER (PARTITION BY bucket, storage_class ORDER BY listed_at) AS more_objects,
  bytes - lag(bytes) OVER (PARTITION BY bucket, storage_class ORDER BY listed_at) AS more_bytes
FROM whole
ORDER BY bucket, storage_class, listed_at;
