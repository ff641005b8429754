-- How many bytes lie on each storage backend, by bucket and storage class, and how many are no object's?
-- Tables: objects.s3.objects (a listing), vast."tams/meta"
-- What no object knows has no backend: NULL. An instance that was deleted and whose bytes wait for the
-- collector counts for the backend that it was on.
WITH latest AS (
  SELECT bucket, max(listed_at) AS listed_at
  FROM objects.s3.objects
  GROUP BY bucket
), listed AS (
  SELECT o.bucket, o.key, max(o.storage_class) AS storage_class, max(o.size) AS size
  FROM objects.s3.objects AS o
  JOIN latest AS l
    ON l.bucket = o.bucket AND (l.listed_at = o.listed_at OR l.listed_at IS NULL)
  GROUP BY o.bucket, o.key
), places AS (
  SELECT bucket, key, coalesce(storage_id, 'unknown') AS storage_id
  FROM vast."tams/meta".object_instances
  WHERE controlled AND bucket IS NOT NULL AND key IS NOT NULL
  UNION ALL
  SELECT b.bucket, d.key, d.storage_id
  FROM vast."tams/meta".discarded_instances AS d
  JOIN vast."tams/meta".storage_backends AS b
    ON b.id = d.storage_id
), known AS (
  SELECT bucket, key, min(storage_id) AS storage_id
  FROM places
  GROUP BY bucket, key
), backends AS (
  SELECT id, max(label) AS label
  FROM vast."tams/meta".storage_backends
  GROUP BY id
)
SELECT
  coalesce(b.label, k.storage_id) AS storage,
  l.bucket,
  l.storage_class,
  count(*) AS objects,
  sum(CAST(coalesce(l.size, 0) AS decimal(38, 0))) AS bytes
FROM listed AS l
LEFT JOIN known AS k
  ON k.bucket = l.bucket AND k.key = l.key
LEFT JOIN backends AS b
  ON b.id = k.storage_id
GROUP BY coalesce(b.label, k.storage_id), l.bucket, l.storage_class
ORDER BY bytes DESC, storage, l.bucket, l.storage_class;
