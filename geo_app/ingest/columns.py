"""Which column of a file is which of ours."""

import functools
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from geo_app.errors import UnknownColumn
from geo_app.i18n import N_
from geo_app.model import OUR_COLUMNS

PLACE_COLUMNS = ("longitude", "latitude", "easting", "northing", "wkt")
DBF_NAME_BYTES = 10
JOINT = " / "  # between the names of one column of ours in several sublayers
_BRACKETS = re.compile(r"[(（\[【<《].*?[)）\]】>》]")
_JOINTS = re.compile(r"[\s_\-./:：、，]+")


def guess(
    names: Sequence[str], known: Mapping[str, Iterable[str]], chosen: Mapping[str, str], *, is_cut: bool
) -> dict[str, str]:
    """Match a file's columns with ours.

    A whole match comes before one without units, brackets and joints, and that before one with a
    name cut at ten bytes. Each column, ours and theirs, is used at most once.

    Parameters
    ----------
    names : sequence of str
        The file's columns.
    known : dict
        Our column to the names met in files, best first.
    chosen : dict
        What a person has said, ours to theirs; an empty name leaves ours unmapped.
    is_cut : bool
        Whether the file's format cuts names (shapefile).

    Returns
    -------
    dict
        Ours to theirs.

    Raises
    ------
    UnknownColumn
        If a chosen column is none of ours, or not in the file.

    Examples
    --------
    >>> guess(["TBBH", "面积 (亩)"], {"code": ["TBBH"], "declared_area": ["面积"]}, {}, is_cut=False)
    {'code': 'TBBH', 'declared_area': '面积 (亩)'}
    """
    check(names, chosen)
    mapping = {ours: theirs for ours, theirs in chosen.items() if theirs and ours in OUR_COLUMNS}
    matches = [
        (level, rank, OUR_COLUMNS.index(ours), ours, theirs)
        for ours, candidates in known.items()
        if ours not in chosen
        for rank, candidate in enumerate(candidates)
        for theirs in names
        if (level := _level(theirs, candidate, is_cut=is_cut)) is not None
    ]
    for *_, ours, theirs in sorted(matches, key=lambda match: match[:3]):
        if ours not in mapping and theirs not in mapping.values():
            mapping[ours] = theirs
    return mapping


def check(names: Sequence[str], chosen: Mapping[str, str]) -> None:
    """Refuse a chosen column that is none of ours, or not in the file."""
    for ours, theirs in chosen.items():
        if ours not in (*OUR_COLUMNS, *PLACE_COLUMNS):
            raise UnknownColumn(
                N_("{ours!r} is none of our columns. They are: {known}."),
                ours=ours,
                known=", ".join((*OUR_COLUMNS, *PLACE_COLUMNS)),
            )
        if theirs and theirs not in names and not set(theirs.split(JOINT)) <= set(names):
            raise UnknownColumn(
                N_("The file has no column {theirs!r} for {ours}. Its columns are: {known}."),
                theirs=theirs,
                ours=ours,
                known=", ".join(names),
            )


def present(names: Sequence[str], chosen: Mapping[str, str]) -> dict[str, str]:
    """Give what was chosen as far as it is about one sublayer.

    Examples
    --------
    >>> present(["编号", "重量"], {"code": "编号 / 代码", "quantity": "净重", "note": ""})
    {'code': '编号', 'note': ''}
    """
    own = {ours: [each for each in (theirs, *theirs.split(JOINT)) if each in names] for ours, theirs in chosen.items()}
    return {ours: own[ours][0] if theirs else "" for ours, theirs in chosen.items() if own[ours] or not theirs}


def _level(theirs: str, candidate: str, *, is_cut: bool) -> int | None:
    if fold(theirs) == fold(candidate):
        return 0
    bare = strip_name(theirs)
    if bare and bare == strip_name(candidate):
        return 1
    if is_cut and is_cut_of(fold(theirs), fold(candidate)):
        return 2
    return None


@functools.lru_cache(maxsize=8192)
def fold(name: str) -> str:
    """Compare names without case and width."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


@functools.lru_cache(maxsize=8192)
def strip_name(name: str) -> str:
    """Take brackets with their content and all joints out of a name."""
    return _JOINTS.sub("", _BRACKETS.sub("", fold(name)))


def is_cut_of(theirs: str, whole: str) -> bool:
    """Tell whether a name may be another one cut at ten bytes, in GBK or UTF-8.

    Examples
    --------
    >>> is_cut_of("图斑编", "图斑编号"), is_cut_of("恢复面积_", "恢复面积_亩"), is_cut_of("图斑", "图斑编号")
    (True, True, False)
    """
    if len(theirs) >= len(whole) or not whole.startswith(theirs):
        return False
    following = whole[len(theirs)]
    return any(
        len(theirs.encode(codec)) <= DBF_NAME_BYTES < len((theirs + following).encode(codec))
        for codec in ("utf-8", "gb18030")
    )
