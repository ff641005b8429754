-- Which flows registered segments of this day more than a minute after they had ended, and how late?
-- Its window: [1787529637:0_1787616037:0), from 2026-08-24T00:00:00Z to 2026-08-25T00:00:00Z
-- Tables: vast."tams/meta"
-- Made known in UTC against the end in TAI, which has been 37 seconds ahead since 2017. Of a flow that
-- was not live this says nothing.
WITH known AS (
  SELECT
    flow_id,
    object_id,
    end_ns,
    (date_diff('millisecond', TIMESTAMP '1970-01-01 00:00:00.000', created) + 37000) * 1000000 - end_ns AS late_ns
  FROM vast."tams/meta".segments
  WHERE start_ns < 1787616037000000000 AND end_ns > 1787529637000000000 AND start_ns < end_ns
), ranked AS (
  SELECT
    flow_id,
    object_id,
    late_ns,
    row_number() OVER (PARTITION BY flow_id ORDER BY late_ns DESC, end_ns) AS place,
    count(*) OVER (PARTITION BY flow_id) AS segments
  FROM known
)
SELECT
  flow_id,
  max(segments) AS segments,
  count(*) AS late_segments,
  max(late_ns) AS latest_ns,
  max(CASE WHEN place = 1 THEN object_id END) AS latest_object_id
FROM ranked
WHERE late_ns > 60000000000
GROUP BY flow_id
ORDER BY latest_ns DESC, flow_id;
