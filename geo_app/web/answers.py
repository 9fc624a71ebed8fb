"""What a person typed into the forms about an upload, as values."""

import re
from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from geo_app.model import OUR_COLUMNS

_ANSWERS = ("crs", "encoding", "sublayer", "status", "shift")
MEASURED = ("quantity", "declared_area")
_OPTION = re.compile(r"--(\w+)(?: (\w+)=)?")


def answer_field(told: Mapping[str, Any] | None) -> str:
    """Name the field of the form that answers a stored question, by the option that would.

    Examples
    --------
    >>> answer_field({"option": "--crs EPSG:n"}), answer_field({"option": "--column quantity=NAME"})
    ('crs', 'column.quantity')
    """
    found = _OPTION.match(str((told or {}).get("option", "")))
    if not found:
        return ""
    return f"column.{found[2]}" if found[1] == "column" and found[2] else found[1]


def asked_column(told: Mapping[str, Any] | None) -> str:
    """Name the column of ours that a stored question asks for; empty where it asks for something else."""
    kind, _, ours = answer_field(told).partition(".")
    return ours if kind == "column" and ours in OUR_COLUMNS else ""


def answers(form: MultiDict[str, str], known: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Read the answers of a form; columns come as pairs ``theirs-n`` and ``ours-n``, or one as ``column.ours``.

    Parameters
    ----------
    known : mapping, optional
        What has been answered before, to which one column and what is confirmed are added.

    Returns
    -------
    dict
        Only what the form holds. With columns, each of ours is named: one that no column of the
        file was chosen for gets an empty name, so that it is not guessed again.
    """
    given: dict[str, Any] = {name: form[name].strip() or None for name in _ANSWERS if name in form}
    if given.get("crs") == "other":
        given["crs"] = form.get("crs-other", "").strip() or None
    pairs = {form.get(f"ours-{name[7:]}", ""): theirs for name, theirs in form.items() if name.startswith("theirs-")}
    if pairs:
        given["columns"] = {ours: pairs.get(ours, "") for ours in OUR_COLUMNS}
    asked = {name[7:]: form[name] for name in form if name.startswith("column.") and name[7:] in OUR_COLUMNS}
    if asked:
        given["columns"] = {**(known or {}).get("columns", {}), **asked}
    if confirmed := form.getlist("confirmed"):
        given["confirmed"] = (*(known or {}).get("confirmed", ()), *confirmed)
    if any(f"unit.{ours}" in form for ours in MEASURED):
        given["units"] = {ours: form[f"unit.{ours}"] for ours in MEASURED if form.get(f"unit.{ours}")}
    return given
