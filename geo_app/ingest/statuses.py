"""What the words in a status column mean."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from geo_app.ingest.columns import fold
from geo_app.model import Finding

MAX_VALUES = 20


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
    given = Counter(value if isinstance(value, str) else None for value in values)
    meaning, findings = understand_all(given, words)
    return [meaning[value if isinstance(value, str) else None] for value in values], findings


def understand_all(
    given: Mapping[str | None, int], words: Mapping[str, Iterable[str]]
) -> tuple[dict[str | None, str | None], list[Finding]]:
    """Understand the different texts of a status column, each with how often it stands there."""
    listed = {fold(word): status for status, many in words.items() for word in many}
    meaning = {value: None if value is None else understand(value, listed) for value in given}
    findings = [
        Finding("unknown_status", None, {"value": value, "count": given[value]})
        for value, status in meaning.items()
        if value is not None and status is None
    ]
    if given.get(None):
        findings.append(Finding("status_missing", None, {"count": given[None]}))
    return meaning, findings[:MAX_VALUES]


def understand(value: str, listed: Mapping[str, str]) -> str | None:
    """Find the status that a text means as a whole.

    A listed word inside a longer text says nothing: 预计2026年完成 and 80% complete are not finished.

    Examples
    --------
    >>> words = {"完成": "finished", "未完成": "ongoing"}
    >>> [understand(text, words) for text in ("完成", " 未完成", "即将完成", "完成50%")]
    ['finished', 'ongoing', None, None]
    """
    return listed.get(fold(value))
