-- How do I write TAMS timeranges, and UTC, in SQL of Trino?
--
-- A catalog keeps routines if its connector does: hive and memory do, the latter until Trino ends.
-- They are made in the schema of "sql.default-function-catalog" and "…-schema". A Trino that has neither
-- wants each made as CATALOG.SCHEMA.tams_…, which tams sql --install CATALOG.SCHEMA does. They are found
-- where "sql.path" or the session's path (SET PATH CATALOG.SCHEMA) leads; each knows the others by that
-- path too. Who may make none, or where no catalog keeps any, brings them in the query:
-- WITH FUNCTION … RETURN …, FUNCTION … RETURN … SELECT …, which tams sql tams_start_ns,tams_end_ns
-- prints of these two and what they call (or of others, by their names).
--
--   tams_start_ns(text)  tams_end_ns(text)    half-open whole nanoseconds; NULL where a side is unbounded
--   tams_overlaps(start_ns, end_ns, text)     the row and the timerange share a nanosecond
--   tams_text(start_ns, end_ns)               [a_b), [t] for one nanosecond, () for none
--   tams_utc(ns)                              a timestamp(6) in UTC, cut to the microsecond
--   tams_utc_text(ns)                         UTC to the nanosecond, with second 60 where it was
--   tams_from_utc(timestamp)                  nanoseconds of a timestamp that means UTC
--
-- What the library refuses is an error here, INVALID_CAST_ARGUMENT, which names the text (and
-- try(tams_start_ns(text)) makes it NULL): a mistyped timerange matches nothing quietly, and
-- everything neither. NULL in gives NULL out, and NULL is never read as "unbounded". A text means
-- what it means in a query: without a marker a side is included.
--
-- On a large table write
--   WHERE start_ns < tams_end_ns('[0:0_10:0)') AND end_ns > tams_start_ns('[0:0_10:0)')
-- Trino works out calls of literals first and offers both comparisons to the connector; what calls
-- tams_overlaps of its columns reads every row. (There NULL of an unbounded side matches nothing:
-- leave such a half out.)

-- 'seconds:nanoseconds' as nanoseconds: the sign in front covers the nine digits behind the seconds too.
CREATE OR REPLACE FUNCTION tams_nanoseconds_(mark varchar)
RETURNS decimal(38, 0)
LANGUAGE SQL
DETERMINISTIC
RETURN CASE
  WHEN mark <> ''
  THEN CAST(split_part(mark, ':', 1) || lpad(split_part(mark, ':', 2), 9, '0') AS decimal(38, 0))
END;

CREATE OR REPLACE FUNCTION tams_first_(text varchar)
RETURNS decimal(38, 0)
LANGUAGE SQL
DETERMINISTIC
RETURN tams_nanoseconds_(regexp_extract(text, '\A[\[(]?(-?[0-9]{1,10}:[0-9]{1,9})', 1));

CREATE OR REPLACE FUNCTION tams_last_(text varchar)
RETURNS decimal(38, 0)
LANGUAGE SQL
DETERMINISTIC
RETURN tams_nanoseconds_(regexp_extract(text, '_(-?[0-9]{1,10}:[0-9]{1,9})', 1));

CREATE OR REPLACE FUNCTION tams_is_instant_(text varchar)
RETURNS boolean
LANGUAGE SQL
DETERMINISTIC
RETURN (text NOT LIKE '%$_%' ESCAPE '$' AND text LIKE '%:%');

-- Markers become integers: [ v, ( v+1, ) v, ] v+1.
CREATE OR REPLACE FUNCTION tams_low_(text varchar)
RETURNS decimal(38, 0)
LANGUAGE SQL
DETERMINISTIC
RETURN tams_first_(text) + CASE WHEN text LIKE '(%' THEN 1 ELSE 0 END;

CREATE OR REPLACE FUNCTION tams_high_(text varchar)
RETURNS decimal(38, 0)
LANGUAGE SQL
DETERMINISTIC
RETURN CASE WHEN tams_is_instant_(text) THEN tams_first_(text) ELSE tams_last_(text) END
  + CASE WHEN text LIKE '%)' THEN 0 ELSE 1 END;

