"""Site versions: written in unseen batches, read as the version that holds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, exists, func, insert, null, or_, select, text

from geo_app.errors import Conflict, NotFound
from geo_app.i18n import N_
from geo_app.model import SITE_COLUMNS
from geo_app.points import point
from geo_app.store.database import Database
from geo_app.store.folding import current
from geo_app.store.readings import demand_current
from geo_app.store.sealing import RowDigest, seal
from geo_app.store.tables import counts, sites, uploads
from geo_app.store.uploads import edit

BATCH = 5_000
_PLAIN = (*(name for name in SITE_COLUMNS if name != "code"), "before", "differs")


_BOUNDS = ("min_lon", "min_lat", "max_lon", "max_lat")
_WRITTEN = ("id", "upload_id", "layer", "code", "own_code", "geometry", *_BOUNDS, *_PLAIN)
_ADD_SITE = f"INSERT INTO sites ({', '.join(_WRITTEN)}) VALUES ({', '.join('?' * len(_WRITTEN))})"  # noqa: S608 - names of ours
_BOX = ("id", "min_lon", "max_lon", "min_lat", "max_lat")
_SUPERSEDED = N_(
    "Version {site} of the site does not hold: there is a newer version, or its upload was undone. "
    "Open the version that holds and change it there."
)
_ADD_BOX = "INSERT INTO site_boxes VALUES (?, ?, ?, ?, ?)"
_NEAR = (
    "sites.id IN (SELECT id FROM site_boxes WHERE max_lon >= :w AND min_lon <= :e AND max_lat >= :s AND min_lat <= :n)"
)


@dataclass(frozen=True)
class SiteFilter:
    """Which current sites are asked for; None and "" mean any.

    Attributes
    ----------
    text : str
        Found anywhere in code or name.
    counted : bool or None
        Whether any of the site counts in net.
    upload : int or None
        Only this upload's rows, visible or staged.
    placed : bool or None
        Whether the site has a place.
    change : str or None
        Of an upload's rows: ``added``, ``changed``, ``unchanged``; ``missing`` gives the current
        sites of the layer that the upload does not have.
    uploads_then : tuple of int or None
        The uploads in force at an earlier time; None for now.
    """

    layer: str | None = None
    district: str | None = None
    status: str | None = None
    text: str | None = None
    counted: bool | None = None
    upload: int | None = None
    placed: bool | None = None
    change: str | None = None
    uploads_then: tuple[int, ...] | None = None


class Sites:
    """Port to the site versions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def stage(
        self,
        upload_id: int,
        layer: str,
        frame: gpd.GeoDataFrame,
        progress: Callable[[float], None] = lambda _: None,
        reading_no: int | None = None,
    ) -> None:
        """Write an upload's sites in batches that nobody sees yet.

        Parameters
        ----------
        frame : site frame (`model.SITE_COLUMNS`), EPSG:4490
            With ``before`` and ``differs`` of `differences.compare`, where that was asked.
        progress : called with the share that is written, 0 to 1
        reading_no : the reading they come from

        Raises
        ------
        Superseded
            If the reading is no longer wanted.
        """
        digest = RowDigest()
        for start in range(0, len(frame), BATCH):
            columns = _columns(upload_id, layer, frame.iloc[start : start + BATCH])
            digest.add(columns)
            is_last = start + BATCH >= len(frame)
            with self._database.write() as connection:
                demand_current(connection, upload_id, reading_no)
                first = (connection.scalar(select(func.max(sites.c.id))) or 0) + 1
                columns["id"] = list(range(first, first + len(columns["code"])))
                # Plain tuples past SQLAlchemy: its own parameter handling costs as much as the writing.
                connection.exec_driver_sql(_ADD_SITE, list(zip(*(columns[name] for name in _WRITTEN), strict=True)))
                boxes = zip(*(columns[name] for name in _BOX), strict=True)
                if placed := [box for box in boxes if box[1] is not None]:
                    connection.exec_driver_sql(_ADD_BOX, placed)
                if is_last:
                    seal(connection, upload_id, digest.hexdigest())
                point("stage.inside")
            point("stage.last" if is_last else "stage.middle" if start else "stage.first")
            progress(min(1.0, (start + BATCH) / len(frame)))

    def revise(self, site_id: int, changes: Mapping[str, Any], *, who: str, why: str) -> int:
        """Write a new version of a site, visible at once, and return its id.

        Parameters
        ----------
        changes : mapping
            Columns of `tables.sites` to new values; ``quantity`` is the amount. A new code moves the
            site: its old code is gone with the same act.

        Raises
        ------
        Conflict
            If the version does not hold any more.
        """
        changed = {("amount" if name == "quantity" else name): value for name, value in changes.items()}
        with self._database.write() as connection:
            row = connection.execute(select(sites).join(uploads).where(sites.c.id == site_id, current())).first()
            if row is None:
                raise Conflict(_SUPERSEDED, site=site_id)
            upload = edit(connection, row.layer, row.upload_id, who, why)
            old = row._asdict() | {"upload_id": upload, "before": site_id, "differs": _differing(row, changed)}
            del old["id"]
            new = old | changed | {"own_code": row.own_code or "code" in changed}
            if new["code"] != row.code:
                connection.execute(insert(sites).values(**old | {"removed": True}))
                new["ordinal"] = _next_ordinal(connection, row.layer, new["code"])
            number = int(connection.execute(insert(sites).values(**new)).lastrowid)
            if row.min_lon is not None:
                connection.exec_driver_sql(_ADD_BOX, (number, row.min_lon, row.max_lon, row.min_lat, row.max_lat))
            seal(connection, upload)
            return number

    def frame(
        self,
        layer: str,
        upload: int | None = None,
        *,
        geometry: bool = True,
        uploads_then: tuple[int, ...] | None = None,
    ) -> gpd.GeoDataFrame:
        """Return a layer's current sites, those of an earlier time, or an upload's rows.

        Returns
        -------
        GeoDataFrame, EPSG:4490
            Columns of `tables.sites` with `crs` (of the upload) and `geometry` (None where there
            is no place or `geometry` is False); `amount` and `declared_area` are Int64.
        """
        left_out = () if geometry else ("geometry", "drawn")
        columns = [column for column in sites.c if column.name not in left_out]
        query = _visible(
            select(*columns, uploads.c.crs), SiteFilter(layer=layer, upload=upload, uploads_then=uploads_then)
        ).order_by(sites.c.id)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return _frame(rows, [column.name for column in columns] + ["crs"])

    def page(self, wanted: SiteFilter, place: str, start: int, size: int) -> list[Row[Any]]:
        """Return one page of current sites with what of each counts in net for a place."""
        with self._database.read() as connection:
            return list(connection.execute(_listed(wanted, place).offset(start).limit(size)))

    def count(self, wanted: SiteFilter, place: str) -> int:
        """Count the current sites that a filter finds."""
        with self._database.read() as connection:
            return int(connection.scalar(select(func.count()).select_from(_listed(wanted, place).subquery())) or 0)

    def find(self, site_id: int, place: str) -> Row[Any]:
        """Return one site version with its geometry as WKB, or raise NotFound."""
        query = _with_counts(select(*_COLUMNS, sites.c.geometry, sites.c.drawn, uploads.c.crs), place)
        with self._database.read() as connection:
            row = connection.execute(query.where(sites.c.id == site_id)).first()
        if row is None:
            raise NotFound(N_("There is no site number {site}. Look for it in the list of sites."), site=site_id)
        return row

    def versions(self, layer: str, code: str, ordinal: int) -> list[Row[Any]]:
        """Return every accepted version of a site, newest first, with its upload and whether it holds."""
        query = (
            select(*_PLAIN_COLUMNS, sites.c.geometry, *_OF_UPLOAD, case((current(), True), else_=False).label("holds"))
            .join(uploads)
            .where(sites.c.layer == layer, sites.c.code == code, sites.c.ordinal == ordinal)
            .where(uploads.c.accepted_seq.is_not(None))
            .order_by(uploads.c.accepted_seq.desc())
        )
        with self._database.read() as connection:
            return list(connection.execute(query))

    def sums(self, place: str, layer: str, by: str | None) -> list[tuple[Any, ...]]:
        """Add up the current sites of a layer, in stored parts.

        Parameters
        ----------
        by : ``district``, ``year``, ``status``, or None for one line

        Returns
        -------
        list of tuples
            ``key gross net sites counted_sites missing``; key is None where it is not known.
        """
        query = _with_counts(
            select(
                _KEYS[by].label("key"),
                *_exact_sum(sites.c.amount),
                *_exact_sum(counts.c.counted),
                func.count().label("sites"),
                func.count(case((counts.c.counted > 0, 1))).label("counted_sites"),
                func.count(case((sites.c.amount.is_(None), 1))).label("missing"),
            ),
            place,
        )
        with self._database.read() as connection:
            rows = connection.execute(query.where(*_conditions(SiteFilter(layer=layer))).group_by("key")).all()
        return [
            (key, high * _HALF + low, net_high * _HALF + net_low, *rest)
            for key, high, low, net_high, net_low, *rest in rows
        ]

    def extent(self, upload: int) -> tuple[float, float, float, float] | None:
        """Return west, south, east, north of an upload's rows, degrees; None where none has a place."""
        query = select(
            func.min(sites.c.min_lon), func.min(sites.c.min_lat), func.max(sites.c.max_lon), func.max(sites.c.max_lat)
        ).where(sites.c.upload_id == upload)
        with self._database.read() as connection:
            box = connection.execute(query).one()
        return None if box[0] is None else (box[0], box[1], box[2], box[3])

    def layer_counts(self, *, placed: bool, upload: int | None = None) -> dict[str, int]:
        """Count the current sites, or an upload's rows, of each layer that have a place, or have none."""
        wanted = SiteFilter(placed=placed, upload=upload)
        query = _visible(select(sites.c.layer, func.count()), wanted).group_by(sites.c.layer)
        with self._database.read() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def within(
        self, layer: str, place: str, box: tuple[float, float, float, float], *, upload: int | None = None
    ) -> gpd.GeoDataFrame:
        """Return the current sites of a layer, or an upload's rows, whose box meets a box of lon/lat."""
        west, south, east, north = box
        near = text(_NEAR).bindparams(w=west, e=east, s=south, n=north)
        query = _with_counts(select(*_COLUMNS, sites.c.geometry), place).where(
            near, *_conditions(SiteFilter(layer=layer, upload=upload))
        )
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return _frame(rows, [column.name for column in _COLUMNS] + ["geometry"])

    def frame_of(self, wanted: SiteFilter, place: str, limit: int | None = None) -> gpd.GeoDataFrame:
        """Return the sites that a filter finds, with geometry and what of each counts."""
        query = _listed(wanted, place, sites.c.geometry).limit(limit)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return _frame(rows, [column.name for column in _COLUMNS] + ["geometry"])


