-- generated from tams_analytics.tables by `make sql`; change it there
-- For a catalog of Iceberg, PostgreSQL or memory. The connectors of Hive and VAST take no NOT NULL:
-- leave it out there (sed 's/ NOT NULL//'). A store that will be written is made on VAST by
-- tams schema apply vast://HOST/BUCKET/SCHEMA instead, with sorting keys, and read through Trino.

-- What was recorded: an abstract piece of content with one or more flows.
CREATE TABLE IF NOT EXISTS sources (
  id varchar NOT NULL,
  format varchar NOT NULL,
  label varchar,
  description varchar,
  explicit boolean NOT NULL,
  created_by varchar,
  updated_by varchar,
  created timestamp(6) NOT NULL,
  updated timestamp(6) NOT NULL,
  body varchar NOT NULL
);

-- One representation of a source: its essence or container, with technical metadata.
CREATE TABLE IF NOT EXISTS flows (
  id varchar NOT NULL,
  source_id varchar NOT NULL,
  format varchar NOT NULL,
  codec varchar,
  container varchar,
  label varchar,
  description varchar,
  status varchar,
  read_only boolean NOT NULL,
  profile_id varchar,
  frame_width bigint,
  frame_height bigint,
  frame_rate_num bigint,
  frame_rate_den bigint,
  vfr boolean,
  sample_rate bigint,
  channels bigint,
  avg_bit_rate bigint,
  max_bit_rate bigint,
  segment_duration_num bigint,
  segment_duration_den bigint,
  init_segments boolean,
  generation bigint,
  metadata_version varchar,
  created timestamp(6) NOT NULL,
  created_by varchar,
  updated_by varchar,
  metadata_updated timestamp(6) NOT NULL,
  segments_updated timestamp(6),
  body varchar NOT NULL
);

-- Where on a flow's timeline which media object lies.
CREATE TABLE IF NOT EXISTS segments (
  flow_id varchar NOT NULL,
  object_id varchar NOT NULL,
  start_ns bigint NOT NULL,
  end_ns bigint NOT NULL,
  timerange varchar NOT NULL,
  ts_offset varchar,
  ts_offset_ns bigint NOT NULL,
  last_duration varchar,
  sample_offset bigint,
  sample_count bigint,
  created timestamp(6) NOT NULL,
  body varchar NOT NULL
);

-- Media objects and initialisation objects; their bytes are instances.
CREATE TABLE IF NOT EXISTS objects (
  id varchar NOT NULL,
  storage_path varchar NOT NULL,
  size bigint,
  content_type varchar,
  start_ns bigint,
  end_ns bigint,
  timerange varchar,
  key_frame_count bigint,
  init_object_id varchar,
  first_flow_id varchar,
  created timestamp(6) NOT NULL,
  registered_at timestamp(6),
  released_at timestamp(6),
  collecting_since timestamp(6)
);

-- Copies of objects. A controlled one has a place (bucket, key) and never a stored URL.
CREATE TABLE IF NOT EXISTS object_instances (
  object_id varchar NOT NULL,
  storage_id varchar,
  label varchar,
  controlled boolean NOT NULL,
  bucket varchar,
  key varchar,
  url varchar,
  created timestamp(6) NOT NULL
);

-- Instances that a client deleted and whose bytes are still there.
CREATE TABLE IF NOT EXISTS discarded_instances (
  object_id varchar NOT NULL,
  storage_id varchar NOT NULL,
  key varchar NOT NULL,
  discarded_at timestamp(6) NOT NULL,
  collecting_since timestamp(6)
);

-- Which flows a flow collects, in order.
CREATE TABLE IF NOT EXISTS collections (
  flow_id varchar NOT NULL,
  member_id varchar NOT NULL,
  position bigint NOT NULL,
  role varchar,
  container_mapping varchar,
  body varchar NOT NULL
);

-- Tags, one row for each value. A string has position NULL, values of an array are numbered from 0, an empty array is one row with position 0 and value NULL (F36).
CREATE TABLE IF NOT EXISTS tags (
  entity_type varchar NOT NULL,
  entity_id varchar NOT NULL,
  name varchar NOT NULL,
  position bigint,
  value varchar
);

-- Sets of technical metadata that flows can share; immutable.
CREATE TABLE IF NOT EXISTS profiles (
  id varchar NOT NULL,
  format varchar NOT NULL,
  codec varchar,
  label varchar,
  description varchar,
  created_by varchar,
  created timestamp(6) NOT NULL,
  body varchar NOT NULL
);

