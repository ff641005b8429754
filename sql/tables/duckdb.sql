-- generated from tams_analytics.tables by `make sql`; change it there

-- What was recorded: an abstract piece of content with one or more flows.
CREATE TABLE IF NOT EXISTS sources (
  id VARCHAR NOT NULL,
  format VARCHAR NOT NULL,
  label VARCHAR,
  description VARCHAR,
  explicit BOOLEAN NOT NULL DEFAULT FALSE,
  created_by VARCHAR,
  updated_by VARCHAR,
  created TIMESTAMP NOT NULL DEFAULT (current_timestamp AT TIME ZONE 'UTC'),
  updated TIMESTAMP NOT NULL DEFAULT (current_timestamp AT TIME ZONE 'UTC'),
  body VARCHAR NOT NULL DEFAULT '{}'
);

-- One representation of a source: its essence or container, with technical metadata.
CREATE TABLE IF NOT EXISTS flows (
  id VARCHAR NOT NULL,
  source_id VARCHAR NOT NULL,
  format VARCHAR NOT NULL,
  codec VARCHAR,
  container VARCHAR,
  label VARCHAR,
  description VARCHAR,
  status VARCHAR,
  read_only BOOLEAN NOT NULL DEFAULT FALSE,
  profile_id VARCHAR,
  frame_width BIGINT,
  frame_height BIGINT,
  frame_rate_num BIGINT,
  frame_rate_den BIGINT,
  vfr BOOLEAN,
  sample_rate BIGINT,
  channels BIGINT,
  avg_bit_rate BIGINT,
  max_bit_rate BIGINT,
  segment_duration_num BIGINT,
  segment_duration_den BIGINT,
  init_segments BOOLEAN,
  generation BIGINT,
  metadata_version VARCHAR,
  created TIMESTAMP NOT NULL DEFAULT (current_timestamp AT TIME ZONE 'UTC'),
  created_by VARCHAR,
  updated_by VARCHAR,
  metadata_updated TIMESTAMP NOT NULL DEFAULT (current_timestamp AT TIME ZONE 'UTC'),
  segments_updated TIMESTAMP,
  body VARCHAR NOT NULL DEFAULT '{}'
);

-- Where on a flow's timeline which media object lies.
CREATE TABLE IF NOT EXISTS segments (
  flow_id VARCHAR NOT NULL,
  object_id VARCHAR USING COMPRESSION fsst NOT NULL,
  start_ns BIGINT NOT NULL,
  end_ns BIGINT NOT NULL,
  timerange VARCHAR USING COMPRESSION fsst NOT NULL,
  ts_offset VARCHAR,
  ts_offset_ns BIGINT NOT NULL DEFAULT 0,
  last_duration VARCHAR,
  sample_offset BIGINT,
  sample_count BIGINT,
  created TIMESTAMP NOT NULL DEFAULT (current_timestamp AT TIME ZONE 'UTC'),
  body VARCHAR NOT NULL DEFAULT '{}'
);

-- Media objects and initialisation objects; their bytes are instances.
CREATE TABLE IF NOT EXISTS objects (
  id VARCHAR USING COMPRESSION fsst NOT NULL,
  storage_path VARCHAR USING COMPRESSION fsst NOT NULL,
  size BIGINT,
  content_type VARCHAR,
  start_ns BIGINT,
  end_ns BIGINT,
  timerange VARCHAR USING COMPRESSION fsst,
  key_frame_count BIGINT,
  init_object_id VARCHAR,
  first_flow_id VARCHAR,
  created TIMESTAMP NOT NULL DEFAULT (current_timestamp AT TIME ZONE 'UTC'),
  registered_at TIMESTAMP DEFAULT (current_timestamp AT TIME ZONE 'UTC'),
  released_at TIMESTAMP,
  collecting_since TIMESTAMP
);
CREATE INDEX IF NOT EXISTS objects_id ON objects (id);