_KEYS: dict[str | None, ColumnElement[Any]] = {
    None: null(),
    "district": sites.c.district,
    "status": sites.c.status,
    "year": func.substr(sites.c.completed_on, 1, 4),
}
_PLAIN_COLUMNS: list[Any] = [column for column in sites.c if column.name not in ("geometry", "drawn")]
_ACTS = ("accepted_seq", "accepted_at", "accepted_by", "why", "undone", "base_undone")
_OF_UPLOAD: list[Any] = [uploads.c[name] for name in ("filename", "kind", "crs", *_ACTS)]
_COLUMNS: list[Any] = [*_PLAIN_COLUMNS, counts.c.counted, counts.c.reason, uploads.c.synthetic]


def _visible(query: Select[Any], wanted: SiteFilter) -> Select[Any]:
    return query.join_from(sites, uploads).where(*_conditions(wanted))


def _with_counts(query: Select[Any], place: str) -> Select[Any]:
    joined = sites.join(uploads).outerjoin(counts, and_(counts.c.site_id == sites.c.id, counts.c.place == place))
    return query.select_from(joined)


def _differing(row: Row[Any], changed: Mapping[str, Any]) -> str:
    return ",".join(name for name, value in changed.items() if row._mapping[name] != value)


_HALF = 1 << 31


