-- How many bytes lie on each storage backend, by bucket and storage class, and how many are no object's?
-- Tables: objects.s3.objects (a listing), vast."tams/meta"
WITH latest AS (
  SELECT bucket, max(listed_at) AS listed_at
  FROM objects.s3.objects
  GROUP BY bucket
), listed AS (
  SELECT o.bucket, o.key, max(o.storage_class) AS storage_class, max(o.size) AS size
  FROM objects.s3.objects AS o
  JOIN latest AS l
    ON l.bucket = o.bucket AND l.listed_at = o.listed_at
  GROUP BY o.bucket, o.key
), known AS (
  SELECT bucket, key, min(storage_id) AS storage_id
  FROM vast."tams/meta".object_instances
  WHERE bucket IS NOT NULL
  GROUP BY bucket, key
)
SELECT
  coalesce(b.label, k.storage_id) AS storage,
  l.bucket,
  l.storage_class,
  count(*) AS objects,
  sum(CAST(l.size AS decimal(38, 0))) AS bytes
FROM listed AS l
LEFT JOIN known AS k
  ON k.bucket = l.bucket AND k.key = l.key
LEFT JOIN vast."tams/meta".storage_backends AS b
  ON b.id = k.storage_id
GROUP BY coalesce(b.label, k.storage_id), l.bucket, l.storage_class
ORDER BY bytes DESC, storage, l.bucket, l.storage_class;
