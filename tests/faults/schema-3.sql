-- A store as schema 3 left it, with one accepted upload of one site, a decision, and a finding that a person explained.
CREATE TABLE meta (
  "key" VARCHAR NOT NULL,
  value VARCHAR NOT NULL,
  PRIMARY KEY ("key")
);
CREATE TABLE uploads (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  sha256 VARCHAR NOT NULL,
  filename VARCHAR NOT NULL,
  size INTEGER NOT NULL,
  layer VARCHAR NOT NULL,
  state VARCHAR NOT NULL,
  received_at VARCHAR NOT NULL,
  received_by VARCHAR NOT NULL,
  synthetic BOOLEAN NOT NULL,
  choices JSON NOT NULL,
  progress FLOAT NOT NULL,
  message JSON,
  format VARCHAR,
  sublayer VARCHAR,
  records INTEGER,
  accepted INTEGER,
  rejected INTEGER,
  crs VARCHAR,
  crs_source VARCHAR,
  encoding VARCHAR,
  encoding_source VARCHAR,
  columns JSON,
  total INTEGER,
  basis VARCHAR,
  effect JSON,
  boundary_set VARCHAR,
  kind VARCHAR DEFAULT 'file' NOT NULL,
  mode VARCHAR DEFAULT 'merge' NOT NULL,
  why VARCHAR,
  accepted_seq INTEGER,
  undone BOOLEAN DEFAULT '0' NOT NULL,
  base INTEGER,
  base_undone BOOLEAN DEFAULT '0' NOT NULL,
  accepted_at VARCHAR,
  accepted_by VARCHAR,
  reading_no INTEGER DEFAULT '0' NOT NULL,
  dropped BOOLEAN DEFAULT '0' NOT NULL,
  digest VARCHAR, remarks_digest VARCHAR, seal VARCHAR,
  UNIQUE (accepted_seq),
  FOREIGN KEY(base) REFERENCES uploads (id)
);
CREATE TABLE deductions (
  bridge_id INTEGER NOT NULL,
  site_id INTEGER NOT NULL,
  place INTEGER NOT NULL,
  step VARCHAR NOT NULL,
  amount INTEGER NOT NULL,
  PRIMARY KEY (bridge_id, site_id, place)
)
 WITHOUT ROWID;
