-- Which objects are known to two stores, and do their rows agree?
-- Tables: vast."tams/meta", vast."tams/archive"
SELECT
  a.id AS object_id,
  a.size,
  b.size AS size_in_archive,
  coalesce(a.size = b.size, FALSE) AS sizes_agree,
  a.storage_path = b.storage_path AS same_path,
  a.registered_at,
  b.registered_at AS registered_in_archive
FROM vast."tams/meta".objects AS a
JOIN vast."tams/archive".objects AS b
  ON b.id = a.id
ORDER BY a.id;
