-- How many bytes does each source keep in S3, each object once, and how many as its flows count them?
-- Tables: vast."tams/meta", objects.s3.objects (a listing)
-- Between the two lies what reuse saves, where each object has one copy; an object of two sources counts
-- for both. Initialisation objects, and objects of which nothing is listed, are left out.
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
), places AS (
  SELECT object_id, bucket, key
  FROM vast."tams/meta".object_instances
  GROUP BY object_id, bucket, key
), kept AS (
  SELECT
    i.object_id,
    count(*) AS copies,
    sum(CAST(l.size AS decimal(38, 0))) AS bytes,
    max(l.size) AS size
  FROM places AS i
  JOIN listed AS l
    ON l.bucket = i.bucket AND l.key = i.key
  GROUP BY i.object_id
), flows AS (
  SELECT id, max(source_id) AS source_id
  FROM vast."tams/meta".flows
  GROUP BY id
), sources AS (
  SELECT id, max(label) AS label
  FROM vast."tams/meta".sources
  GROUP BY id
), used AS (
  SELECT f.source_id, s.object_id, count(*) AS segments
  FROM vast."tams/meta".segments AS s
  JOIN flows AS f
    ON f.id = s.flow_id
  GROUP BY f.source_id, s.object_id
)
SELECT
  u.source_id,
  r.label,
  count(*) AS objects,
  CAST(sum(k.copies) AS bigint) AS copies,
  sum(k.bytes) AS bytes_in_s3,
  sum(CAST(k.size AS decimal(38, 0)) * u.segments) AS bytes_of_segments
FROM used AS u
JOIN kept AS k
  ON k.object_id = u.object_id
LEFT JOIN sources AS r
  ON r.id = u.source_id
GROUP BY u.source_id, r.label
ORDER BY bytes_in_s3 DESC, u.source_id;
