-- Which bytes lie in S3 that no object knows, and how many are they?
-- Tables: objects.s3.objects (a listing), vast."tams/meta"
-- Known are the places of all instances, also of what is allocated or waits for the collector, and of
-- instances that were discarded and whose bytes are still there. A key younger than a day at the moment
-- of the listing may be an upload under way.
WITH latest AS (
  SELECT bucket, max(listed_at) AS listed_at
  FROM objects.s3.objects
  GROUP BY bucket
), listed AS (
  SELECT
    o.bucket,
    o.key,
    max(o.size) AS size,
    max(o.storage_class) AS storage_class,
    max(o.last_modified) AS last_modified,
    max(o.listed_at) AS listed_at
  FROM objects.s3.objects AS o
  JOIN latest AS l
    ON l.bucket = o.bucket AND (l.listed_at = o.listed_at OR l.listed_at IS NULL)
  GROUP BY o.bucket, o.key
), known AS (
  SELECT bucket, key
  FROM vast."tams/meta".object_instances
  WHERE controlled AND bucket IS NOT NULL AND key IS NOT NULL
  UNION
  SELECT b.bucket, d.key
  FROM vast."tams/meta".discarded_instances AS d
  JOIN vast."tams/meta".storage_backends AS b
    ON b.id = d.storage_id
)
SELECT l.bucket, l.key, l.size, l.storage_class, l.last_modified
FROM listed AS l
LEFT JOIN known AS k
  ON k.bucket = l.bucket AND k.key = l.key
WHERE k.key IS NULL
  AND (
    l.last_modified IS NULL
    OR l.listed_at IS NULL
    OR l.last_modified < l.listed_at - INTERVAL '1' DAY
  )
ORDER BY l.size DESC, l.bucket, l.key;
