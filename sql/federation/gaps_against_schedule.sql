-- What is missing of that which the schedule of this day planned?
-- Its window: [1787529637:0_1787702437:0), from 2026-08-24T00:00:00Z to 2026-08-26T00:00:00Z
-- Tables: rights.public.schedule (PostgreSQL), vast."tams/meta"
-- The schedule is in UTC, the store counts TAI, which has been 37 seconds ahead since 2017. What begins on
-- the first day is followed to the end of the next. What was planned as an outage is not missing.
WITH planned AS (
  SELECT
    id,
    max(channel) AS channel,
    max(flow_id) AS flow_id,
    max(title) AS title,
    (date_diff('millisecond', TIMESTAMP '1970-01-01 00:00:00.000', max(planned_from)) + 37000) * 1000000 AS start_ns,
    least(
      (date_diff('millisecond', TIMESTAMP '1970-01-01 00:00:00.000', max(planned_until)) + 37000) * 1000000,
      1787702437000000000
    ) AS end_ns
  FROM rights.public.schedule
  WHERE planned_from >= TIMESTAMP '2026-08-24 00:00:00.000000'
    AND planned_from < TIMESTAMP '2026-08-25 00:00:00.000000'
  GROUP BY id
  HAVING bool_or(is_outage) IS DISTINCT FROM TRUE
), recorded AS (
  SELECT
    p.id,
    greatest(s.start_ns, p.start_ns) AS start_ns,
    least(s.end_ns, p.end_ns) AS end_ns
  FROM vast."tams/meta".segments AS s
  JOIN planned AS p
    ON p.flow_id = s.flow_id AND s.start_ns < p.end_ns AND s.end_ns > p.start_ns
  WHERE s.start_ns < 1787702437000000000 AND s.end_ns > 1787529637000000000 AND s.start_ns < s.end_ns
  UNION ALL
  SELECT id, start_ns, start_ns AS end_ns FROM planned
  UNION ALL
  SELECT id, end_ns AS start_ns, end_ns FROM planned
), reached AS (
  SELECT
    id,
    start_ns,
    max(end_ns) OVER (
      PARTITION BY id
      ORDER BY start_ns, end_ns
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS covered_until
  FROM recorded
)
SELECT
  p.channel,
  p.title,
  p.flow_id,
  r.covered_until AS start_ns,
  r.start_ns AS end_ns,
  r.start_ns - r.covered_until AS missing_ns
FROM reached AS r
JOIN planned AS p
  ON p.id = r.id
WHERE r.start_ns > r.covered_until
ORDER BY p.channel, r.covered_until;
