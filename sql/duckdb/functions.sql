-- How do I write TAMS timeranges, and UTC, in SQL of DuckDB?
--
-- Run this file once in a connection, by ".read functions.sql" or tams sql functions --engine duckdb.
-- The macros live as long as the connection, so that a store that is open for reading takes them too
-- and no store is changed; without the word TEMPORARY they stay in the database.
--
--   tams_start_ns(text)  tams_end_ns(text)    half-open whole nanoseconds; NULL where a side is unbounded
--   tams_overlaps(start_ns, end_ns, text)     the row and the timerange share a nanosecond
--   tams_text(start_ns, end_ns)               [a_b), [t] for one nanosecond, () for none
--   tams_utc(ns)                              a TIMESTAMP in UTC, cut to the microsecond
--   tams_utc_text(ns)                         UTC to the nanosecond, with second 60 where it was
--   tams_from_utc(timestamp)                  nanoseconds of a TIMESTAMP that means UTC
--
-- What the library refuses is an error here, which names the text: a mistyped timerange matches nothing
-- quietly, and everything neither. NULL in gives NULL out, and NULL is never read as "unbounded". A text
-- means what it means in a query: without a marker a side is included.
--
-- tams_overlaps of a literal text is worked out before the table is read, and the rest is two
-- comparisons of columns, which DuckDB pushes into the scan.

-- Opening marker, first timestamp, "_" with the last timestamp, closing marker: all of a text, or it is
-- no timerange.
CREATE OR REPLACE TEMPORARY MACRO tams_parts_(text) AS
  regexp_extract(
    text,
    '^([\[(]?)((?:-?(?:0|[1-9][0-9]{0,9}):(?:0|[1-9][0-9]{0,8}))?)((?:_(?:-?(?:0|[1-9][0-9]{0,9}):(?:0|[1-9][0-9]{0,8}))?)?)([\])]?)$',
    ['opening', 'first', 'rest', 'closing']
  );

-- 'seconds:nanoseconds' as nanoseconds: the sign in front covers the nine digits behind the seconds too.
CREATE OR REPLACE TEMPORARY MACRO tams_nanoseconds_(mark) AS
  CASE WHEN mark <> '' THEN CAST(split_part(mark, ':', 1) || lpad(split_part(mark, ':', 2), 9, '0') AS HUGEINT) END;

-- Markers become integers: [ v, ( v+1, ) v, ] v+1. An instant ends where it starts, and includes it.
CREATE OR REPLACE TEMPORARY MACRO tams_sides_(parts) AS
  {
    'low': tams_nanoseconds_(parts.first) + CASE WHEN parts.opening = '(' THEN 1 ELSE 0 END,
    'high':
      CASE
        WHEN parts.rest = '' THEN tams_nanoseconds_(parts.first)
        ELSE tams_nanoseconds_(parts.rest[2:])
      END
      + CASE WHEN parts.closing = ')' THEN 0 ELSE 1 END,
    'is_never': parts.first = '' AND parts.rest = '',
    'is_refused':
      parts.first <> '' AND parts.rest = '' AND (parts.opening = '(' OR parts.closing = ')'),
    'first': tams_nanoseconds_(parts.first),
    'last': tams_nanoseconds_(parts.rest[2:])
  };

CREATE OR REPLACE TEMPORARY MACRO tams_is_within_(ns) AS
  coalesce(ns BETWEEN -9223372036854775808 AND 9223372036854775807, TRUE);

-- [start, end], [0, 0] for never; NULL for an unbounded side, and instead of a list for what is refused.
CREATE OR REPLACE TEMPORARY MACRO tams_checked_(sides) AS
  CASE
    WHEN sides.is_refused IS NOT FALSE OR NOT tams_is_within_(sides.first) OR NOT tams_is_within_(sides.last)
    THEN NULL
    WHEN sides.is_never OR coalesce(sides.high <= sides.low, FALSE) THEN [0, 0]
    WHEN NOT tams_is_within_(sides.low) OR NOT tams_is_within_(sides.high) THEN NULL
    ELSE [sides.low, sides.high]
  END;

-- A list of one and a lambda give a name to what is needed more than once.
CREATE OR REPLACE TEMPORARY MACRO tams_read_(text) AS
  list_transform(
    list_transform([tams_parts_(text)], lambda parts:
      CASE
        WHEN concat(parts.opening, parts.first, parts.rest, parts.closing) = text
        THEN tams_sides_(parts)
      END
    ),
    lambda sides: tams_checked_(sides)
  )[1];

CREATE OR REPLACE TEMPORARY MACRO tams_bounds_(text) AS
  coalesce(
    tams_read_(text),
    [CAST('TAMS timerange within 64 bits, for example [0:0_10:0), not ' || text AS BIGINT)]
  );

CREATE OR REPLACE TEMPORARY MACRO tams_start_ns(text) AS
  CAST(tams_bounds_(text)[1] AS BIGINT);

CREATE OR REPLACE TEMPORARY MACRO tams_end_ns(text) AS
  CAST(tams_bounds_(text)[2] AS BIGINT);

-- Never starts where it ends, and overlaps nothing; an unbounded side drops its half.
CREATE OR REPLACE TEMPORARY MACRO tams_overlaps(start_ns, end_ns, text) AS
  CASE
    WHEN text IS NULL THEN CAST(NULL AS BOOLEAN)
    WHEN tams_start_ns(text) = tams_end_ns(text) THEN FALSE
    ELSE
      (tams_end_ns(text) IS NULL OR start_ns < tams_end_ns(text))
      AND (tams_start_ns(text) IS NULL OR end_ns > tams_start_ns(text))
  END;