-- Copies of objects. A controlled one has a place (bucket, key) and never a stored URL.
CREATE TABLE IF NOT EXISTS object_instances (
  object_id VARCHAR USING COMPRESSION fsst NOT NULL,
  storage_id VARCHAR,
  label VARCHAR,
  controlled BOOLEAN NOT NULL DEFAULT TRUE,
  bucket VARCHAR,
  key VARCHAR USING COMPRESSION fsst,
  url VARCHAR,
  created TIMESTAMP NOT NULL DEFAULT (current_timestamp AT TIME ZONE 'UTC')
);
CREATE INDEX IF NOT EXISTS object_instances_object_id ON object_instances (object_id);

-- Instances that a client deleted and whose bytes are still there.
CREATE TABLE IF NOT EXISTS discarded_instances (
  object_id VARCHAR USING COMPRESSION fsst NOT NULL,
  storage_id VARCHAR NOT NULL,
  key VARCHAR USING COMPRESSION fsst NOT NULL,
  discarded_at TIMESTAMP NOT NULL DEFAULT (current_timestamp AT TIME ZONE 'UTC'),
  collecting_since TIMESTAMP
);

-- Which flows a flow collects, in order.
CREATE TABLE IF NOT EXISTS collections (
  flow_id VARCHAR NOT NULL,
  member_id VARCHAR NOT NULL,
  position BIGINT NOT NULL DEFAULT 0,
  role VARCHAR,
  container_mapping VARCHAR,
  body VARCHAR NOT NULL DEFAULT '{}'
);

-- Tags, one row for each value. A string has position NULL, values of an array are numbered from 0, an empty array is one row with position 0 and value NULL (F36).
CREATE TABLE IF NOT EXISTS tags (
  entity_type VARCHAR NOT NULL,
  entity_id VARCHAR NOT NULL,
  name VARCHAR NOT NULL,
  position BIGINT,
  value VARCHAR
);

-- Sets of technical metadata that flows can share; immutable.
CREATE TABLE IF NOT EXISTS profiles (
  id VARCHAR NOT NULL,
  format VARCHAR NOT NULL,
  codec VARCHAR,
  label VARCHAR,
  description VARCHAR,
  created_by VARCHAR,
  created TIMESTAMP NOT NULL DEFAULT (current_timestamp AT TIME ZONE 'UTC'),
  body VARCHAR NOT NULL DEFAULT '{}'
);

-- Where bytes are kept. Addresses and keys are settings, never here.
CREATE TABLE IF NOT EXISTS storage_backends (
  id VARCHAR NOT NULL,
  label VARCHAR,
  store_type VARCHAR NOT NULL DEFAULT 'http_object_store',
  provider VARCHAR NOT NULL,
  store_product VARCHAR NOT NULL,
  region VARCHAR,
  availability_zone VARCHAR,
  default_storage BOOLEAN NOT NULL DEFAULT FALSE,
  bucket VARCHAR,
  created TIMESTAMP NOT NULL DEFAULT (current_timestamp AT TIME ZONE 'UTC')
);

-- Who wants to hear of which changes.
CREATE TABLE IF NOT EXISTS webhooks (
  id VARCHAR NOT NULL,
  url VARCHAR NOT NULL,
  status VARCHAR NOT NULL,
  api_key_name VARCHAR,
  api_key_value VARCHAR,
  error VARCHAR,
  created TIMESTAMP NOT NULL DEFAULT (current_timestamp AT TIME ZONE 'UTC'),
  body VARCHAR NOT NULL DEFAULT '{}'
);

-- What webhooks are still to be told: one row for each event, webhook and part of its payload.
CREATE TABLE IF NOT EXISTS events (
  id VARCHAR USING COMPRESSION fsst NOT NULL,
  webhook_id VARCHAR NOT NULL,
  event_type VARCHAR NOT NULL,
  position BIGINT NOT NULL DEFAULT 0,
  part BIGINT NOT NULL DEFAULT 0,
  payload VARCHAR USING COMPRESSION fsst NOT NULL,
  attempts BIGINT NOT NULL DEFAULT 0,
  created TIMESTAMP NOT NULL DEFAULT (current_timestamp AT TIME ZONE 'UTC'),
  due TIMESTAMP NOT NULL DEFAULT (current_timestamp AT TIME ZONE 'UTC')
);