-- Where bytes are kept. Addresses and keys are settings, never here.
CREATE TABLE IF NOT EXISTS storage_backends (
  id varchar NOT NULL,
  label varchar,
  store_type varchar NOT NULL,
  provider varchar NOT NULL,
  store_product varchar NOT NULL,
  region varchar,
  availability_zone varchar,
  default_storage boolean NOT NULL,
  bucket varchar,
  created timestamp(6) NOT NULL
);

-- Who wants to hear of which changes.
CREATE TABLE IF NOT EXISTS webhooks (
  id varchar NOT NULL,
  url varchar NOT NULL,
  status varchar NOT NULL,
  api_key_name varchar,
  api_key_value varchar,
  error varchar,
  created timestamp(6) NOT NULL,
  body varchar NOT NULL
);

-- What webhooks are still to be told: one row for each event, webhook and part of its payload.
CREATE TABLE IF NOT EXISTS events (
  id varchar NOT NULL,
  webhook_id varchar NOT NULL,
  event_type varchar NOT NULL,
  position bigint NOT NULL,
  part bigint NOT NULL,
  payload varchar NOT NULL,
  attempts bigint NOT NULL,
  created timestamp(6) NOT NULL,
  due timestamp(6) NOT NULL
);

-- Deletes that were too large for one transaction (R2, R4, R7).
CREATE TABLE IF NOT EXISTS deletion_requests (
  id varchar NOT NULL,
  flow_id varchar NOT NULL,
  timerange_to_delete varchar NOT NULL,
  start_ns bigint,
  end_ns bigint,
  object_id varchar,
  source_id varchar,
  timerange_remaining varchar NOT NULL,
  delete_flow boolean NOT NULL,
  status varchar NOT NULL,
  error varchar,
  created timestamp(6) NOT NULL,
  created_by varchar,
  updated timestamp(6) NOT NULL,
  expiry timestamp(6)
);

-- Runs of checks and of measures, one row each.
CREATE TABLE IF NOT EXISTS runs (
  id varchar NOT NULL,
  kind varchar NOT NULL,
  started timestamp(6) NOT NULL,
  finished timestamp(6) NOT NULL,
  engine varchar NOT NULL,
  engine_version varchar,
  library_version varchar NOT NULL,
  during varchar,
  start_ns bigint,
  end_ns bigint,
  since timestamp(6),
  status varchar NOT NULL,
  watermark timestamp(6) NOT NULL
);

-- What became of each check of a run.
CREATE TABLE IF NOT EXISTS run_checks (
  run_id varchar NOT NULL,
  check_id varchar NOT NULL,
  severity varchar NOT NULL,
  failures bigint,
  new_failures bigint,
  acknowledged bigint NOT NULL,
  reason varchar,
  took_ms bigint NOT NULL
);

-- What is wrong as far as runs of checks have told, up to a bound for each check.
CREATE TABLE IF NOT EXISTS findings (
  check_id varchar NOT NULL,
  entity varchar NOT NULL,
  id varchar NOT NULL,
  severity varchar NOT NULL,
  detail varchar NOT NULL,
  run_id varchar NOT NULL,
  first_seen timestamp(6) NOT NULL,
  last_seen timestamp(6) NOT NULL
);

-- How far each check has looked at the store, one row for each that a run has told of.
CREATE TABLE IF NOT EXISTS watermarks (
  check_id varchar NOT NULL,
  watermark timestamp(6),
  kept bigint NOT NULL,
  unkept bigint NOT NULL,
  run_id varchar NOT NULL,
  updated timestamp(6) NOT NULL
);

-- Findings that somebody answers for: until they expire they are no failures.
CREATE TABLE IF NOT EXISTS acknowledgements (
  check_id varchar NOT NULL,
  entity varchar,
  id varchar,
  owner varchar NOT NULL,
  reason varchar NOT NULL,
  created timestamp(6) NOT NULL,
  expires timestamp(6)
);

-- What was measured, one row for each measure and group.
CREATE TABLE IF NOT EXISTS measurements (
  run_id varchar NOT NULL,
  measured timestamp(6) NOT NULL,
  measure varchar NOT NULL,
  unit varchar NOT NULL,
  dimension varchar,
  member varchar,
  period varchar,
  start_ns bigint,
  end_ns bigint,
  value double
);

-- One row for each flow: writers of segments update it, so that two of them conflict. On VAST one more, *, moves with what all flows may show.
CREATE TABLE IF NOT EXISTS flow_fences (
  flow_id varchar NOT NULL,
  epoch bigint NOT NULL,
  max_segment_ns bigint NOT NULL
);

-- Facts about this store: its schema version, the service's name and description.
CREATE TABLE IF NOT EXISTS store_metadata (
  name varchar NOT NULL,
  value varchar,
  updated timestamp(6) NOT NULL
);
