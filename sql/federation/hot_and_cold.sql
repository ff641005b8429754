-- Which flows were read in these 30 days, which not at all, and in which storage class do they lie?
-- Its window: [1785542437:0_1788134437:0), from 2026-08-01T00:00:00Z to 2026-08-31T00:00:00Z
-- Tables: objects.s3.access_log and .objects, vast."tams/meta"
-- Hot: at least as many reads as objects; cold: none. An object counts once for a flow and class, bytes and
-- reads with all of its copies, and for each flow that has it. What no listing has is left out.
WITH reads AS (
  SELECT bucket, key, count(*) AS reads, max(requested_at) AS last_read
  FROM objects.s3.access_log
  WHERE requested_at >= TIMESTAMP '2026-08-01 00:00:00.000000'
    AND requested_at < TIMESTAMP '2026-08-31 00:00:00.000000'
    AND operation = 'REST.GET.OBJECT'
  GROUP BY bucket, key
), latest AS (
  SELECT bucket, max(listed_at) AS listed_at
  FROM objects.s3.objects
  GROUP BY bucket
), listed AS (
  SELECT o.bucket, o.key, max(o.storage_class) AS storage_class, max(o.size) AS size
  FROM objects.s3.objects AS o
  JOIN latest AS l
    ON l.bucket = o.bucket AND (l.listed_at = o.listed_at OR l.listed_at IS NULL)
  GROUP BY o.bucket, o.key
), used AS (
  SELECT flow_id, object_id
  FROM vast."tams/meta".segments
  GROUP BY flow_id, object_id
), places AS (
  SELECT object_id, bucket, key
  FROM vast."tams/meta".object_instances
  GROUP BY object_id, bucket, key
), labels AS (
  SELECT id, max(label) AS label
  FROM vast."tams/meta".flows
  GROUP BY id
), flows AS (
  SELECT
    u.flow_id,
    l.storage_class,
    count(DISTINCT u.object_id) AS objects,
    sum(CAST(l.size AS decimal(38, 0))) AS bytes,
    CAST(coalesce(sum(r.reads), 0) AS bigint) AS reads,
    max(r.last_read) AS last_read
  FROM used AS u
  JOIN places AS i
    ON i.object_id = u.object_id
  JOIN listed AS l
    ON l.bucket = i.bucket AND l.key = i.key
  LEFT JOIN reads AS r
    ON r.bucket = i.bucket AND r.key = i.key
  GROUP BY u.flow_id, l.storage_class
)
SELECT
  f.flow_id,
  w.label,
  f.storage_class,
  CASE WHEN f.reads = 0 THEN 'cold' WHEN f.reads < f.objects THEN 'warm' ELSE 'hot' END AS temperature,
  f.reads,
  f.last_read,
  f.objects,
  f.bytes
FROM flows AS f
LEFT JOIN labels AS w
  ON w.id = f.flow_id
ORDER BY f.reads DESC, f.flow_id, f.storage_class;
