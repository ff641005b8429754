-- On which hosts lie the bytes that this store does not control, and how many objects have no other copy?
-- Tables: vast."tams/meta"
-- only_here are the objects all of whose instances are URLs of this one host.
WITH urls AS (
  SELECT
    object_id,
    lower(regexp_extract(url, '^[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@]*@)?(\[[^/?#\]]*\]|[^/?#:]+)', 1)) AS host
  FROM vast."tams/meta".object_instances
  WHERE NOT controlled AND url IS NOT NULL
  GROUP BY object_id, url
), controlled AS (
  SELECT object_id
  FROM vast."tams/meta".object_instances
  WHERE controlled
  GROUP BY object_id
), hosts AS (
  SELECT object_id, count(DISTINCT host) AS hosts
  FROM urls
  GROUP BY object_id
)
SELECT
  u.host,
  count(*) AS urls,
  count(DISTINCT u.object_id) AS objects,
  count(DISTINCT CASE WHEN c.object_id IS NULL AND h.hosts = 1 THEN u.object_id END) AS only_here
FROM urls AS u
JOIN hosts AS h
  ON h.object_id = u.object_id
LEFT JOIN controlled AS c
  ON c.object_id = u.object_id
GROUP BY u.host
ORDER BY urls DESC, u.host;
