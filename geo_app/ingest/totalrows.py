"""Rows of a table that are no sites: those that add up others, and lines below it."""

import re
import unicodedata
from collections.abc import Iterator

import numpy as np
import pyarrow.compute as pc

from geo_app.errors import AnswerNeeded
from geo_app.i18n import N_
from geo_app.ingest.draft import Draft
from geo_app.ingest.unitwords import unit_behind

CONFIRMED = "totals"
LONGEST = 30
BARE_SHARE = 0.6  # of the cells that the middle row has
_CHINESE = re.compile(r"(?P<before>.*?)(?P<word>合计|小计|总计|共计|累计|汇总)数?(?P<behind>.*)")
_ENDING = ("合计", "小计", "总计", "汇总")  # what may follow the name of what is added up
_ENGLISH = re.compile(r"(?P<before>(grand|sub)-?)?(?P<word>totals?|sum)(?P<behind>.*)")
_COUNTED = re.compile(r"\W.*|\d[\d.,]*\D{0,4}")
_MARKS = re.compile(r"[\s:()\[\]]+")
_SIMPLIFIED = str.maketrans("計總匯彙數", "计总汇汇数")
_FOOTER = re.compile(
    r"(制表|填表|制单|审核|复核|审批|负责|经办|联系|填报|报送|统计|录入)(人|员|单位|部门|时间|日期)?\s*[:：]|"
    r"(注|备注|说明|附注|数据来源|单位负责人)\s*[:：]|(notes?|source|prepared by|checked by|approved by)\s*:",
    re.I,
)
# what a total has at least, for a first quick look
_PERHAPS = r"(?i)[合小总總共累].*[计計]|[汇匯彙].*[总總]|t.*o.*t.*a.*l|s.*u.*m"


def reject(draft: Draft) -> None:
    """Leave out rows that add up others (合计, 小计, 总计, 汇总, total, sum); a person has to say yes to it.

    In the columns of codes, names and districts a total may be of something (格尔木市小计, 合计3处);
    in a note nothing but the word makes one, as a note can speak of a total.
    """
    found: dict[int, str] = {}
    named = [draft.mapping[ours] for ours in ("code", "name", "district") if ours in draft.mapping]
    named += list(draft.part.table.columns[:1])
    for name in dict.fromkeys(named):
        found |= {row: text for row, text in _candidates(draft, name) if row not in found and is_total(text)}
    for name in draft.part.table.columns:
        if name not in named:
            found |= {row: text for row, text in _elsewhere(draft, name) if row not in found}
    for row in sorted(found):
        draft.reject(row, "total_row", value=found[row])
    if found:
        _ask(draft, found)


def reject_footers(draft: Draft) -> None:
    """Leave out lines below a table: who made it, who checked it, notes."""
    for name in draft.part.table.columns[:1]:
        texts = draft.arrow(name)
        perhaps = pc.fill_null(pc.match_substring_regex(texts, "[:：]"), False)
        for row in np.flatnonzero(perhaps.to_numpy(zero_copy_only=False)).tolist():
            if _FOOTER.match(texts[row].as_py()):
                draft.reject(row, "footer_row", value=texts[row].as_py()[:60])


def _candidates(draft: Draft, name: str) -> Iterator[tuple[int, str]]:
    texts = draft.arrow(name)
    perhaps = pc.fill_null(pc.match_substring_regex(texts, _PERHAPS), False)
    for row in np.flatnonzero(perhaps.to_numpy(zero_copy_only=False)).tolist():
        if row not in draft.rejections:
            yield row, texts[row].as_py()


def _elsewhere(draft: Draft, name: str) -> list[tuple[int, str]]:
    """Find totals in a column that may hold anything, as 累计 for a kind of survey and total for an extent."""
    totals = [(row, text) for row, text in _candidates(draft, name) if is_total(text)]
    if not totals or 2 * len(totals) > draft.size:
        return []
    bare = _are_bare(draft)
    is_note = name == draft.mapping.get("note")
    return [(row, text) for row, text in totals if is_word(text) or (bare[row] and not is_note)]


def _are_bare(draft: Draft) -> np.ndarray:
    """Tell which rows lack the code or the status that most others have, or most of their cells."""
    filled = draft.part.table.notna().to_numpy()
    count = filled.sum(axis=1)
    bare = count <= BARE_SHARE * np.median(count)
    names = list(draft.part.table.columns)
    for ours in ("code", "status"):
        if ours in draft.mapping:
            column = filled[:, names.index(draft.mapping[ours])]
            bare |= ~column & (column.mean() > 0.5)
    return np.asarray(bare)


def is_total(text: str) -> bool:
    """Tell whether a text names a total.

    Examples
    --------
    >>> [is_total(text) for text in ("合 计", "格尔木市小计", "合計(吨)", "共计2条", "Total:", "Sum")]
    [True, True, True, True, True, True]
    >>> [is_total(text) for text in ("Total Landfill", "合计村", "Summit", "累计清运点")]
    [False, False, False, False]
    """
    match = _match(text)
    if match is None:
        return False
    is_of = not match["before"] or match["word"] in _ENDING or match.re is _ENGLISH
    return is_of and (_is_unit(match["behind"]) or _COUNTED.fullmatch(match["behind"]) is not None)


def is_word(text: str) -> bool:
    """Tell whether a text is nothing but a Chinese word for a total, and perhaps its unit.

    Examples
    --------
    >>> is_word("合计（吨）"), is_word("总计30吨"), is_word("已计入合计"), is_word("total")
    (True, False, False, False)
    """
    match = _match(text)
    return match is not None and match.re is _CHINESE and not match["before"] and _is_unit(match["behind"])


def _is_unit(behind: str) -> bool:
    return not behind or unit_behind(behind) is not None


def _match(text: str) -> re.Match[str] | None:
    plain = _MARKS.sub("", unicodedata.normalize("NFKC", text).casefold().translate(_SIMPLIFIED))
    return (_CHINESE.fullmatch(plain) or _ENGLISH.fullmatch(plain)) if len(text) <= LONGEST else None


def _ask(draft: Draft, found: dict[int, str]) -> None:
    first = min(found)
    draft.confirm(
        CONFIRMED,
        AnswerNeeded(
            N_(
                "Rows of {file} that add up others: {count}, first record {record} ({value!r}). They would be counted "
                "twice. Confirm with {option} that they are left out."
            ),
            needs="confirmation",
            option="--accept",
            choices=(CONFIRMED,),
            file=draft.part.sublayer,
            count=len(found),
            record=int(draft.part.records[first]),
            value=found[first],
        ),
    )
