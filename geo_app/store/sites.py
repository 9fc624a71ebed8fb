"""Site versions: written in unseen batches, read as the version that holds."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, exists, func, insert, or_, select

from geo_app.errors import Conflict, NotFound
from geo_app.ground import Ground
from geo_app.i18n import N_
from geo_app.store import staging
from geo_app.store.chains import accepted
from geo_app.store.database import Database
from geo_app.store.folding import basis_of, current
from geo_app.store.frames import ROWS_AT_ONCE, columns_of_plain, frame_of, ground_of, plain_frame
from geo_app.store.moves import ordinal_before
from geo_app.store.staging import BOX
from geo_app.store.tables import bridges, deductions, runs, site_areas, sites, uploads
from geo_app.store.uploads import edit

_SUPERSEDED = N_(
    "Version {site} of the site does not hold: there is a newer version, or its upload was undone. "
    "Open the version that holds and change it there."
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
    ) -> np.ndarray:
        """Write an upload's sites in batches that nobody sees yet; return their ids, in the frame's order.

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
        return staging.write(self._database, upload_id, layer, frame, progress, reading_no)

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
                new["ordinal"] = _ordinal(connection, row, new["code"])
            number = int(connection.execute(insert(sites).values(**new)).lastrowid)
            if row.min_lon is not None:
                box = {name: getattr(row, name) for name in BOX}
                connection.execute(insert(runs).values(first=number, last=number, upload_id=upload, **box))
            accepted(connection, upload)
            return number

    def frame(self, layer: str, *, uploads_then: tuple[int, ...] | None = None) -> gpd.GeoDataFrame:
        """Return a layer's current sites, or those of an earlier time.

        Returns
        -------
        GeoDataFrame, EPSG:4490
            Columns of `tables.sites` with `crs` (of the upload) and `geometry` (None where there
            is no place); `amount` and `declared_area` are Int64.
        """
        with self._database.read() as connection:
            return _sites_of(connection, layer, uploads_then)

    def state(self, layer: str) -> tuple[gpd.GeoDataFrame, str]:
        """Return a layer's current sites, as `frame` does, and the name of the state that they are (`basis_of`)."""
        with self._database.read() as connection:
            return _sites_of(connection, layer), basis_of(connection, layer)

    def last_ordinals(self, layer: str) -> pd.Series:
        """Return the highest ordinal of each code of a layer, also of sites that are gone, undone or only staged."""
        query = select(sites.c.code, func.max(sites.c.ordinal)).where(sites.c.layer == layer).group_by(sites.c.code)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return pd.Series([row[1] for row in rows], index=[row[0] for row in rows], dtype="int64")

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
        query = _with_counts(select(*_columns_of(None), sites.c.geometry, sites.c.drawn, uploads.c.crs), place)
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

    def plain(
        self,
        layer: str,
        uploads_then: tuple[int, ...] | None = None,
        within: Sequence[float] | None = None,
        more: tuple[str, ...] = (),
    ) -> pd.DataFrame:
        """Return what a bridge needs of a layer's current sites, or those of an earlier time, without outlines.

        Parameters
        ----------
        within : west, south, east, north in degrees, optional
            Only sites whose box meets this one.
        more : of `frames.MORE`
            Further columns.

        Returns
        -------
        DataFrame
            ``ordinal``, and the columns that `bridge.build` takes.
        """
        query = _visible(select(*columns_of_plain(*more)), SiteFilter(layer=layer, uploads_then=uploads_then))
        if within is not None:
            query = query.where(*_meets(sites.c, within))
        with self._database.read() as connection:
            return plain_frame(connection.execute(query, execution_options={"yield_per": ROWS_AT_ONCE}), *more)

    def ground(self, ids: np.ndarray) -> Ground:
        """Return the outlines of sites by their ids, in that order.

        Raises
        ------
        KeyError
            If one does not exist.
        """
        return self._ground(ids, sites.c.geometry)

    def drawn(self, ids: np.ndarray) -> Ground:
        """Return the outlines of sites as they were drawn before they were repaired, in the CRS of each.

        Raises
        ------
        KeyError
            If one does not exist.
        """
        return self._ground(ids, sites.c.drawn)

    def _ground(self, ids: np.ndarray, outline: ColumnElement[Any]) -> Ground:
        wanted = func.json_each(json.dumps(ids.tolist())).table_valued("value")
        query = select(sites.c.id, outline, uploads.c.crs, sites.c.drawn.is_not(None)).join(uploads)
        with self._database.read() as connection:
            rows = connection.execute(query.where(sites.c.id.in_(select(wanted.c.value)))).all()
        return ground_of(ids, rows)

    def extent(self, upload: int) -> tuple[float, float, float, float] | None:
        """Return west, south, east, north of an upload's rows, degrees; None where none has a place."""
        query = select(
            func.min(sites.c.min_lon), func.min(sites.c.min_lat), func.max(sites.c.max_lon), func.max(sites.c.max_lat)
        ).where(sites.c.upload_id == upload)
        with self._database.read() as connection:
            box = connection.execute(query).one()
        return None if box[0] is None else (box[0], box[1], box[2], box[3])

    def layer_counts(self, *, placed: bool, upload: int) -> dict[str, int]:
        """Count an upload's rows of each layer that have a place, or have none."""
        wanted = SiteFilter(placed=placed, upload=upload)
        query = _visible(select(sites.c.layer, func.count()), wanted).group_by(sites.c.layer)
        with self._database.read() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def within(
        self, layer: str, place: str, box: tuple[float, float, float, float], *, upload: int | None = None
    ) -> gpd.GeoDataFrame:
        """Return the current sites of a layer, or an upload's rows, whose box meets a box of lon/lat."""
        wanted = SiteFilter(layer=layer, upload=upload)
        query = _with_counts(select(*_columns_of(wanted), sites.c.geometry), place).where(
            sites.c.id.in_(_near(box, upload)), *_conditions(wanted)
        )
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return frame_of(rows, [*_NAMES, "geometry"])

    def frame_of(self, wanted: SiteFilter, place: str, limit: int | None = None) -> gpd.GeoDataFrame:
        """Return the sites that a filter finds, with geometry, official area and what of each counts."""
        query = _listed(wanted, place, site_areas.c.official, sites.c.geometry).limit(limit)
        query = query.outerjoin(site_areas, site_areas.c.site_id == sites.c.id)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return frame_of(rows, [*_NAMES, "official", "geometry"])