def _exact_sum(column: ColumnElement[int]) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """Sum the high and the low halves apart: SQLite's own sum ends in an error above 2^63."""
    high, low = column // _HALF, column % _HALF
    return func.coalesce(func.sum(high), 0), func.coalesce(func.sum(low), 0)


def _next_ordinal(connection: Connection, layer: str, code: str) -> int:
    taken = select(func.max(sites.c.ordinal)).where(sites.c.layer == layer, sites.c.code == code)
    return int(connection.scalar(taken) or 0) + 1


_CHANGES: dict[str | None, list[ColumnElement[bool]]] = {
    None: [],
    "added": [sites.c.before.is_(None)],
    "changed": [sites.c.before.is_not(None), sites.c.differs != ""],
    "unchanged": [sites.c.before.is_not(None), sites.c.differs == ""],
}


def _in_upload(upload: int | None) -> ColumnElement[bool]:
    coming = sites.alias("coming")
    same = (coming.c.layer == sites.c.layer, coming.c.code == sites.c.code, coming.c.ordinal == sites.c.ordinal)
    return exists(select(1).select_from(coming).where(coming.c.upload_id == upload, *same))


def _listed(wanted: SiteFilter, place: str, *more: Any) -> Select[Any]:
    query = _with_counts(select(*_COLUMNS, *more), place).where(*_conditions(wanted))
    if wanted.counted is not None:
        has_part = func.coalesce(counts.c.counted, 0) > 0
        query = query.where(has_part if wanted.counted else ~has_part)
    return query.order_by(sites.c.layer, sites.c.code, sites.c.ordinal)


