-- How many segments, how much time and how many bytes has each owner of rights in these 24 hours?
-- Its window: [1787529637:0_1787616037:0), from 2026-08-24T00:00:00Z to 2026-08-25T00:00:00Z
-- Tables: vast."tams/meta", rights.public.rights (PostgreSQL)
-- A segment counts with its share of them. A flow of several owners counts for each, one without an owner
-- for NULL; an object counts once for an owner, however many segments have it.
WITH used AS (
  SELECT
    flow_id,
    object_id,
    count(*) AS segments,
    sum(
      CAST(
        least(end_ns, 1787616037000000000) - greatest(start_ns, 1787529637000000000) AS decimal(38, 0)
      )
    ) AS ns
  FROM vast."tams/meta".segments
  WHERE start_ns < 1787616037000000000 AND end_ns > 1787529637000000000 AND start_ns < end_ns
  GROUP BY flow_id, object_id
), owned AS (
  SELECT owner, flow_id
  FROM rights.public.rights
  GROUP BY owner, flow_id
), owners AS (
  SELECT o.owner, u.object_id, sum(u.segments) AS segments, sum(u.ns) AS ns
  FROM used AS u
  LEFT JOIN owned AS o
    ON o.flow_id = u.flow_id
  GROUP BY o.owner, u.object_id
), sizes AS (
  SELECT id, max(size) AS size
  FROM vast."tams/meta".objects
  GROUP BY id
)
SELECT
  w.owner,
  CAST(sum(w.segments) AS bigint) AS segments,
  sum(w.ns) AS ns,
  count(*) AS objects,
  sum(CAST(b.size AS decimal(38, 0))) AS bytes
FROM owners AS w
LEFT JOIN sizes AS b
  ON b.id = w.object_id
GROUP BY w.owner
ORDER BY ns DESC, w.owner;