_PLAIN_COLUMNS: list[Any] = [column for column in sites.c if column.name not in ("geometry", "drawn")]
_ACTS = ("accepted_seq", "accepted_at", "accepted_by", "why", "undone", "base_undone")
_OF_UPLOAD: list[Any] = [uploads.c[name] for name in ("filename", "kind", "crs", *_ACTS)]
_NAMES = [*(column.name for column in _PLAIN_COLUMNS), "counted", "reason", "synthetic"]


def _sites_of(connection: Connection, layer: str, uploads_then: tuple[int, ...] | None = None) -> gpd.GeoDataFrame:
    wanted = SiteFilter(layer=layer, uploads_then=uploads_then)
    query = _visible(select(*sites.c, uploads.c.crs), wanted).order_by(sites.c.id)
    return frame_of(connection.execute(query).all(), [*(column.name for column in sites.c), "crs"])


def _visible(query: Select[Any], wanted: SiteFilter) -> Select[Any]:
    return query.join_from(sites, uploads).where(*_conditions(wanted))


def _with_counts(query: Select[Any], place: str) -> Select[Any]:
    """Join the bridge of each site's layer for a place."""
    of_layer = and_(bridges.c.layer == sites.c.layer, bridges.c.place == place)
    own = and_(of_layer, bridges.c.period == "", bridges.c.upload_id.is_(None))
    return query.select_from(sites.join(uploads).outerjoin(bridges, own))


def _columns_of(wanted: SiteFilter | None) -> list[Any]:
    """Give the columns of `_NAMES`; `wanted` is what is asked for, None for any version of a site."""
    own = (deductions.c.bridge_id == bridges.c.id, deductions.c.site_id == sites.c.id)
    taken = func.coalesce(select(func.sum(deductions.c.amount)).where(*own).scalar_subquery(), 0)
    counted: ColumnElement[Any] = case((bridges.c.id.is_not(None), func.coalesce(sites.c.amount, 0) - taken))
    if wanted is None or wanted.upload is not None:  # only what holds now counts
        counted = case((current(), counted))
    reason = select(deductions.c.step).where(*own).order_by(deductions.c.place).limit(1).scalar_subquery()
    return [*_PLAIN_COLUMNS, counted.label("counted"), reason.label("reason"), uploads.c.synthetic]


def _meets(columns: Any, box: Sequence[float]) -> tuple[ColumnElement[bool], ...]:
    west, south, east, north = box
    return columns.max_lon >= west, columns.min_lon <= east, columns.max_lat >= south, columns.min_lat <= north


def _near(box: tuple[float, float, float, float], upload: int | None) -> Select[Any]:
    """Find the ids of the site versions whose box meets another: first the runs, then the rows in them."""
    query = select(sites.c.id).select_from(
        runs.join(sites, and_(sites.c.id.between(runs.c.first, runs.c.last), sites.c.upload_id == runs.c.upload_id))
    )
    query = query.where(*_meets(runs.c, box), *_meets(sites.c, box))
    return query.where(runs.c.upload_id == upload) if upload is not None else query


def _differing(row: Row[Any], changed: Mapping[str, Any]) -> str:
    return ",".join(name for name, value in changed.items() if row._mapping[name] != value)


def _ordinal(connection: Connection, row: Row[Any], code: str) -> int:
    """Give a site that gets another code the ordinal that it had under that one, else one that nobody ever had."""
    known = (sites.c.layer == row.layer, sites.c.code == code)
    earlier = ordinal_before(connection, row.layer, (row.code, row.ordinal), code)
    held = select(sites.c.id).select_from(sites.join(uploads)).where(*known, sites.c.ordinal == earlier, current())
    if earlier is not None and connection.scalar(held) is None:
        return earlier
    return int(connection.scalar(select(func.max(sites.c.ordinal)).where(*known)) or 0) + 1


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
    columns = _columns_of(wanted)
    query = _with_counts(select(*columns, *more), place).where(*_conditions(wanted))
    if wanted.counted is not None:
        has_part = func.coalesce(columns[_NAMES.index("counted")], 0) > 0
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