CREATE OR REPLACE FUNCTION tams_is_never_(text varchar)
RETURNS boolean
LANGUAGE SQL
DETERMINISTIC
RETURN (
  (text NOT LIKE '%$_%' ESCAPE '$' AND text NOT LIKE '%:%')
  OR coalesce(tams_high_(text) <= tams_low_(text), FALSE)
);

CREATE OR REPLACE FUNCTION tams_is_within_(ns decimal(38, 0))
RETURNS boolean
LANGUAGE SQL
DETERMINISTIC
RETURN coalesce(
  ns BETWEEN CAST('-9223372036854775808' AS decimal(38, 0)) AND CAST('9223372036854775807' AS decimal(38, 0)),
  TRUE
);

CREATE OR REPLACE FUNCTION tams_is_refused_(text varchar)
RETURNS boolean
LANGUAGE SQL
DETERMINISTIC
RETURN (
  NOT regexp_like(
    text,
    '\A[\[(]?(?:-?(?:0|[1-9][0-9]{0,9}):(?:0|[1-9][0-9]{0,8}))?(?:_(?:-?(?:0|[1-9][0-9]{0,9}):(?:0|[1-9][0-9]{0,8}))?)?[\])]?\z'
  )
  OR (tams_is_instant_(text) AND (text LIKE '(%' OR text LIKE '%)'))
  OR NOT tams_is_within_(tams_first_(text))
  OR NOT tams_is_within_(tams_last_(text))
  OR (
    NOT tams_is_never_(text)
    AND NOT (tams_is_within_(tams_low_(text)) AND tams_is_within_(tams_high_(text)))
  )
);

CREATE OR REPLACE FUNCTION tams_start_ns(text varchar)
RETURNS bigint
LANGUAGE SQL
DETERMINISTIC
COMMENT 'first nanosecond of a TAMS timerange, NULL where it is unbounded'
RETURN CASE
  WHEN tams_is_refused_(text)
  THEN CAST('TAMS timerange within 64 bits, for example [0:0_10:0), not ' || text AS bigint)
  WHEN tams_is_never_(text) THEN CAST(0 AS bigint)
  ELSE CAST(tams_low_(text) AS bigint)
END;

CREATE OR REPLACE FUNCTION tams_end_ns(text varchar)
RETURNS bigint
LANGUAGE SQL
DETERMINISTIC
COMMENT 'the nanosecond after the last of a TAMS timerange, NULL where it is unbounded'
RETURN CASE
  WHEN tams_is_refused_(text)
  THEN CAST('TAMS timerange within 64 bits, for example [0:0_10:0), not ' || text AS bigint)
  WHEN tams_is_never_(text) THEN CAST(0 AS bigint)
  ELSE CAST(tams_high_(text) AS bigint)
END;

-- Never starts where it ends, and overlaps nothing; an unbounded side drops its half.
CREATE OR REPLACE FUNCTION tams_overlaps(start_ns bigint, end_ns bigint, text varchar)
RETURNS boolean
LANGUAGE SQL
DETERMINISTIC
COMMENT 'does the row share a nanosecond with a TAMS timerange'
RETURN CASE
  WHEN text IS NULL THEN CAST(NULL AS boolean)
  WHEN tams_start_ns(text) = tams_end_ns(text) THEN FALSE
  WHEN tams_start_ns(text) IS NULL AND tams_end_ns(text) IS NULL THEN TRUE
  WHEN tams_start_ns(text) IS NULL THEN start_ns < tams_end_ns(text)
  WHEN tams_end_ns(text) IS NULL THEN end_ns > tams_start_ns(text)
  ELSE start_ns < tams_end_ns(text) AND end_ns > tams_start_ns(text)
END;

-- By digits: eleven of seconds and nine of nanoseconds, without a division.
CREATE OR REPLACE FUNCTION tams_digits_(ns bigint)
RETURNS varchar
LANGUAGE SQL
DETERMINISTIC
RETURN lpad(CAST(abs(CAST(ns AS decimal(38, 0))) AS varchar), 20, '0');

