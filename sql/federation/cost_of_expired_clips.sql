-- What is paid each month for bytes that only clips use whose rights have expired?
-- Its window: what had expired by 2026-09-01T00:00:00Z
-- Tables: vast."tams/meta", rights.public.rights and .storage_prices (PostgreSQL), objects.s3.objects
-- A clip is a flow. It has expired where each of its rights ends before the day that is asked about; a
-- flow of which nobody wrote down any right, or one without an end, has not. An object is shared: one
-- flow that goes on keeps it, and with it the initialisation object that it needs. Each copy is paid for.
-- per_month is in the currency of the prices, which are for a month and 10^9 bytes; NULL: no price is known.
WITH expired AS (
  SELECT flow_id
  FROM rights.public.rights
  GROUP BY flow_id
  HAVING count_if(expires IS NULL OR expires >= TIMESTAMP '2026-09-01 00:00:00.000000') = 0
), users AS (
  SELECT object_id, flow_id
  FROM vast."tams/meta".segments
  UNION
  SELECT o.init_object_id AS object_id, s.flow_id
  FROM vast."tams/meta".segments AS s
  JOIN vast."tams/meta".objects AS o
    ON o.id = s.object_id
  WHERE o.init_object_id IS NOT NULL
), freed AS (
  SELECT u.object_id
  FROM users AS u
  LEFT JOIN expired AS e
    ON e.flow_id = u.flow_id
  GROUP BY u.object_id
  HAVING count_if(e.flow_id IS NULL) = 0
), places AS (
  SELECT i.bucket, i.key
  FROM vast."tams/meta".object_instances AS i
  JOIN freed AS f
    ON f.object_id = i.object_id
  WHERE i.controlled
  GROUP BY i.bucket, i.key
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
), bytes AS (
  SELECT
    l.bucket,
    l.storage_class,
    count(*) AS objects,
    sum(CAST(coalesce(l.size, 0) AS decimal(38, 0))) AS bytes
  FROM places AS p
  JOIN listed AS l
    ON l.bucket = p.bucket AND l.key = p.key
  GROUP BY l.bucket, l.storage_class
), prices AS (
  SELECT storage_class, max(per_gb_month) AS per_gb_month
  FROM rights.public.storage_prices
  GROUP BY storage_class
)
SELECT
  b.bucket,
  b.storage_class,
  b.objects,
  b.bytes,
  CAST(CAST(b.bytes AS double) / CAST(1000000000 AS double) * c.per_gb_month AS decimal(18, 2)) AS per_month
FROM bytes AS b
LEFT JOIN prices AS c
  ON c.storage_class = b.storage_class
ORDER BY b.bucket, b.storage_class;
