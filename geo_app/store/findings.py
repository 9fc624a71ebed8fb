"""What the rules found in accepted sites, and what became of it. Nothing is ever deleted."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, case, func, insert, or_, select, update

from geo_app.errors import Conflict, NotFound
from geo_app.i18n import N_
from geo_app.model import SEVERITIES
from geo_app.points import point
from geo_app.rules import RULES
from geo_app.store.chains import JUDGEMENTS, extend
from geo_app.store.database import Database, now
from geo_app.store.tables import bridges, deductions, finding_states, findings, reviews

IDENTITY = ("layer", "rule", "code", "ordinal", "other_layer", "other_code", "other_ordinal")
SEEN = ("site_id", "other_id", "district", "lon", "lat", "number", "effect", "other_effect", "values", "seen_upload_id")
OURSELVES = "landproof"
ALL = "*"  # in place of a rule: none could look
BY_HAND = ("open", "explained", "dismissed")
STATES = (*BY_HAND, "fixed")
ROWS_AT_ONCE = 10_000
Key = tuple[Any, ...]


@dataclass(frozen=True)
class FindingFilter:
    """Which findings are asked for; None and empty mean any.

    Attributes
    ----------
    text : str
        Found anywhere in a code.
    titled : tuple of str
        The rules in whose titles the text is; what they found is found by it too.
    site : (layer, code, ordinal)
        One site, as either of two.
    placed : bool
        Only those that have a place.
    """

    layer: str | None = None
    severity: str | None = None
    rule: str | None = None
    states: tuple[str, ...] = ()
    district: str | None = None
    text: str | None = None
    titled: tuple[str, ...] = ()
    site: tuple[str, str, int] | None = None
    placed: bool = False


class Findings:
    """Port to the findings."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def settle(
        self,
        layer: str,
        basis: str,
        found: Sequence[Mapping[str, Any]],
        upload: int | None,
        *,
        failed: Collection[str] = (),
        decided: Mapping[Key, Row[Any]] = MappingProxyType({}),
    ) -> None:
        """Keep what a review of a layer found.

        What is new is open; what was found before is as it was, or open again if it was fixed; what is
        not found any more is fixed. Doing it again changes nothing, so that it can be done in batches.

        Parameters
        ----------
        basis : str
            What the findings are of, noted once all of them are kept.
        found : sequence of mapping
            `IDENTITY` and `SEEN`, each identity once.
        upload : int or None
            The newest upload in force.
        failed : rules
            Those that could not look: what they found before stays as it is.
        decided : mapping
            Identity to the newest decision about its ground: it explains the finding, or opens it again
            if it is withdrawn.
        """
        with self._database.read() as connection:
            known = {tuple(row[1 : len(IDENTITY) + 1]): row for row in connection.execute(_known(layer))}
        wanted = {tuple(each[name] for name in IDENTITY): each for each in found}
        new = [each for key, each in wanted.items() if key not in known]
        seen = [(known[key], each) for key, each in wanted.items() if key in known]
        gone = [
            row for key, row in known.items() if key not in wanted and row.state != "fixed" and row.rule not in failed
        ]
        for some in _batches(new):
            with self._database.write() as connection:
                _add(connection, some, upload)
                point("review.inside")
        for some in _batches(seen):
            with self._database.write() as connection:
                _see_again(connection, some, upload)
        for some in _batches(gone):
            with self._database.write() as connection:
                _turn(connection, [(row.id, row.number) for row in some], "fixed", OURSELVES, None, upload)
        with self._database.write() as connection:
            _follow(connection, layer, decided, upload)
        self._note(layer, basis=basis, progress=1.0, at=now(), failed=sorted(failed))

    def turn(self, ids: Sequence[int], state: str, who: str, why: str) -> None:
        """Change the state of findings by hand.

        Raises
        ------
        NotFound
            If there is none with one of the numbers.
        Conflict
            If one is fixed: a new version has cured it.
        """
        with self._database.write() as connection:
            rows = connection.execute(select(findings).where(findings.c.id.in_(ids))).all()
            missing = sorted(set(ids) - {row.id for row in rows})
            if missing:
                raise NotFound(N_("There is no finding {finding}. Look at the list of findings."), finding=missing[0])
            fixed = [row.id for row in rows if row.state == "fixed"]
            if fixed:
                raise Conflict(
                    N_("Finding {finding} is fixed: its rule does not find it any more. Nothing was changed."),
                    finding=fixed[0],
                )
            _turn(connection, [(row.id, row.number) for row in rows], state, who, why, None)

    def page(self, wanted: FindingFilter, start: int = 0, size: int | None = None) -> list[Row[Any]]:
        """Return findings, the severest first."""
        query = select(*findings.c, *LAST)
        query = query.where(*_conditions(wanted)).order_by(RANK, findings.c.rule, *BY_SITE).offset(start)
        with self._database.read() as connection:
            return list(connection.execute(query.limit(size) if size is not None else query))

    def counts(self, wanted: FindingFilter) -> dict[str, int]:
        """Count the findings that a filter finds, by state."""
        query = select(findings.c.state, func.count()).where(*_conditions(wanted)).group_by(findings.c.state)
        with self._database.read() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def open(self) -> int:
        """Count the open findings."""
        with self._database.read() as connection:
            return int(connection.scalar(select(func.count()).where(findings.c.state == "open")) or 0)

    def taken(self, wanted: FindingFilter, place: str) -> dict[str, int]:
        """Add up what the findings take from the net of each layer, each site and step once."""
        step = case(STEPS, value=findings.c.rule, else_="").label("step")
        own = select(findings.c.layer, findings.c.site_id.label("site"), step).where(*_conditions(wanted))
        of_other = select(findings.c.other_layer, findings.c.other_id, step).where(
            *_conditions(wanted), findings.c.rule == "contested"
        )
        touched = own.union(of_other).subquery()
        held = and_(bridges.c.layer == touched.c.layer, bridges.c.place == place, bridges.c.upload_id.is_(None))
        same = and_(
            deductions.c.bridge_id == bridges.c.id,
            deductions.c.site_id == touched.c.site,
            deductions.c.step == touched.c.step,
        )
        query = select(touched.c.layer, func.sum(deductions.c.amount)).select_from(
            touched.join(bridges, and_(held, bridges.c.period == "")).join(deductions, same)
        )
        with self._database.read() as connection:
            rows = connection.execute(query.group_by(touched.c.layer)).all()
        return {row[0]: row[1] for row in rows if row[1]}

    def find(self, finding_id: int) -> Row[Any]:
        """Return a finding, or raise NotFound."""
        query = select(*findings.c, *LAST)
        with self._database.read() as connection:
            rows: list[Row[Any]] = list(connection.execute(query.where(findings.c.id == finding_id)))
        if not rows:
            raise NotFound(N_("There is no finding {finding}. Look at the list of findings."), finding=finding_id)
        return rows[0]

    def history(self, finding_id: int) -> list[Row[Any]]:
        """Return what became of a finding, in order."""
        query = select(finding_states).where(finding_states.c.finding_id == finding_id).order_by(finding_states.c.seq)
        with self._database.read() as connection:
            return list(connection.execute(query))

    def rules(self) -> dict[str, int]:
        """Count the findings by rule, also those that are closed."""
        with self._database.read() as connection:
            rows = connection.execute(select(findings.c.rule, func.count()).group_by(findings.c.rule)).all()
        return {row[0]: row[1] for row in rows}

    def reviewed(self) -> dict[str, Row[Any]]:
        """Return how far the rules have gone over each layer: ``basis progress at``, by layer."""
        with self._database.read() as connection:
            return {row.layer: row for row in connection.execute(select(reviews))}

    def advance(self, layer: str, share: float) -> None:
        """Note how far a review has come, 0 to 1."""
        self._note(layer, progress=share)

    def fail(self, layer: str) -> None:
        """Note that no rule could go over a layer."""
        self._note(layer, failed=[ALL])

    def _note(self, layer: str, **values: Any) -> None:
        with self._database.write() as connection:
            done = connection.execute(update(reviews).where(reviews.c.layer == layer).values(**values))
            if not done.rowcount:
                connection.execute(insert(reviews).values(layer=layer, **values))


