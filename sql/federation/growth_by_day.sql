-- How many bytes came to each bucket and storage class on each day, and how many are there by then?
-- Tables: objects.s3.objects (the latest listing)
-- What was deleted since is in no listing: growth_between_listings.sql tells of that too.
WITH latest AS (
  SELECT bucket, max(listed_at) AS listed_at
  FROM objects.s3.objects
  GROUP BY bucket
), daily AS (
  SELECT
    o.bucket,
    o.storage_class,
    CAST(o.last_modified AS date) AS day,
    count(*) AS objects,
    sum(CAST(o.size AS decimal(38, 0))) AS bytes
  FROM objects.s3.objects AS o
  JOIN latest AS l
    ON l.bucket = o.bucket AND l.listed_at = o.listed_at
  GROUP BY o.bucket, o.storage_class, CAST(o.last_modified AS date)
)
SELECT
  bucket,
  storage_class,
  day,
  objects,
  bytes,
  sum(bytes) OVER (PARTITION BY bucket, storage_class ORDER BY day) AS bytes_by_then
FROM daily
ORDER BY bucket, storage_class, day;