CREATE TABLE runs (
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  upload_id INTEGER NOT NULL,
  min_lon FLOAT NOT NULL,
  min_lat FLOAT NOT NULL,
  max_lon FLOAT NOT NULL,
  max_lat FLOAT NOT NULL,
  PRIMARY KEY (first)
);
CREATE TABLE links (
  token_hash VARCHAR NOT NULL,
  made_at VARCHAR NOT NULL,
  used_at VARCHAR,
  PRIMARY KEY (token_hash)
);
CREATE TABLE sessions (
  token_hash VARCHAR NOT NULL,
  user VARCHAR NOT NULL,
  made_at VARCHAR NOT NULL,
  seen_at VARCHAR NOT NULL,
  ended_at VARCHAR,
  PRIMARY KEY (token_hash)
);
CREATE TABLE acts (
  seq INTEGER NOT NULL,
  kind VARCHAR NOT NULL,
  upload_id INTEGER NOT NULL,
  who VARCHAR NOT NULL,
  why VARCHAR,
  at VARCHAR NOT NULL, digest VARCHAR,
  PRIMARY KEY (seq),
  FOREIGN KEY(upload_id) REFERENCES uploads (id)
);
CREATE TABLE sites (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  upload_id INTEGER NOT NULL,
  layer VARCHAR NOT NULL,
  code VARCHAR NOT NULL,
  ordinal INTEGER NOT NULL,
  own_code BOOLEAN NOT NULL,
  removed BOOLEAN DEFAULT '0' NOT NULL,
  record INTEGER NOT NULL,
  name VARCHAR,
  stated_district VARCHAR,
  district VARCHAR,
  outside_m FLOAT,
  status VARCHAR,
  started_on VARCHAR,
  completed_on VARCHAR,
  amount INTEGER,
  declared_area INTEGER,
  note VARCHAR,
  min_lon FLOAT,
  min_lat FLOAT,
  max_lon FLOAT,
  max_lat FLOAT,
  geometry BLOB,
  "before" INTEGER,
  differs VARCHAR,
  drawn BLOB,
  FOREIGN KEY(upload_id) REFERENCES uploads (id)
);
CREATE TABLE remarks (
  id INTEGER NOT NULL,
  upload_id INTEGER NOT NULL,
  kind VARCHAR NOT NULL,
  record INTEGER,
  rule VARCHAR NOT NULL,
  "values" JSON NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY(upload_id) REFERENCES uploads (id)
);
CREATE TABLE bridges (
  id INTEGER NOT NULL,
  layer VARCHAR NOT NULL,
  place VARCHAR NOT NULL,
  basis VARCHAR NOT NULL,
  upload_id INTEGER, period VARCHAR DEFAULT '' NOT NULL, steps JSON, groups JSON, digest VARCHAR,
  PRIMARY KEY (id),
  FOREIGN KEY(upload_id) REFERENCES uploads (id)
);
CREATE TABLE jobs (
  id INTEGER NOT NULL,
  kind VARCHAR NOT NULL,
  upload_id INTEGER NOT NULL,
  reading_no INTEGER DEFAULT '0' NOT NULL,
  attempts INTEGER DEFAULT '0' NOT NULL,
  queued_at VARCHAR NOT NULL,
  started_at VARCHAR,
  ended_at VARCHAR,
  PRIMARY KEY (id),
  FOREIGN KEY(upload_id) REFERENCES uploads (id)
);
CREATE TABLE pairs (
  bridge_id INTEGER NOT NULL,
  site_id INTEGER NOT NULL,
  other_id INTEGER NOT NULL,
  contest BOOLEAN NOT NULL,
  duplicate BOOLEAN NOT NULL,
  common FLOAT NOT NULL,
  PRIMARY KEY (bridge_id, site_id, other_id)
)
 WITHOUT ROWID;