RANK = case(
    *((findings.c.rule.in_([each for each in RULES if RULES[each].severity == word]), rank)
      for rank, word in enumerate(SEVERITIES)),
    else_=len(SEVERITIES),
)  # fmt: skip
BY_SITE = (findings.c.layer, findings.c.code, findings.c.ordinal, findings.c.id)
STEPS = {name: each.step for name, each in RULES.items() if each.step}


def _last_word(name: str) -> ColumnElement[Any]:
    """Give a column of the last row of `finding_states` of a finding."""
    own = select(finding_states.c[name]).where(finding_states.c.finding_id == findings.c.id)
    return own.order_by(finding_states.c.seq.desc()).limit(1).scalar_subquery().label(f"turned_{name}")


LAST = [_last_word(name) for name in ("who", "why", "at", "upload_id")]


def _known(layer: str) -> Any:
    columns = [findings.c[name] for name in ("id", *IDENTITY, "state", *SEEN)]
    return select(*columns).where(or_(findings.c.layer == layer, findings.c.other_layer == layer))


def _batches(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(rows), ROWS_AT_ONCE):
        yield rows[start : start + ROWS_AT_ONCE]


def _add(connection: Connection, rows: Sequence[Mapping[str, Any]], upload: int | None) -> None:
    last = int(connection.scalar(select(func.max(findings.c.id))) or 0)
    numbered = [
        {**row, "id": last + at, "state": "open", "upload_id": row["seen_upload_id"]}
        for at, row in enumerate(rows, start=1)
    ]
    connection.execute(insert(findings), numbered)
    _say(connection, [(row["id"], row["number"]) for row in numbered], "open", OURSELVES, None, upload)


