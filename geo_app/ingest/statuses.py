"""What the words in a status column mean."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from geo_app.ingest.columns import fold
from geo_app.model import Finding

MAX_VALUES = 20
_NOT = ("未", "不", "没", "没有", "无", "待", "拟", "尚", "非", "not", "no", "un", "non")


def read(values: Sequence[str | None], words: Mapping[str, Iterable[str]]) -> tuple[list[str | None], list[Finding]]:
    """Understand a status column.

    Parameters
    ----------
    values : sequence of str or None
    words : dict
        Our status to the words that mean it.

    Returns
    -------
    statuses, findings
        None where the cell is empty or not understood; a finding counts either.
    """
    listed = {fold(word): status for status, many in words.items() for word in many}
    given = Counter(value if isinstance(value, str) else None for value in values)
    meaning = {value: None if value is None else understand(value, listed) for value in given}
    findings = [
        Finding("unknown_status", None, {"value": value, "count": given[value]})
        for value, status in meaning.items()
        if value is not None and status is None
    ]
    if given[None]:
        findings.append(Finding("status_missing", None, {"count": given[None]}))
    return [meaning[value if isinstance(value, str) else None] for value in values], findings[:MAX_VALUES]


def understand(value: str, listed: Mapping[str, str]) -> str | None:
    """Find the status that a text means: as a whole, else by the listed words in it.

    Words inside longer listed words do not count; words of different meaning, or one with a
    negation before it, mean nothing.

    Examples
    --------
    >>> words = {"完成": "finished", "未完成": "ongoing", "计划": "planned"}
    >>> [understand(text, words) for text in ("完成", "2023年完成", "未完成", "没完成", "计划完成")]
    ['finished', 'finished', 'ongoing', None, None]
    """
    text = fold(value)
    if text in listed:
        return listed[text]
    spans = [span for word in listed for span in _places(word, text)]
    outer = [(a, b) for a, b in spans if not any(c <= a and b <= d and (c, d) != (a, b) for c, d in spans)]
    if any(text[:start].rstrip().endswith(_NOT) for start, _ in outer):
        return None
    meanings = {listed[text[start:end]] for start, end in outer}
    return meanings.pop() if len(meanings) == 1 else None


def _places(word: str, text: str) -> Iterable[tuple[int, int]]:
    start = text.find(word)
    while word and start >= 0:
        end = start + len(word)
        beside = (text[max(start - 1, 0) : start], text[end : end + 1])
        if not word.isascii() or not any(letter.isascii() and letter.isalpha() for letter in beside):
            yield start, end
        start = text.find(word, end)