def _conditions(wanted: SiteFilter) -> list[ColumnElement[bool]]:
    if wanted.change == "missing":
        conditions = [current(wanted.uploads_then), ~_in_upload(wanted.upload)]
    elif wanted.upload is not None:
        conditions = [sites.c.upload_id == wanted.upload, *_CHANGES[wanted.change]]
    else:
        conditions = [current(wanted.uploads_then)]
    for column, value in ((sites.c.layer, wanted.layer), (sites.c.district, wanted.district)):
        if value:
            conditions.append(column == value)
    if wanted.status:
        conditions.append(sites.c.status.is_(None) if wanted.status == "unknown" else sites.c.status == wanted.status)
    if wanted.text:
        escaped = wanted.text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        like = f"%{escaped}%"
        conditions.append(or_(sites.c.code.like(like, escape="\\"), sites.c.name.like(like, escape="\\")))
    if wanted.placed is not None:
        conditions.append(sites.c.min_lon.is_not(None) if wanted.placed else sites.c.min_lon.is_(None))
    return conditions


def _columns(upload_id: int, layer: str, frame: gpd.GeoDataFrame) -> dict[str, list[Any]]:
    """Give the columns of `tables.sites` for a site frame, in Python's own types."""
    count = len(frame)
    bounds = shapely.bounds(frame.geometry.to_numpy())
    columns = {name: _python(frame[name]) if name in frame else [None] * count for name in _PLAIN}
    for at, name in enumerate(_BOUNDS):
        columns[name] = [None if np.isnan(each) else each for each in bounds[:, at].tolist()]
    codes = _python(frame["code"])
    # A row number alone would collide with that of another file without codes.
    made = [code or f"U{upload_id}-{record}" for code, record in zip(codes, columns["record"], strict=True)]
    return columns | {
        "upload_id": [upload_id] * count,
        "layer": [layer] * count,
        "code": made,
        "own_code": [bool(code) for code in codes],
        "geometry": shapely.to_wkb(frame.geometry.to_numpy()).tolist(),
    }


def _python(column: pd.Series) -> list[Any]:
    values = column.astype(object)
    return list(values.where(column.notna(), None))


def _frame(rows: Any, names: list[str]) -> gpd.GeoDataFrame:
    data = pd.DataFrame([tuple(row) for row in rows], columns=names)
    shapes = shapely.from_wkb(data.pop("geometry").to_numpy()) if "geometry" in names else [None] * len(data)
    for name in ("amount", "declared_area", "counted"):
        if name in data:
            data[name] = data[name].astype("Int64")
    return gpd.GeoDataFrame(data, geometry=shapes, crs="EPSG:4490")