CREATE TABLE decisions (
  seq INTEGER NOT NULL,
  layer VARCHAR NOT NULL,
  code VARCHAR NOT NULL,
  ordinal INTEGER NOT NULL,
  other_layer VARCHAR NOT NULL,
  other_code VARCHAR NOT NULL,
  other_ordinal INTEGER NOT NULL,
  withdrawn BOOLEAN DEFAULT '0' NOT NULL,
  who VARCHAR NOT NULL,
  why VARCHAR NOT NULL,
  at VARCHAR NOT NULL,
  PRIMARY KEY (seq)
);
CREATE TABLE findings (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  layer VARCHAR NOT NULL,
  rule VARCHAR NOT NULL,
  code VARCHAR DEFAULT '' NOT NULL,
  ordinal INTEGER DEFAULT '0' NOT NULL,
  other_layer VARCHAR DEFAULT '' NOT NULL,
  other_code VARCHAR DEFAULT '' NOT NULL,
  other_ordinal INTEGER DEFAULT '0' NOT NULL,
  state VARCHAR NOT NULL,
  site_id INTEGER,
  other_id INTEGER,
  district VARCHAR,
  lon FLOAT,
  lat FLOAT,
  number FLOAT,
  effect INTEGER,
  "values" JSON NOT NULL,
  upload_id INTEGER,
  seen_upload_id INTEGER
);
CREATE TABLE reviews (
  layer VARCHAR NOT NULL,
  basis VARCHAR DEFAULT '' NOT NULL,
  progress FLOAT DEFAULT '1' NOT NULL,
  at VARCHAR,
  PRIMARY KEY (layer)
);
CREATE TABLE finding_states (
  seq INTEGER NOT NULL,
  finding_id INTEGER NOT NULL,
  state VARCHAR NOT NULL,
  who VARCHAR NOT NULL,
  why VARCHAR,
  number FLOAT,
  upload_id INTEGER,
  at VARCHAR NOT NULL,
  PRIMARY KEY (seq),
  FOREIGN KEY(finding_id) REFERENCES findings (id)
);
CREATE INDEX ix_uploads_sha256 ON uploads (sha256);
CREATE INDEX runs_by_upload ON runs (upload_id);
CREATE INDEX ix_acts_upload_id ON acts (upload_id);
CREATE INDEX sites_by_code ON sites (layer, code, ordinal, upload_id);
CREATE INDEX sites_by_upload ON sites (upload_id);
CREATE INDEX ix_remarks_upload_id ON remarks (upload_id);
CREATE INDEX bridges_by_upload ON bridges (upload_id);
CREATE INDEX bridges_by_layer ON bridges (layer, place);
CREATE INDEX ix_jobs_upload_id ON jobs (upload_id);
CREATE INDEX findings_by_site ON findings (layer, code, ordinal);
CREATE INDEX findings_by_layer ON findings (layer, state);
CREATE INDEX findings_by_other ON findings (other_layer, other_code, other_ordinal);
CREATE INDEX findings_by_state ON findings (state);
CREATE INDEX ix_finding_states_finding_id ON finding_states (finding_id);
INSERT INTO meta (key, value)
VALUES ('acts', '3ad171be9e8d031fe20b2dfafed8bc7eeda6abb83be643d14506283d9f14272e');
INSERT INTO uploads (id, sha256, filename, size, layer, state, received_at, received_by, synthetic, choices, progress, records, accepted, rejected, crs, crs_source, columns, total, kind, mode, accepted_seq, undone, base_undone, accepted_at, accepted_by, reading_no, dropped, digest, remarks_digest, seal)
VALUES (1, 'aa', 'old.zip', 1, 'grassland_restored', 'accepted', '2026-01-01T00:00:00+00:00', 'reviewer', 0, '{}', 1.0, 2, 1, 1, 'EPSG:4490', 'file', '[]', 500, 'file', 'merge', 3, 0, 0, '2026-01-01T00:00:01+00:00', 'reviewer', 0, 0, '3420c169428418ab40c2e582cc0434c8a826d857230f9196a5ce8a04d076c28d', '007c085391467dff4fdbc15025daa86a2d32b1c8247d7098551800f2c0a12454', 'f72c610f6a6ec3460191c36dde6f59a3098c87b92d4d4d593c3db54c5999540c');
INSERT INTO runs (first, last, upload_id, min_lon, min_lat, max_lon, max_lat)
VALUES (1, 1, 1, 95.0, 37.0, 95.01, 37.01);
INSERT INTO acts (seq, kind, upload_id, who, at, digest)
VALUES (3, 'accept', 1, 'reviewer', '2026-01-01T00:00:01+00:00', '3ad171be9e8d031fe20b2dfafed8bc7eeda6abb83be643d14506283d9f14272e');
INSERT INTO sites (id, upload_id, layer, code, ordinal, own_code, removed, record, status, amount, min_lon, min_lat, max_lon, max_lat)
VALUES (1, 1, 'grassland_restored', 'A1', 1, 1, 0, 1, 'ongoing', 500, 95.0, 37.0, 95.01, 37.01);
INSERT INTO remarks (id, upload_id, kind, record, rule, "values")
VALUES (1, 1, 'rejection', 2, 'no_geometry', '{}');
INSERT INTO decisions (seq, layer, code, ordinal, other_layer, other_code, other_ordinal, withdrawn, who, why, at)
VALUES (1, 'grassland_restored', 'A1', 1, 'farmland_reclaimed', 'B1', 1, 0, 'reviewer', 'seen on site', '2026-01-01T00:00:02+00:00');
INSERT INTO findings (id, layer, rule, code, ordinal, other_layer, other_code, other_ordinal, state, site_id, "values", upload_id, seen_upload_id)
VALUES (1, 'grassland_restored', 'not_finished', 'A1', 1, '', '', 0, 'explained', 1, '{}', 1, 1);
INSERT INTO finding_states (seq, finding_id, state, who, upload_id, at)
VALUES (1, 1, 'open', 'landproof', 1, '2026-01-01T00:00:02+00:00');
INSERT INTO finding_states (seq, finding_id, state, who, why, at)
VALUES (2, 1, 'explained', 'reviewer', 'seen on site', '2026-01-01T00:00:03+00:00');
PRAGMA user_version = 3;