-- Deletes that were too large for one transaction (R2, R4, R7).
CREATE TABLE IF NOT EXISTS deletion_requests (
  id VARCHAR NOT NULL,
  flow_id VARCHAR NOT NULL,
  timerange_to_delete VARCHAR NOT NULL,
  start_ns BIGINT,
  end_ns BIGINT,
  object_id VARCHAR,
  source_id VARCHAR,
  timerange_remaining VARCHAR NOT NULL,
  delete_flow BOOLEAN NOT NULL,
  status VARCHAR NOT NULL,
  error VARCHAR,
  created TIMESTAMP NOT NULL DEFAULT (current_timestamp AT TIME ZONE 'UTC'),
  created_by VARCHAR,
  updated TIMESTAMP NOT NULL DEFAULT (current_timestamp AT TIME ZONE 'UTC'),
  expiry TIMESTAMP
);

-- Runs of checks and of measures, one row each.
CREATE TABLE IF NOT EXISTS runs (
  id VARCHAR NOT NULL,
  kind VARCHAR NOT NULL,
  started TIMESTAMP NOT NULL,
  finished TIMESTAMP NOT NULL,
  engine VARCHAR NOT NULL,
  engine_version VARCHAR,
  library_version VARCHAR NOT NULL,
  during VARCHAR,
  start_ns BIGINT,
  end_ns BIGINT,
  since TIMESTAMP,
  status VARCHAR NOT NULL,
  watermark TIMESTAMP NOT NULL
);

-- What became of each check of a run.
CREATE TABLE IF NOT EXISTS run_checks (
  run_id VARCHAR NOT NULL,
  check_id VARCHAR NOT NULL,
  severity VARCHAR NOT NULL,
  failures BIGINT,
  new_failures BIGINT,
  acknowledged BIGINT NOT NULL DEFAULT 0,
  reason VARCHAR,
  took_ms BIGINT NOT NULL DEFAULT 0
);

-- What is wrong as far as runs of checks have told, up to a bound for each check.
CREATE TABLE IF NOT EXISTS findings (
  check_id VARCHAR NOT NULL,
  entity VARCHAR NOT NULL,
  id VARCHAR USING COMPRESSION fsst NOT NULL,
  severity VARCHAR NOT NULL,
  detail VARCHAR NOT NULL,
  run_id VARCHAR NOT NULL,
  first_seen TIMESTAMP NOT NULL,
  last_seen TIMESTAMP NOT NULL
);

-- How far each check has looked at the store, one row for each that a run has told of.
CREATE TABLE IF NOT EXISTS watermarks (
  check_id VARCHAR NOT NULL,
  watermark TIMESTAMP,
  kept BIGINT NOT NULL DEFAULT 0,
  unkept BIGINT NOT NULL DEFAULT 0,
  run_id VARCHAR NOT NULL,
  updated TIMESTAMP NOT NULL
);

-- Findings that somebody answers for: until they expire they are no failures.
CREATE TABLE IF NOT EXISTS acknowledgements (
  check_id VARCHAR NOT NULL,
  entity VARCHAR,
  id VARCHAR,
  owner VARCHAR NOT NULL,
  reason VARCHAR NOT NULL,
  created TIMESTAMP NOT NULL DEFAULT (current_timestamp AT TIME ZONE 'UTC'),
  expires TIMESTAMP
);

-- What was measured, one row for each measure and group.
CREATE TABLE IF NOT EXISTS measurements (
  run_id VARCHAR NOT NULL,
  measured TIMESTAMP NOT NULL,
  measure VARCHAR NOT NULL,
  unit VARCHAR NOT NULL,
  dimension VARCHAR,
  member VARCHAR,
  period VARCHAR,
  start_ns BIGINT,
  end_ns BIGINT,
  value DOUBLE
);

-- One row for each flow: writers of segments update it, so that two of them conflict. On VAST one more, *, moves with what all flows may show.
CREATE TABLE IF NOT EXISTS flow_fences (
  flow_id VARCHAR NOT NULL,
  epoch BIGINT NOT NULL DEFAULT 0,
  max_segment_ns BIGINT NOT NULL DEFAULT 0
);

-- Facts about this store: its schema version, the service's name and description.
CREATE TABLE IF NOT EXISTS store_metadata (
  name VARCHAR NOT NULL,
  value VARCHAR,
  updated TIMESTAMP NOT NULL DEFAULT (current_timestamp AT TIME ZONE 'UTC')
);