CREATE OR REPLACE FUNCTION tams_timestamp_(ns bigint)
RETURNS varchar
LANGUAGE SQL
DETERMINISTIC
RETURN CASE WHEN ns < 0 THEN '-' ELSE '' END
  || CAST(CAST(substr(tams_digits_(ns), 1, 11) AS bigint) AS varchar)
  || ':'
  || CAST(CAST(substr(tams_digits_(ns), 12, 9) AS bigint) AS varchar);

CREATE OR REPLACE FUNCTION tams_text(start_ns bigint, end_ns bigint)
RETURNS varchar
LANGUAGE SQL
DETERMINISTIC
COMMENT 'the canonical TAMS timerange of half-open nanoseconds'
RETURN CASE
  WHEN start_ns IS NULL OR end_ns IS NULL THEN CAST(NULL AS varchar)
  WHEN end_ns <= start_ns THEN '()'
  WHEN end_ns - 1 = start_ns THEN '[' || tams_timestamp_(start_ns) || ']'
  ELSE '[' || tams_timestamp_(start_ns) || '_' || tams_timestamp_(end_ns) || ')'
END;

-- Seconds that TAI is ahead of UTC at a stored nanosecond; a leap second counts from its beginning.
CREATE OR REPLACE FUNCTION tams_ahead_(ns bigint)
RETURNS bigint
LANGUAGE SQL
DETERMINISTIC
RETURN CASE
  WHEN ns >= 1483228836000000000 THEN 37
  WHEN ns >= 1435708835000000000 THEN 36
  WHEN ns >= 1341100834000000000 THEN 35
  WHEN ns >= 1230768033000000000 THEN 34
  WHEN ns >= 1136073632000000000 THEN 33
  WHEN ns >= 915148831000000000 THEN 32
  WHEN ns >= 867715230000000000 THEN 31
  WHEN ns >= 820454429000000000 THEN 30
  WHEN ns >= 773020828000000000 THEN 29
  WHEN ns >= 741484827000000000 THEN 28
  WHEN ns >= 709948826000000000 THEN 27
  WHEN ns >= 662688025000000000 THEN 26
  WHEN ns >= 631152024000000000 THEN 25
  WHEN ns >= 567993623000000000 THEN 24
  WHEN ns >= 489024022000000000 THEN 23
  WHEN ns >= 425865621000000000 THEN 22
  WHEN ns >= 394329620000000000 THEN 21
  WHEN ns >= 362793619000000000 THEN 20
  WHEN ns >= 315532818000000000 THEN 19
  WHEN ns >= 283996817000000000 THEN 18
  WHEN ns >= 252460816000000000 THEN 17
  WHEN ns >= 220924815000000000 THEN 16
  WHEN ns >= 189302414000000000 THEN 15
  WHEN ns >= 157766413000000000 THEN 14
  WHEN ns >= 126230412000000000 THEN 13
  WHEN ns >= 94694411000000000 THEN 12
  WHEN ns >= 78796810000000000 THEN 11
  ELSE 10
END;

CREATE OR REPLACE FUNCTION tams_is_leap_(ns bigint)
RETURNS boolean
LANGUAGE SQL
DETERMINISTIC
RETURN (ns - (ns % 1000000000) IN (
  78796810000000000, 94694411000000000, 126230412000000000, 157766413000000000,
  189302414000000000, 220924815000000000, 252460816000000000, 283996817000000000,
  315532818000000000, 362793619000000000, 394329620000000000, 425865621000000000,
  489024022000000000, 567993623000000000, 631152024000000000, 662688025000000000,
  709948826000000000, 741484827000000000, 773020828000000000, 820454429000000000,
  867715230000000000, 915148831000000000, 1136073632000000000, 1230768033000000000,
  1341100834000000000, 1435708835000000000, 1483228836000000000
));

-- Nanoseconds of POSIX time, which repeats the second before a leap second.
CREATE OR REPLACE FUNCTION tams_posix_ns_(ns bigint)
RETURNS decimal(38, 0)
LANGUAGE SQL
DETERMINISTIC
RETURN CAST(ns AS decimal(38, 0)) - CAST(tams_ahead_(ns) AS decimal(38, 0)) * 1000000000;

-- The nanoseconds of its second, or of another unit, from 0 also before 1970.
CREATE OR REPLACE FUNCTION tams_fraction_(ns bigint, unit bigint)
RETURNS bigint
LANGUAGE SQL
DETERMINISTIC
RETURN (ns % unit + unit) % unit;

