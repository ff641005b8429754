-- Which objects have bytes that are missing in S3, or of another size than the store says?
-- Tables: objects.s3.objects (a listing), vast."tams/meta"
-- Only objects in use: registered, not released, not being collected, and not all of their segments about
-- to be deleted. A bucket that was not listed says nothing; what is younger than a day at the moment of the
-- listing may have come after it.
WITH latest AS (
  SELECT bucket, max(listed_at) AS listed_at
  FROM objects.s3.objects
  GROUP BY bucket
), listed AS (
  SELECT o.bucket, o.key, max(o.size) AS size
  FROM objects.s3.objects AS o
  JOIN latest AS l
    ON l.bucket = o.bucket AND l.listed_at = o.listed_at
  GROUP BY o.bucket, o.key
), requested AS (
  SELECT flow_id, start_ns, end_ns, object_id
  FROM vast."tams/meta".deletion_requests
  WHERE status IN ('created', 'started')
), touched AS (
  SELECT s.object_id
  FROM vast."tams/meta".segments AS s
  JOIN requested AS r
    ON r.flow_id = s.flow_id
  GROUP BY s.object_id
), going AS (
  SELECT s.object_id
  FROM vast."tams/meta".segments AS s
  JOIN touched AS t
    ON t.object_id = s.object_id
  LEFT JOIN requested AS r
    ON r.flow_id = s.flow_id
    AND (r.start_ns IS NULL OR s.start_ns >= r.start_ns)
    AND (r.end_ns IS NULL OR s.end_ns <= r.end_ns)
    AND (r.object_id IS NULL OR r.object_id = s.object_id)
  GROUP BY s.object_id
  HAVING count_if(r.flow_id IS NULL) = 0
), expected AS (
  SELECT
    i.bucket,
    i.key,
    i.object_id,
    max(o.size) AS size,
    max(greatest(i.created, o.registered_at)) AS known_since
  FROM vast."tams/meta".object_instances AS i
  JOIN vast."tams/meta".objects AS o
    ON o.id = i.object_id
  LEFT JOIN going AS g
    ON g.object_id = i.object_id
  WHERE i.controlled
    AND i.bucket IS NOT NULL
    AND i.key IS NOT NULL
    AND o.registered_at IS NOT NULL
    AND o.released_at IS NULL
    AND o.collecting_since IS NULL
    AND g.object_id IS NULL
  GROUP BY i.bucket, i.key, i.object_id
)
SELECT
  CASE
    WHEN l.key IS NULL THEN 'missing'
    WHEN e.size IS NULL THEN 'size unknown to the store'
    ELSE 'other size'
  END AS problem,
  e.bucket,
  e.key,
  e.object_id,
  e.size AS size_in_store,
  l.size AS size_in_s3
FROM expected AS e
JOIN latest AS t
  ON t.bucket = e.bucket
LEFT JOIN listed AS l
  ON l.bucket = e.bucket AND l.key = e.key
WHERE (l.key IS NULL AND e.known_since < t.listed_at - INTERVAL '1' DAY)
  OR (l.key IS NOT NULL AND (e.size IS NULL OR e.size <> l.size))
ORDER BY problem, e.bucket, e.key, e.object_id;
