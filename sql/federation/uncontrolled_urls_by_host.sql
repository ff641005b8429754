-- On which hosts lie the bytes that this store does not control, and how many objects have no other copy?
-- Tables: vast."tams/meta"
WITH places AS (
  SELECT object_id, count_if(controlled) AS controlled
  FROM vast."tams/meta".object_instances
  GROUP BY object_id
)
SELECT
  lower(regexp_extract(i.url, '^[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@]*@)?([^/?#:]+)', 1)) AS host,
  count(*) AS urls,
  count_if(p.controlled = 0) AS of_objects_without_a_controlled_copy
FROM vast."tams/meta".object_instances AS i
JOIN places AS p
  ON p.object_id = i.object_id
WHERE NOT i.controlled AND i.url IS NOT NULL
GROUP BY lower(regexp_extract(i.url, '^[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@]*@)?([^/?#:]+)', 1))
ORDER BY urls DESC, host;
