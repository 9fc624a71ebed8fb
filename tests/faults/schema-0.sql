-- A store as Landproof 0.1 wrote it (user_version 0), with one accepted upload of one site.
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
  accepted_by VARCHAR,
  UNIQUE (accepted_seq)
);
CREATE INDEX ix_uploads_sha256 ON uploads (sha256);
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
  drawn BLOB,
  FOREIGN KEY(upload_id) REFERENCES uploads (id)
);
CREATE INDEX sites_by_upload ON sites (upload_id);
CREATE INDEX sites_by_code ON sites (layer, code, ordinal, upload_id);
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
CREATE INDEX ix_remarks_upload_id ON remarks (upload_id);
CREATE TABLE jobs (
  id INTEGER NOT NULL,
  kind VARCHAR NOT NULL,
  upload_id INTEGER NOT NULL,
  queued_at VARCHAR NOT NULL,
  started_at VARCHAR,
  ended_at VARCHAR,
  PRIMARY KEY (id),
  FOREIGN KEY(upload_id) REFERENCES uploads (id)
);
CREATE INDEX ix_jobs_upload_id ON jobs (upload_id);
CREATE TABLE counts (
  place VARCHAR NOT NULL,
  site_id INTEGER NOT NULL,
  layer VARCHAR NOT NULL,
  counted INTEGER NOT NULL,
  reason VARCHAR,
  PRIMARY KEY (place, site_id),
  FOREIGN KEY(site_id) REFERENCES sites (id)
)
 WITHOUT ROWID
;
CREATE INDEX counts_by_layer ON counts (layer, place);
CREATE VIRTUAL TABLE site_boxes USING rtree(id, min_lon, max_lon, min_lat, max_lat);
INSERT INTO uploads (id, sha256, filename, size, layer, state, received_at, received_by, synthetic, choices, progress,
  records, accepted, rejected, crs, crs_source, columns, total, accepted_seq, accepted_at, accepted_by)
VALUES (1, 'aa', 'old.zip', 1, 'grassland_restored', 'accepted', '2026-01-01T00:00:00+00:00', 'reviewer', 0, '{}', 1.0,
  1, 1, 0, 'EPSG:4490', 'file', '[]', 500, 3, '2026-01-01T00:00:01+00:00', 'reviewer');
INSERT INTO sites (id, upload_id, layer, code, ordinal, own_code, record, status, amount)
VALUES (1, 1, 'grassland_restored', 'A1', 1, 1, 1, 'finished', 500);
INSERT INTO counts VALUES ('632800', 1, 'grassland_restored', 500, NULL);
INSERT INTO count_states VALUES ('grassland_restored', '632800', '3|x|1');
