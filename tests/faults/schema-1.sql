-- A store as schema 1 left it, with one accepted upload of one site.
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
  effect JSON,
  boundary_set VARCHAR,
  accepted_seq INTEGER,
  accepted_at VARCHAR,
  accepted_by VARCHAR, basis VARCHAR, kind VARCHAR DEFAULT 'file' NOT NULL, mode VARCHAR DEFAULT 'merge' NOT NULL, why VARCHAR, undone BOOLEAN DEFAULT '0' NOT NULL, base INTEGER, base_undone BOOLEAN DEFAULT '0' NOT NULL, reading_no INTEGER DEFAULT '0' NOT NULL, dropped BOOLEAN DEFAULT '0' NOT NULL, digest VARCHAR,
  UNIQUE (accepted_seq)
);
CREATE TABLE count_states (
  layer VARCHAR NOT NULL,
  place VARCHAR NOT NULL,
  basis VARCHAR NOT NULL,
  PRIMARY KEY (layer, place)
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
CREATE TABLE sites (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  upload_id INTEGER NOT NULL,
  layer VARCHAR NOT NULL,
  code VARCHAR NOT NULL,
  ordinal INTEGER NOT NULL,
  own_code BOOLEAN NOT NULL,
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
  drawn BLOB, removed BOOLEAN DEFAULT '0' NOT NULL, "before" INTEGER, differs VARCHAR,
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
CREATE TABLE jobs (
  id INTEGER NOT NULL,
  kind VARCHAR NOT NULL,
  upload_id INTEGER NOT NULL,
  queued_at VARCHAR NOT NULL,
  started_at VARCHAR,
  ended_at VARCHAR, reading_no INTEGER DEFAULT '0' NOT NULL, attempts INTEGER DEFAULT '0' NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY(upload_id) REFERENCES uploads (id)
);
CREATE VIRTUAL TABLE site_boxes USING rtree(id, min_lon, max_lon, min_lat, max_lat);
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
CREATE TABLE counts (
  place VARCHAR NOT NULL,
  site_id INTEGER NOT NULL,
  layer VARCHAR NOT NULL,
  counted INTEGER NOT NULL,
  reason VARCHAR,
  PRIMARY KEY (place, site_id)
)
 WITHOUT ROWID

;
CREATE INDEX ix_uploads_sha256 ON uploads (sha256);
CREATE INDEX sites_by_upload ON sites (upload_id);
CREATE INDEX sites_by_code ON sites (layer, code, ordinal, upload_id);
CREATE INDEX ix_remarks_upload_id ON remarks (upload_id);
CREATE INDEX ix_jobs_upload_id ON jobs (upload_id);
CREATE INDEX ix_acts_upload_id ON acts (upload_id);
CREATE INDEX counts_by_layer ON counts (layer, place);
INSERT INTO uploads (id, sha256, filename, size, layer, state, received_at, received_by, synthetic, choices, progress, records, accepted, rejected, crs, crs_source, columns, total, accepted_seq, accepted_at, accepted_by, kind, mode, undone, base_undone, reading_no, dropped, digest)
VALUES (1, 'aa', 'old.zip', 1, 'grassland_restored', 'accepted', '2026-01-01T00:00:00+00:00', 'reviewer', 0, '{}', 1.0, 1, 1, 0, 'EPSG:4490', 'file', '[]', 500, 3, '2026-01-01T00:00:01+00:00', 'reviewer', 'file', 'merge', 0, 0, 0, 0, 'e087b47cbf7bfa6a094273b5edb17f19153a36c6824b03ab4006f2ba9af7d04a');
INSERT INTO acts (seq, kind, upload_id, who, at)
VALUES (3, 'accept', 1, 'reviewer', '2026-01-01T00:00:01+00:00');
INSERT INTO sites (id, upload_id, layer, code, ordinal, own_code, record, status, amount, min_lon, min_lat, max_lon, max_lat, removed)
VALUES (1, 1, 'grassland_restored', 'A1', 1, 1, 1, 'finished', 500, 95.0, 37.0, 95.01, 37.01, 0);
INSERT INTO site_boxes (id, min_lon, max_lon, min_lat, max_lat)
VALUES (1, 95.0, 95.010002, 37.0, 37.010006);
PRAGMA user_version = 1;
