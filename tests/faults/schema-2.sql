-- A store as schema 2 left it, with one accepted upload of one site.
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
  digest VARCHAR,
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
  at VARCHAR NOT NULL,
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
  upload_id INTEGER,
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
CREATE INDEX ix_uploads_sha256 ON uploads (sha256);
CREATE INDEX runs_by_upload ON runs (upload_id);
CREATE INDEX ix_acts_upload_id ON acts (upload_id);
CREATE INDEX sites_by_code ON sites (layer, code, ordinal, upload_id);
CREATE INDEX sites_by_upload ON sites (upload_id);
CREATE INDEX ix_remarks_upload_id ON remarks (upload_id);
CREATE INDEX bridges_by_upload ON bridges (upload_id);
CREATE INDEX bridges_by_layer ON bridges (layer, place);
CREATE INDEX ix_jobs_upload_id ON jobs (upload_id);
INSERT INTO uploads (id, sha256, filename, size, layer, state, received_at, received_by, synthetic, choices, progress, records, accepted, rejected, crs, crs_source, columns, total, accepted_seq, accepted_at, accepted_by, kind, mode, undone, base_undone, reading_no, dropped, digest)
VALUES (1, 'aa', 'old.zip', 1, 'grassland_restored', 'accepted', '2026-01-01T00:00:00+00:00', 'reviewer', 0, '{}', 1.0, 2, 1, 1, 'EPSG:4490', 'file', '[]', 500, 3, '2026-01-01T00:00:01+00:00', 'reviewer', 'file', 'merge', 0, 0, 0, 0, '3420c169428418ab40c2e582cc0434c8a826d857230f9196a5ce8a04d076c28d');
INSERT INTO acts (seq, kind, upload_id, who, at)
VALUES (3, 'accept', 1, 'reviewer', '2026-01-01T00:00:01+00:00');
INSERT INTO sites (id, upload_id, layer, code, ordinal, own_code, record, status, amount, min_lon, min_lat, max_lon, max_lat, removed)
VALUES (1, 1, 'grassland_restored', 'A1', 1, 1, 1, 'ongoing', 500, 95.0, 37.0, 95.01, 37.01, 0);
INSERT INTO runs (first, last, upload_id, min_lon, min_lat, max_lon, max_lat)
VALUES (1, 1, 1, 95.0, 37.0, 95.01, 37.01);
INSERT INTO remarks (id, upload_id, kind, record, rule, "values")
VALUES (1, 1, 'rejection', 2, 'no_geometry', '{}');
INSERT INTO bridges (id, layer, place, basis)
VALUES (1, 'grassland_restored', '632800', '1|old|3');
INSERT INTO deductions (bridge_id, site_id, place, step, amount)
VALUES (1, 1, 3, 'not_finished', 500);
PRAGMA user_version = 2;