-- The divisions are of what is not negative.
CREATE OR REPLACE TEMPORARY MACRO tams_timestamp_(ns) AS
  concat(
    CASE WHEN ns < 0 THEN '-' ELSE '' END,
    abs(CAST(ns AS HUGEINT)) // 1000000000,
    ':',
    abs(CAST(ns AS HUGEINT)) % 1000000000
  );

CREATE OR REPLACE TEMPORARY MACRO tams_text(start_ns, end_ns) AS
  CASE
    WHEN start_ns IS NULL OR end_ns IS NULL THEN CAST(NULL AS VARCHAR)
    WHEN end_ns <= start_ns THEN '()'
    WHEN end_ns - 1 = start_ns THEN concat('[', tams_timestamp_(start_ns), ']')
    ELSE concat('[', tams_timestamp_(start_ns), '_', tams_timestamp_(end_ns), ')')
  END;

-- Seconds that TAI is ahead of UTC at a stored nanosecond; a leap second counts from its beginning.
CREATE OR REPLACE TEMPORARY MACRO tams_ahead_(ns) AS
  CASE
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

CREATE OR REPLACE TEMPORARY MACRO tams_is_leap_(ns) AS
  ns // 1000000000 IN (
    78796810, 94694411, 126230412, 157766413, 189302414, 220924815, 252460816,
    283996817, 315532818, 362793619, 394329620, 425865621, 489024022, 567993623,
    631152024, 662688025, 709948826, 741484827, 773020828, 820454429, 867715230,
    915148831, 1136073632, 1230768033, 1341100834, 1435708835, 1483228836
  );

-- Nanoseconds of POSIX time, which repeats the second before a leap second.
CREATE OR REPLACE TEMPORARY MACRO tams_posix_ns_(ns) AS
  CAST(ns AS HUGEINT) - tams_ahead_(ns) * CAST(1000000000 AS HUGEINT);

-- The nanoseconds of its second, from 0 also before 1970.
CREATE OR REPLACE TEMPORARY MACRO tams_fraction_(ns) AS
  CAST((ns % 1000000000 + 1000000000) % 1000000000 AS BIGINT);

CREATE OR REPLACE TEMPORARY MACRO tams_second_(ns) AS
  make_timestamp(CAST((tams_posix_ns_(ns) - tams_fraction_(ns)) // 1000 AS BIGINT));

CREATE OR REPLACE TEMPORARY MACRO tams_utc(ns) AS
  tams_second_(ns)
  + to_microseconds(CASE WHEN tams_is_leap_(ns) THEN 999999 ELSE tams_fraction_(ns) // 1000 END);

CREATE OR REPLACE TEMPORARY MACRO tams_utc_text(ns) AS
  CASE
    WHEN ns IS NOT NULL
    THEN concat(
      CASE
        WHEN tams_is_leap_(ns) THEN strftime(tams_second_(ns), '%Y-%m-%dT%H:%M:60')
        ELSE strftime(tams_second_(ns), '%Y-%m-%dT%H:%M:%S')
      END,
      rtrim(rtrim(concat('.', lpad(CAST(tams_fraction_(ns) AS VARCHAR), 9, '0')), '0'), '.'),
      'Z'
    )
  END;

CREATE OR REPLACE TEMPORARY MACRO tams_ahead_at_(posix_us) AS
  CASE
    WHEN posix_us >= 1483228800000000 THEN 37
    WHEN posix_us >= 1435708800000000 THEN 36
    WHEN posix_us >= 1341100800000000 THEN 35
    WHEN posix_us >= 1230768000000000 THEN 34
    WHEN posix_us >= 1136073600000000 THEN 33
    WHEN posix_us >= 915148800000000 THEN 32
    WHEN posix_us >= 867715200000000 THEN 31
    WHEN posix_us >= 820454400000000 THEN 30
    WHEN posix_us >= 773020800000000 THEN 29
    WHEN posix_us >= 741484800000000 THEN 28
    WHEN posix_us >= 709948800000000 THEN 27
    WHEN posix_us >= 662688000000000 THEN 26
    WHEN posix_us >= 631152000000000 THEN 25
    WHEN posix_us >= 567993600000000 THEN 24
    WHEN posix_us >= 489024000000000 THEN 23
    WHEN posix_us >= 425865600000000 THEN 22
    WHEN posix_us >= 394329600000000 THEN 21
    WHEN posix_us >= 362793600000000 THEN 20
    WHEN posix_us >= 315532800000000 THEN 19
    WHEN posix_us >= 283996800000000 THEN 18
    WHEN posix_us >= 252460800000000 THEN 17
    WHEN posix_us >= 220924800000000 THEN 16
    WHEN posix_us >= 189302400000000 THEN 15
    WHEN posix_us >= 157766400000000 THEN 14
    WHEN posix_us >= 126230400000000 THEN 13
    WHEN posix_us >= 94694400000000 THEN 12
    WHEN posix_us >= 78796800000000 THEN 11
    ELSE 10
  END;

CREATE OR REPLACE TEMPORARY MACRO tams_from_utc(utc) AS
  CAST(
    (epoch_us(CAST(utc AS TIMESTAMP)) + CAST(tams_ahead_at_(epoch_us(CAST(utc AS TIMESTAMP))) AS HUGEINT) * 1000000) * 1000
    AS BIGINT
  );
