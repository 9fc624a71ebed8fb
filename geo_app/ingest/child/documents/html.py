"""Read the text of an HTML page: what a reader sees, a line for each paragraph and table row."""

import re

from lxml import etree

from geo_app.errors import UnreadableFile
from geo_app.i18n import N_
from geo_app.ingest.child.text import declared_codec

_LOOKED_AT = 4096
_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]{2,20})""", re.IGNORECASE)
_UNSEEN = frozenset(
    "script style noscript template head title iframe object embed applet svg math audio video canvas select option "
    "textarea button input datalist rt rp".split()
)
_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol p pre section summary table tbody tfoot thead tr "
    "ul br".split()
)
_CELLS = frozenset(("td", "th"))
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n\f\v]+")
_LINE, _CELL, _ROW = "\x00", "\x01", "\x02"  # no page has these: the parser takes them out


def declared(content: bytes) -> str | None:
    """Find the codec that a page declares; None where it declares none that can be relied on."""
    head = content[:_LOOKED_AT]
    found = _CHARSET.search(head) if b"<" in head else None
    return declared_codec(found[1].decode("ascii")) if found else None


def read(page: str, name: str) -> str:
    r"""Give the text of a page. Nothing in it is run or fetched.

    Raises
    ------
    UnreadableFile
        If it cannot be read to its end.

    Examples
    --------
    >>> read("<p>恢复<b>草原</b>\n 9300多亩<script>alert(1)</script><tr><td>林地<td>3亩", "")
    '恢复草原 9300多亩\n林地\t3亩'
    >>> read("<table><tr><td>林地<td>3亩<tr><td>耕地<td>4亩</table>", "")
    '林地\t3亩\n耕地\t4亩'
    """
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True)
    root = etree.fromstring(page.replace("\x00", "").encode("utf-8", "replace"), parser)
    if any(each.level >= etree.ErrorLevels.FATAL for each in parser.error_log):
        raise UnreadableFile(
            N_("{file} cannot be read to its end: its elements are nested too deep. Copy its text and send that."),
            file=name,
        )
    return "" if root is None else _tidy("".join(_pieces(root)))


def _pieces(root: etree._Element) -> list[str]:
    """Gather the text in order. A loop, as a page may be nested deeper than calls can be."""
    found: list[str] = []
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        name = element.tag if isinstance(element.tag, str) else ""
        if event == "start" and (not name or _is_unseen(name, element)):
            walk.skip_subtree()
        elif event == "start":
            found += [_mark(name), _SPACES.sub(" ", element.text or "") if name != "pre" else _kept(element.text or "")]
        if event == "end":
            found += [
                "" if name in _CELLS or _is_unseen(name, element) else _mark(name),
                _SPACES.sub(" ", element.tail or ""),
            ]
    return found


def _is_unseen(name: str, element: etree._Element) -> bool:
    return name in _UNSEEN or "hidden" in element.attrib or bool(_HIDDEN.search(element.get("style", "")))


def _mark(name: str) -> str:
    if name == "tr":
        return _ROW
    return _LINE if name in _BLOCKS else _CELL if name in _CELLS else ""


def _kept(text: str) -> str:
    return text.replace("\n", _LINE)


def _tidy(text: str) -> str:
    """Put each paragraph and each row on a line of its own, the cells of a row apart by tabs."""
    text = re.sub(f"[ {_LINE}]*{_CELL}[ {_LINE}]*", _CELL, text).replace(
        _ROW, _LINE
    )  # paragraphs in a cell are no lines
    lines = (re.sub(" {2,}", " ", line).replace(_CELL, "\t").strip(" \t") for line in text.split(_LINE))
    return "\n".join(line for line in lines if line)
