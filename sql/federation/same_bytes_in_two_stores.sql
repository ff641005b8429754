-- Which bytes does S3 keep twice, once for each of two stores, by their ETag and size?
-- Tables: vast."tams/meta", vast."tams/archive", objects.s3.objects (a listing)
-- Equal ETags of a PUT in one part are equal bytes; those of multipart uploads depend on the parts, so
-- that equal bytes can be overlooked, as are those without an ETag. One place that both stores name is
-- one copy, and no row here. object_id is the first of several.
WITH latest AS (
  SELECT bucket, max(listed_at) AS listed_at
  FROM objects.s3.objects
  GROUP BY bucket
), listed AS (
  SELECT o.bucket, o.key, max(o.etag) AS etag, max(o.size) AS size
  FROM objects.s3.objects AS o
  JOIN latest AS l
    ON l.bucket = o.bucket AND (l.listed_at = o.listed_at OR l.listed_at IS NULL)
  WHERE o.size > 0 AND o.etag IS NOT NULL
  GROUP BY o.bucket, o.key
), ours AS (
  SELECT bucket, key, min(object_id) AS object_id
  FROM vast."tams/meta".object_instances
  WHERE bucket IS NOT NULL
  GROUP BY bucket, key
), theirs AS (
  SELECT bucket, key, min(object_id) AS object_id
  FROM vast."tams/archive".object_instances
  WHERE bucket IS NOT NULL
  GROUP BY bucket, key
), copies AS (
  SELECT
    l.etag,
    l.size,
    count(*) AS places,
    count_if(b.key IS NULL) AS of_meta_alone,
    count_if(a.key IS NULL) AS of_archive_alone,
    min(a.object_id) AS object_id,
    min(b.object_id) AS object_in_archive
  FROM listed AS l
  LEFT JOIN ours AS a
    ON a.bucket = l.bucket AND a.key = l.key
  LEFT JOIN theirs AS b
    ON b.bucket = l.bucket AND b.key = l.key
  WHERE a.key IS NOT NULL OR b.key IS NOT NULL
  GROUP BY l.etag, l.size
)
SELECT
  etag,
  size,
  places,
  CAST(size AS decimal(38, 0)) * (places - 1) AS bytes_too_many,
  object_id,
  object_in_archive
FROM copies
WHERE of_meta_alone > 0 AND of_archive_alone > 0
ORDER BY bytes_too_many DESC, etag;
