"""Descriptions of coordinate systems that come out of untrusted files."""

import re

MAX_TEXT = 65_536
# PROJ would open whatever file these name; the null grid is none
_LEADS_OUT = re.compile(
    r"grids\s*=\s*(?!@null\b)|\binit\s*=|parameterfile|catalog\s*=|\bfile\s*=|[+\s]pipeline\b", re.IGNORECASE
)


def is_self_contained(text: str) -> bool:
    """Tell whether a description of a coordinate system is short and names no other file.

    Examples
    --------
    >>> is_self_contained('PROJCS["x",EXTENSION["PROJ4","+proj=merc +nadgrids=@null"]]')
    True
    >>> is_self_contained("+init=/home/someone/file:1"), is_self_contained("+proj=longlat +nadgrids=/etc/passwd")
    (False, False)
    """
    return len(text) <= MAX_TEXT and not _LEADS_OUT.search(text)
