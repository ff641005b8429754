-- How many bytes came to each bucket and storage class on each day, and how many are there by then?
-- Tables: objects.s3.objects (the latest listing)
-- Days are in UTC. What was deleted since is in no listing: growth_between_listings.sql tells of that too.
WITH latest AS (
  SELECT bucket, max(listed_at) AS listed_at
  FROM objects.s3.objects
  GROUP BY bucket
), listed AS (
  SELECT
    o.bucket,
    o.key,
    max(o.storage_class) AS storage_class,
    max(o.size) AS size,
    max(o.last_modified) AS last_modified
  FROM objects.s3.objects AS o
  JOIN latest AS l
    ON l.bucket = o.bucket AND (l.listed_at = o.listed_at OR l.listed_at IS NULL)
  GROUP BY o.bucket, o.key
), daily AS (
  SELECT
    bucket,
    storage_class,
    CAST(last_modified AS date) AS day,
    count(*) AS objects,
    sum(CAST(coalesce(size, 0) AS decimal(38, 0))) AS bytes
  FROM listed
  WHERE last_modified IS NOT NULL
  GROUP BY bucket, storage_class, CAST(last_modified AS date)
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
