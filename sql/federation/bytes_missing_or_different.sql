-- Which objects have bytes that are missing in S3, or of another size than the store says?
-- Tables: objects.s3.objects (a listing), vast."tams/meta"
-- Each copy (instance) of an object in use: registered, not released, not being collected, and not with
-- all its segments about to be deleted: one that a flow keeps is needed. What is younger than a day at the
-- moment of the listing may have come after it. List all buckets: of one that is in no listing, or that is
-- empty, everything is missing.
WITH latest AS (
  SELECT bucket, max(listed_at) AS listed_at
  FROM objects.s3.objects
  GROUP BY bucket
), listed AS (
  SELECT o.bucket, o.key, max(o.size) AS size
  FROM objects.s3.objects AS o
  JOIN latest AS l
    ON l.bucket = o.bucket AND (l.listed_at = o.listed_at OR l.listed_at IS NULL)
  GROUP BY o.bucket, o.key
), taken AS (
  SELECT s.flow_id, s.object_id, s.start_ns, s.end_ns
  FROM vast."tams/meta".segments AS s
  JOIN vast."tams/meta".deletion_requests AS r
    ON r.flow_id = s.flow_id
    AND (r.start_ns IS NULL OR s.start_ns >= r.start_ns)
    AND (r.end_ns IS NULL OR s.end_ns <= r.end_ns)
    AND (r.object_id IS NULL OR r.object_id = s.object_id)
    AND s.created <= r.created
  WHERE r.status IN ('created', 'started')
  GROUP BY s.flow_id, s.object_id, s.start_ns, s.end_ns
), losing AS (
  SELECT object_id, count(*) AS segments
  FROM taken
  GROUP BY object_id
), theirs AS (
  SELECT s.flow_id, s.object_id, s.start_ns, s.end_ns
  FROM vast."tams/meta".segments AS s
  JOIN losing AS l
    ON l.object_id = s.object_id
  GROUP BY s.flow_id, s.object_id, s.start_ns, s.end_ns
), whole AS (
  SELECT object_id, count(*) AS segments
  FROM theirs
  GROUP BY object_id
), going AS (
  SELECT l.object_id
  FROM losing AS l
  JOIN whole AS w
    ON w.object_id = l.object_id AND w.segments = l.segments
), kept AS (
  SELECT id, max(size) AS size, max(registered_at) AS registered_at
  FROM vast."tams/meta".objects
  GROUP BY id
  HAVING max(registered_at) IS NOT NULL AND max(released_at) IS NULL AND max(collecting_since) IS NULL
), copies AS (
  SELECT object_id, storage_id, bucket, key, max(created) AS created
  FROM vast."tams/meta".object_instances
  WHERE controlled AND bucket IS NOT NULL AND key IS NOT NULL
  GROUP BY object_id, storage_id, bucket, key
), expected AS (
  SELECT
    i.object_id,
    i.storage_id,
    i.bucket,
    i.key,
    o.size,
    greatest(i.created, o.registered_at) AS known_since
  FROM copies AS i
  JOIN kept AS o
    ON o.id = i.object_id
  LEFT JOIN going AS g
    ON g.object_id = i.object_id
  WHERE g.object_id IS NULL
), compared AS (
  SELECT
    e.*,
    l.size AS size_in_s3,
    t.bucket IS NOT NULL AS is_listed,
    l.key IS NOT NULL AS is_there,
    coalesce(t.listed_at, (SELECT max(listed_at) FROM latest)) AS listed_at
  FROM expected AS e
  LEFT JOIN latest AS t
    ON t.bucket = e.bucket
  LEFT JOIN listed AS l
    ON l.bucket = e.bucket AND l.key = e.key
)
SELECT
  CASE
    WHEN NOT is_listed THEN 'missing: nothing of its bucket is listed'
    WHEN NOT is_there THEN 'missing'
    WHEN size IS NULL THEN 'size unknown to the store'
    ELSE 'other size'
  END AS problem,
  bucket,
  key,
  object_id,
  storage_id,
  size AS size_in_store,
  size_in_s3
FROM compared
WHERE (NOT is_there AND (listed_at IS NULL OR known_since < listed_at - INTERVAL '1' DAY))
  OR (is_there AND size_in_s3 IS NOT NULL AND (size IS NULL OR size <> size_in_s3))
ORDER BY problem, bucket, key, object_id, storage_id;