def _see_again(connection: Connection, rows: Sequence[tuple[Row[Any], Mapping[str, Any]]], upload: int | None) -> None:
    """Note what is different of findings that were known, and open again those that were fixed."""
    for row, each in rows:
        if any(getattr(row, name) != each[name] for name in SEEN):
            values = {name: each[name] for name in SEEN}
            connection.execute(update(findings).where(findings.c.id == row.id).values(**values))
    back = [(row.id, each["number"]) for row, each in rows if row.state == "fixed"]
    if back:
        _turn(connection, back, "open", OURSELVES, None, upload)


def _follow(connection: Connection, layer: str, decided: Mapping[Key, Row[Any]], upload: int | None) -> None:
    """Let findings follow what was decided about their ground, unless somebody has said more of them since."""
    if not decided:
        return
    query = select(*findings.c, *LAST).where(or_(findings.c.layer == layer, findings.c.other_layer == layer))
    for row in connection.execute(query.where(findings.c.rule == "contested", findings.c.state != "fixed")).all():
        decision = decided.get(tuple(getattr(row, name) for name in IDENTITY))
        if decision is None:
            continue
        state = "open" if decision.withdrawn else "explained"
        if not _has_followed(connection, row.id, state, decision) and (state, row.state) != ("open", "open"):
            _turn(connection, [(row.id, row.number)], state, decision.who, decision.why, upload)


def _has_followed(connection: Connection, finding: int, state: str, decision: Row[Any]) -> bool:
    """Tell whether a finding was turned by a decision since a rule last had a word about it.

    What a person has said after the decision then holds; what a rule has found anew follows it again.
    """
    said = finding_states.c
    ours = select(func.max(said.seq)).where(said.finding_id == finding, said.who == OURSELVES).scalar_subquery()
    own = (said.finding_id == finding, said.state == state, said.who == decision.who, said.why == decision.why)
    return connection.scalar(select(func.count()).where(*own, said.at >= decision.at, said.seq > ours)) != 0


def _turn(
    connection: Connection,
    rows: Sequence[tuple[int, float | None]],
    state: str,
    who: str,
    why: str | None,
    upload: int | None,
) -> None:
    listed = func.json_each(json.dumps([row[0] for row in rows])).table_valued("value")
    own = findings.c.id.in_(select(listed.c.value))
    connection.execute(update(findings).where(own).values(state=state))
    _say(connection, rows, state, who, why, upload)


def _say(
    connection: Connection,
    rows: Sequence[tuple[int, float | None]],
    state: str,
    who: str,
    why: str | None,
    upload: int | None,
) -> None:
    told: dict[str, Any] = {"state": state, "who": who, "why": why, "upload_id": upload, "at": now()}
    values = [told | {"finding_id": number, "number": measured} for number, measured in rows]
    if values:
        connection.execute(insert(finding_states), values)
        extend(connection, JUDGEMENTS, len(values))


def _conditions(wanted: FindingFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.layer:
        conditions.append(or_(findings.c.layer == wanted.layer, findings.c.other_layer == wanted.layer))
    if wanted.severity:
        conditions.append(findings.c.rule.in_([each for each in RULES if RULES[each].severity == wanted.severity]))
    if wanted.rule:
        conditions.append(findings.c.rule == wanted.rule)
    if wanted.states:
        conditions.append(findings.c.state.in_(wanted.states))
    if wanted.district:
        conditions.append(findings.c.district == wanted.district)
    if wanted.text:
        escaped = wanted.text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        like = f"%{escaped}%"
        codes = (each.like(like, escape="\\") for each in (findings.c.code, findings.c.other_code))
        conditions.append(or_(*codes, findings.c.rule.in_(wanted.titled)))
    if wanted.placed:
        conditions.append(findings.c.lon.is_not(None))
    if wanted.site:
        one = (findings.c.layer, findings.c.code, findings.c.ordinal)
        two = (findings.c.other_layer, findings.c.other_code, findings.c.other_ordinal)
        conditions.append(or_(*(and_(*map(_is, each, wanted.site)) for each in (one, two))))
    return conditions


def _is(column: ColumnElement[Any], value: object) -> ColumnElement[bool]:
    return column == value
