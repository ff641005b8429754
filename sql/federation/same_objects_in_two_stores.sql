-- Which objects are known to two stores, and do their rows agree?
-- Tables: vast."tams/meta", vast."tams/archive"
-- Known is what is registered and not released again. Two sizes that are on no record agree.
WITH ours AS (
  SELECT id, max(size) AS size, max(storage_path) AS storage_path, max(registered_at) AS registered_at
  FROM vast."tams/meta".objects
  GROUP BY id
  HAVING max(registered_at) IS NOT NULL AND max(released_at) IS NULL
), theirs AS (
  SELECT id, max(size) AS size, max(storage_path) AS storage_path, max(registered_at) AS registered_at
  FROM vast."tams/archive".objects
  GROUP BY id
  HAVING max(registered_at) IS NOT NULL AND max(released_at) IS NULL
)
SELECT
  a.id AS object_id,
  a.size,
  b.size AS size_in_archive,
  a.size IS NOT DISTINCT FROM b.size AS sizes_agree,
  a.storage_path = b.storage_path AS same_path,
  a.registered_at,
  b.registered_at AS registered_in_archive
FROM ours AS a
JOIN theirs AS b
  ON b.id = a.id
ORDER BY a.id;
