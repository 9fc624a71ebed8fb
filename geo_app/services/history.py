"""What a person changes after accepting: undoing an upload, correcting a site. Nothing is overwritten."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from geo_app.errors import BeingCounted, Conflict, Refused
from geo_app.i18n import N_
from geo_app.ingest.amounts import parse
from geo_app.ingest.unitwords import canonical
from geo_app.layers import Layer
from geo_app.model import STATUSES
from geo_app.services import reviews
from geo_app.services.bridges import Asked, moved, refresh_later, scopes, standing
from geo_app.services.landproof import Landproof

EDITABLE = ("code", "district", "status", "quantity", "note")


@dataclass(frozen=True)
class Turn:
    """What undoing an upload, or bringing it back, did.

    Attributes
    ----------
    undone : bool
        Whether the upload is undone now.
    effect : dict
        What `bridges.moved` gives; empty where the layer is large and was left to the worker.
    """

    undone: bool
    effect: dict[str, Any]


def turn(lp: Landproof, upload_id: int, who: str, why: str | None = None, *, undo: bool) -> Turn:
    """Undo an accepted upload or bring it back, and tell what that did to its layer.

    Raises
    ------
    NotFound
        If there is no such upload.
    Conflict
        If it was never accepted, or somebody else has done the same meanwhile.
    """
    upload = lp.store.uploads.find(upload_id)
    if upload.accepted_seq is not None and upload.undone == undo:
        raise Conflict(
            N_("Upload {upload} was undone, or brought back, by somebody else meanwhile. Look at it again."),
            upload=upload_id,
        )
    layer = lp.layers.find(upload.layer)
    wanted = scopes(lp, layer)
    before = _standing(lp, layer, wanted)
    undone = toggle(lp, upload_id, who, why)
    after = _standing(lp, layer, wanted)
    return Turn(undone, moved(before, after) if before and after else {})


def toggle(lp: Landproof, upload_id: int, who: str, why: str | None = None) -> bool:
    """Undo an accepted upload in one step, or undo its undoing.

    Returns
    -------
    bool
        Whether the upload is undone now.

    Raises
    ------
    NotFound, Conflict
        If there is no such upload, or it was never accepted.
    """
    upload = lp.store.uploads.find(upload_id)
    undone = lp.store.uploads.toggle(upload_id, who, why)
    refresh_later(lp, lp.layers.find(upload.layer))
    reviews.ask(lp, upload_id)
    return undone


def edit(lp: Landproof, site_id: int, changes: Mapping[str, str | None], who: str, why: str) -> int:
    """Give a site a new version with some fields changed; return the new version's number.

    Parameters
    ----------
    site_id : int
        The version that the person looked at; it must still hold.
    changes : mapping
        Of `EDITABLE`, what was typed; None or blanks empty a field.
    why : str
        The reason, kept with the version.

    Raises
    ------
    Conflict
        If another version of the site holds by now, or none does.
    Refused
        If a field cannot be changed, a value cannot be read, or no reason is given.
    """
    if not why.strip():
        raise Refused(N_("No reason was given. Say in a few words why the site is changed."))
    site = lp.store.sites.find(site_id, lp.place)
    layer = lp.layers.find(site.layer)
    row = {name: _read(lp, layer.measure, name, (text or "").strip()) for name, text in changes.items()}
    if row.get("code") is None:
        row.pop("code", None)  # a site always has a code
    number = lp.store.sites.revise(site_id, row, who=who, why=why.strip())
    refresh_later(lp, layer)
    reviews.ask(lp, lp.store.sites.find(number, lp.place).upload_id)
    return number


def _standing(lp: Landproof, layer: Layer, wanted: list[Asked]) -> dict[Asked, dict[str, int]]:
    """Add up a layer for places and periods; empty where it is large and not counted yet."""
    with suppress(BeingCounted):
        return standing(lp, layer, wanted)
    return {}


def _read(lp: Landproof, measure: str, name: str, text: str) -> Any:
    if name not in EDITABLE or (name == "quantity" and measure == "area"):
        raise Refused(
            N_("{name} cannot be changed by hand. What can be changed is: {known}."),
            name=name,
            known=", ".join(EDITABLE),
        )
    if not text:
        return None
    if name == "status" and text not in STATUSES:
        raise Refused(N_("{status!r} is no status. The statuses are: {known}."), status=text, known=", ".join(STATUSES))
    if name == "district":
        return _district(lp, text)
    return _parts(text, measure) if name == "quantity" else text


def _district(lp: Landproof, text: str) -> str:
    code = lp.districts.resolve(text)
    if code not in lp.districts.shapes:
        known = ", ".join(f"{each} {lp.districts.names[each].zh}" for each in lp.districts.shapes)
        raise Refused(
            N_("{district!r} is no district of the boundary set. It has: {known}."), district=text, known=known
        )
    return str(code)


def _parts(text: str, measure: str) -> int:
    """Read an amount by the grammar of the files; a unit behind it is refused, as some say two things (tons)."""
    unit = canonical(measure)
    (parts,) = parse([text], "quantity", unit).parts
    if parts is None or not text[-1].isdigit():
        raise Refused(
            N_(
                "{value!r} is no quantity; expected a number of {unit} such as 1234.5, neither negative nor too large "
                "to be true, and whole where things are counted."
            ),
            value=text,
            unit=unit.word,
        )
    return parts
