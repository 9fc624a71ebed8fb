"""The tables. Amounts are integers of `units.MEASURES`; times are UTC, ISO 8601."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
)

from geo_app.methods import CIRCUMSTANCES, MEASURED

metadata = MetaData()

meta = Table("meta", metadata, Column("key", String, primary_key=True), Column("value", String, nullable=False))

uploads = Table(
    "uploads",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sha256", String, nullable=False, index=True),
    Column("filename", String, nullable=False),
    Column("size", Integer, nullable=False),
    Column("layer", String, nullable=False),
    Column("state", String, nullable=False),
    Column("received_at", String, nullable=False),
    Column("received_by", String, nullable=False),
    Column("synthetic", Boolean, nullable=False, default=False),
    Column("choices", JSON, nullable=False),
    Column("progress", Float, nullable=False, default=0.0),
    Column("message", JSON),
    Column("format", String),
    Column("sublayer", String),
    Column("records", Integer),
    Column("accepted", Integer),
    Column("rejected", Integer),
    Column("crs", String),
    Column("crs_source", String),
    Column("encoding", String),
    Column("encoding_source", String),
    Column("columns", JSON),
    Column("total", Integer),
    Column("basis", String),  # the layer's state when the file was read
    Column("effect", JSON),  # totals of the layer before and after, as of the reading
    Column("boundary_set", String),
    Column(
        "kind", String, nullable=False, server_default="file"
    ),  # "file", or "edit" for a person's change of one site
    Column("mode", String, nullable=False, server_default="merge"),  # merge, replace or add; see `Sites`
    Column("why", String),
    Column("accepted_seq", Integer, unique=True),  # number of the act that made it visible
    Column("undone", Boolean, nullable=False, server_default="0"),
    Column("base", ForeignKey("uploads.id")),  # of an edit: the upload whose version it changed
    Column("base_undone", Boolean, nullable=False, server_default="0"),  # and so the edit is not in force either
    Column("accepted_at", String),
    Column("accepted_by", String),
    Column("reading_no", Integer, nullable=False, server_default="0"),  # only the newest reading may write
    Column("dropped", Boolean, nullable=False, server_default="0"),  # its bytes were removed after it was refused
    Column("digest", String),  # of its rows, made when they were written; see `sealing`
    Column("remarks_digest", String),  # of what was left out and found
    Column("areas_digest", String),  # of its rows in `site_areas`, made when all of its sites are measured
    Column("seal", String),  # of all that was decided on when it was accepted, both digests among it
    sqlite_autoincrement=True,
)

# Everything that ever changed what is visible, in order; never changed or deleted.
acts = Table(
    "acts",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("kind", String, nullable=False),  # accept, undo or redo
    Column("upload_id", ForeignKey("uploads.id"), nullable=False, index=True),
    Column("who", String, nullable=False),
    Column("why", String),
    Column("at", String, nullable=False),
    Column("digest", String),  # of itself, the seal of its upload and the digest of the act before it
)

sites = Table(
    "sites",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("upload_id", ForeignKey("uploads.id"), nullable=False),
    Column("layer", String, nullable=False),
    Column("code", String, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("own_code", Boolean, nullable=False),  # False where the code was made of upload and record
    Column("removed", Boolean, nullable=False, server_default="0"),  # the site is gone with this version
    Column("record", Integer, nullable=False),
    Column("name", String),
    Column("stated_district", String),
    Column("district", String),
    Column("outside_m", Float),
    Column("status", String),
    Column("started_on", String),
    Column("completed_on", String),
    Column("amount", Integer),
    Column("declared_area", Integer),
    Column("note", String),
    Column("min_lon", Float),
    Column("min_lat", Float),
    Column("max_lon", Float),
    Column("max_lat", Float),
    Column("geometry", LargeBinary),  # WKB, EPSG:4490
    Column("before", Integer),  # number of the version that held when this one was read
    Column("differs", String),  # what is different from it, by name
    Column("drawn", LargeBinary),  # WKB in the upload's CRS as drawn, of an outline that was repaired
    Index("sites_by_code", "layer", "code", "ordinal", "upload_id"),
    Index("sites_by_upload", "upload_id"),
    sqlite_autoincrement=True,
)

# What accepted site versions with a place cover by each method, measured once: a version never changes its outline.
# Areas are stored parts, empty where a method has none; the rest may explain differences, see `methods.circumstances`.
# A change of how they are measured needs a step of `schema.STEPS` that empties this table and `uploads.areas_digest`.
site_areas = Table(
    "site_areas",
    metadata,
    Column("site_id", Integer, primary_key=True),  # no reference: without one, writing is as fast as it can be
    *(Column(name, Integer) for name in MEASURED),
    *(Column(name, Float) for name in CIRCUMSTANCES),
)

remarks = Table(
    "remarks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("upload_id", ForeignKey("uploads.id"), nullable=False, index=True),
    Column("kind", String, nullable=False),  # "rejection" or "finding"
    Column("record", Integer),
    Column("rule", String, nullable=False),
    Column("values", JSON, nullable=False),
)

# What a bridge found: how a layer gets from gross to net for a place. A cache that can always be made again.
bridges = Table(
    "bridges",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("layer", String, nullable=False),
    Column("place", String, nullable=False),
    Column("basis", String, nullable=False),  # what it was made of; another basis makes it stale
    Column("upload_id", ForeignKey("uploads.id")),  # for the time after this upload is accepted; else for now
    Column("period", String, nullable=False, server_default=""),  # first/last day, empty where it is not known
    Column("steps", JSON),  # name, amount, sites
    Column("groups", JSON),  # sums by district, status, year and whether there is a place
    Column("digest", String),  # of itself and its deductions
    Index("bridges_by_layer", "layer", "place"),
    Index("bridges_by_upload", "upload_id"),
)

# What a step takes away from a site; a site without a row counts whole.
deductions = Table(
    "deductions",
    metadata,
    Column("bridge_id", Integer, primary_key=True),
    Column("site_id", Integer, primary_key=True),  # no reference: without an index it would slow deleting
    Column("place", Integer, primary_key=True),  # of the step in the order of all steps
    Column("step", String, nullable=False),
    Column("amount", Integer, nullable=False),
    sqlite_with_rowid=False,
)

# Which site loses ground to which, by the bridge of its layer.
pairs = Table(
    "pairs",
    metadata,
    Column("bridge_id", Integer, primary_key=True),
    Column("site_id", Integer, primary_key=True),
    Column("other_id", Integer, primary_key=True),
    Column("contest", Boolean, nullable=False),  # the other is of a layer that excludes the site's
    Column("duplicate", Boolean, nullable=False),
    Column("common", Float, nullable=False),  # m² or m
    sqlite_with_rowid=False,
)

# The ground that rows of an upload with consecutive ids cover. Rows are written along a Hilbert curve, so a
# run is a patch: what is looked for in a box is in few of them.
runs = Table(
    "runs",
    metadata,
    Column("first", Integer, primary_key=True),
    Column("last", Integer, nullable=False),
    Column("upload_id", Integer, nullable=False),
    Column("min_lon", Float, nullable=False),
    Column("min_lat", Float, nullable=False),
    Column("max_lon", Float, nullable=False),
    Column("max_lat", Float, nullable=False),
    Index("runs_by_upload", "upload_id"),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("upload_id", ForeignKey("uploads.id"), nullable=False, index=True),
    Column("reading_no", Integer, nullable=False, server_default="0"),  # the reading that was asked for
    Column("attempts", Integer, nullable=False, server_default="0"),  # how often a worker has begun it
    Column("queued_at", String, nullable=False),
    Column("started_at", String),
    Column("ended_at", String),
    Column("fault", String),  # why it ended without having done its work
)

links = Table(
    "links",
    metadata,
    Column("token_hash", String, primary_key=True),
    Column("made_at", String, nullable=False),
    Column("used_at", String),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", String, primary_key=True),
    Column("user", String, nullable=False),
    Column("made_at", String, nullable=False),
    Column("seen_at", String, nullable=False),
    Column("ended_at", String),
)

# Which of two layers contested ground belongs to, by two of their sites; the newest of a pair holds.
decisions = Table(
    "decisions",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("layer", String, nullable=False),  # whose ground it is
    Column("code", String, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("other_layer", String, nullable=False),
    Column("other_code", String, nullable=False),
    Column("other_ordinal", Integer, nullable=False),
    Column("withdrawn", Boolean, nullable=False, server_default="0"),
    Column("who", String, nullable=False),
    Column("why", String, nullable=False),
    Column("at", String, nullable=False),
    Column("digest", String),  # of itself and the digest of the decision before it; see `chains`
)

# What a rule found in accepted sites; a finding is never deleted. What it is about is its identity: the layer,
# the rule and one site, or two of which the first loses what both claim; without a site it is about the layer.
# The rest is as the last review of the layer saw it.
findings = Table(
    "findings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("layer", String, nullable=False),
    Column("rule", String, nullable=False),
    Column("code", String, nullable=False, server_default=""),
    Column("ordinal", Integer, nullable=False, server_default="0"),
    Column("other_layer", String, nullable=False, server_default=""),
    Column("other_code", String, nullable=False, server_default=""),
    Column("other_ordinal", Integer, nullable=False, server_default="0"),
    Column("state", String, nullable=False),  # that of its last row in `finding_states`
    Column("site_id", Integer),  # the version that held, and that of the other site
    Column("other_id", Integer),
    Column("district", String),
    Column("lon", Float),
    Column("lat", Float),
    Column("number", Float),
    Column("effect", Integer),  # what it takes from the net of its layer, in stored parts
    Column("other_effect", Integer),  # and from that of the other site's layer, if that is another one
    Column("values", JSON, nullable=False),
    Column("upload_id", Integer),  # whose rows it was found in first, and last
    Column("seen_upload_id", Integer),
    Index("findings_by_layer", "layer", "state"),
    Index("findings_by_state", "state"),
    Index("findings_by_site", "layer", "code", "ordinal"),
    Index("findings_by_other", "other_layer", "other_code", "other_ordinal"),
    sqlite_autoincrement=True,
)

# What became of findings, in order; never changed or deleted.
finding_states = Table(
    "finding_states",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("finding_id", ForeignKey("findings.id"), nullable=False, index=True),
    Column("state", String, nullable=False),  # open, explained, dismissed; fixed by a new version only
    Column("who", String, nullable=False),
    Column("why", String),
    Column("number", Float),  # what was measured at the time
    Column("upload_id", Integer),  # the newest upload in force then
    Column("at", String, nullable=False),
    Column("digest", String),  # of itself, what its finding is about, and the digest of the state before it
)

# How far the rules have gone over each layer.
reviews = Table(
    "reviews",
    metadata,
    Column("layer", String, primary_key=True),
    Column("basis", String, nullable=False, server_default=""),  # what the kept findings are of
    Column("progress", Float, nullable=False, server_default="1"),
    Column("at", String),  # when it was last done
    Column("failed", JSON),  # the rules that could not look at it; `findings.ALL` where none could
)

# Published documents from which figures are taken. What is known about each, and its claims, stands in `claim_acts`.
documents = Table(
    "documents",
    metadata,
    Column("id", String, primary_key=True),
    Column("filename", String, nullable=False),
    Column("kind", String, nullable=False),  # text, html, docx, pdf
    Column("sha256", String, nullable=False),
    Column("text", String, nullable=False),  # as it was read; spans of claims are code points of it
    Column("received_by", String, nullable=False),
    Column("received_at", String, nullable=False),
)

# What was done to claims, in order; never changed or deleted. Claim 0 is the document itself.
claim_acts = Table(
    "claim_acts",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("batch", Integer, nullable=False),  # the first `seq` of what was done in one go
    Column("document_id", ForeignKey("documents.id"), nullable=False),
    Column("claim", Integer, nullable=False),
    Column("act", String, nullable=False),
    Column("state", String, nullable=False),  # proposed, confirmed, dropped
    Column("value", JSON, nullable=False),  # of the claim after the act
    Column("who", String, nullable=False),
    Column("why", String, nullable=False, server_default=""),
    Column("at", String, nullable=False),
    Column("digest", String),  # of itself, the document's hash, and the digest of the act before it
    Index("claim_acts_by_claim", "document_id", "claim", "seq"),
)