CREATE OR REPLACE FUNCTION tams_utc(ns bigint)
RETURNS timestamp(6)
LANGUAGE SQL
DETERMINISTIC
COMMENT 'UTC of a stored (TAI) nanosecond, cut to the microsecond'
RETURN CAST(
  from_unixtime_nanos(
    tams_posix_ns_(ns) - CASE
      WHEN tams_is_leap_(ns) THEN tams_fraction_(ns, 1000000000) - 999999000
      ELSE tams_fraction_(ns, 1000)
    END
  ) AT TIME ZONE 'UTC' AS timestamp(6)
);

CREATE OR REPLACE FUNCTION tams_second_text_(ns bigint)
RETURNS varchar
LANGUAGE SQL
DETERMINISTIC
RETURN CAST(
  CAST(
    from_unixtime_nanos(tams_posix_ns_(ns) - tams_fraction_(ns, 1000000000)) AT TIME ZONE 'UTC' AS timestamp(0)
  ) AS varchar
);

CREATE OR REPLACE FUNCTION tams_utc_text(ns bigint)
RETURNS varchar
LANGUAGE SQL
DETERMINISTIC
COMMENT 'UTC of a stored (TAI) nanosecond, ISO 8601'
RETURN replace(substr(tams_second_text_(ns), 1, 17), ' ', 'T')
  || CASE WHEN tams_is_leap_(ns) THEN '60' ELSE substr(tams_second_text_(ns), 18, 2) END
  || regexp_replace('.' || lpad(CAST(tams_fraction_(ns, 1000000000) AS varchar), 9, '0'), '\.?0*\z', '')
  || 'Z';

CREATE OR REPLACE FUNCTION tams_posix_(utc timestamp(6))
RETURNS bigint
LANGUAGE SQL
DETERMINISTIC
RETURN date_diff('second', TIMESTAMP '1970-01-01 00:00:00', date_trunc('second', utc));

CREATE OR REPLACE FUNCTION tams_ahead_at_(posix bigint)
RETURNS bigint
LANGUAGE SQL
DETERMINISTIC
RETURN CASE
  WHEN posix >= 1483228800 THEN 37
  WHEN posix >= 1435708800 THEN 36
  WHEN posix >= 1341100800 THEN 35
  WHEN posix >= 1230768000 THEN 34
  WHEN posix >= 1136073600 THEN 33
  WHEN posix >= 915148800 THEN 32
  WHEN posix >= 867715200 THEN 31
  WHEN posix >= 820454400 THEN 30
  WHEN posix >= 773020800 THEN 29
  WHEN posix >= 741484800 THEN 28
  WHEN posix >= 709948800 THEN 27
  WHEN posix >= 662688000 THEN 26
  WHEN posix >= 631152000 THEN 25
  WHEN posix >= 567993600 THEN 24
  WHEN posix >= 489024000 THEN 23
  WHEN posix >= 425865600 THEN 22
  WHEN posix >= 394329600 THEN 21
  WHEN posix >= 362793600 THEN 20
  WHEN posix >= 315532800 THEN 19
  WHEN posix >= 283996800 THEN 18
  WHEN posix >= 252460800 THEN 17
  WHEN posix >= 220924800 THEN 16
  WHEN posix >= 189302400 THEN 15
  WHEN posix >= 157766400 THEN 14
  WHEN posix >= 126230400 THEN 13
  WHEN posix >= 94694400 THEN 12
  WHEN posix >= 78796800 THEN 11
  ELSE 10
END;

CREATE OR REPLACE FUNCTION tams_from_utc(utc timestamp(6))
RETURNS bigint
LANGUAGE SQL
DETERMINISTIC
COMMENT 'stored (TAI) nanoseconds of a timestamp that means UTC'
RETURN CAST(
  CAST(tams_posix_(utc) + tams_ahead_at_(tams_posix_(utc)) AS decimal(38, 0)) * 1000000000
  + CAST(rpad(substr(CAST(utc AS varchar), 21), 6, '0') AS bigint) * 1000 AS bigint
);
