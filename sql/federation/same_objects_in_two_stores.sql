-- Which objects are known to two stores, and do their rows agree?
-- Tables: vast."tams/meta", vast."tams/archive"
-- Known is what is registered and not released again. Two sizes that are on no record agree.
SELECT
  a.id AS object_id,
  a.size,
  b.size AS size_in_archive,
  a.size IS NOT DISTINCT FROM b.size AS sizes_agree,
  a.storage_path = b.storage_path AS same_path,
  a.registered_at,
  b.registered_at AS registered_in_archive
FROM vast."tams/meta".objects AS a
JOIN vast."tams/archive".objects AS b
  ON b.id = a.id
WHERE a.registered_at IS NOT NULL
  AND a.released_at IS NULL
  AND b.registered_at IS NOT NULL
  AND b.released_at IS NULL
ORDER BY a.id;
