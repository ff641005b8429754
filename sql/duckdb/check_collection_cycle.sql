-- Is there any row of which this is true: a flow collects itself, at once or by others?
-- What would mend it: PUT the flow_collection of one flow of the circle without the next
-- Circles of up to nine flows, as Trino goes no further; the library finds longer ones
WITH RECURSIVE ways (id, reached, way, steps) AS (
  SELECT flow_id, member_id, flow_id || ' > ' || member_id, 1
  FROM collections
  UNION ALL
  SELECT w.id, c.member_id, w.way || ' > ' || c.member_id, w.steps + 1
  FROM ways AS w
  JOIN collections AS c ON c.flow_id = w.reached
  WHERE w.reached <> w.id AND w.steps < 9
)
SELECT
  'collection_cycle' AS "check",
  'error' AS severity,
  'flows' AS entity,
  id,
  'collects itself: ' || min_by(way, steps) AS detail
FROM ways
WHERE reached = id
GROUP BY id
