"""What the columns of a file say: codes, dates, statuses."""

import re
from collections import Counter

import numpy as np

from geo_app.errors import AnswerNeeded, Refused
from geo_app.i18n import N_
from geo_app.ingest import dates, statuses
from geo_app.ingest.draft import Draft
from geo_app.model import STATUSES

MAX_REPEATED = 1000
MOST_GAPS = 1.25  # a row or two may have been taken out of the numbering
_ROUNDED = re.compile(r"\d(\.\d+)?E\+?\d{2,}", re.I)
_RUNNING = re.compile(r"\d{1,7}(\.0+)?", re.ASCII)


def codes(draft: Draft, kept: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give the codes, and the ordinal of each record among all of its code.

    Those that are left out count as well, or a corrected file would give their ordinals to others.
    """
    ordinal = np.ones(draft.size, np.int64)
    if "code" not in draft.mapping:
        if kept.any():
            draft.find("code_from_row", count=int(kept.sum()))
        return np.full(draft.size, None, object), ordinal
    different, place = draft.distinct(draft.mapping["code"])
    rows, taken = np.flatnonzero(place >= 0), place[kept & (place >= 0)]
    if missing := int(kept.sum()) - len(taken):
        draft.find("code_from_row", count=missing)
    counts, used = np.bincount(place[rows], minlength=len(different)), np.unique(taken)
    rounded = next((each for each in different if _ROUNDED.fullmatch(each)), None)
    if rounded is not None:
        draft.find("rounded_code", code=rounded)
    _note_running(draft, [different[at] for at in used])
    repeated = rows[counts[place[rows]] > 1]
    order = repeated[np.argsort(place[repeated], kind="stable")]
    firsts = np.flatnonzero(np.diff(place[order], prepend=-1))
    ordinal[order] = np.arange(len(order)) - np.repeat(firsts, np.diff(firsts, append=len(order))) + 1
    for at in used[counts[used] > 1][:MAX_REPEATED]:
        draft.find("repeated_code", code=different[at], count=int(counts[at]))
    return np.array([*different, None], object)[place], ordinal


def _note_running(draft: Draft, used: list[str]) -> None:
    """Note that the codes are nothing but numbers of rows: from 0 or 1 on, with few gaps."""
    if not used or not all(_RUNNING.fullmatch(each) for each in used[:20]):
        return
    numbers = {int(float(each)) for each in used if _RUNNING.fullmatch(each)}
    if len(numbers) == len(used) and max(numbers) <= MOST_GAPS * len(numbers) + 1:
        draft.find("running_number", column=draft.mapping["code"], first=min(numbers), last=max(numbers))


def statuses_of(draft: Draft) -> np.ndarray:
    """Give each record's status; a file without them asks for one.

    Raises
    ------
    Refused
        If the chosen status is none.
    """
    chosen = draft.choices.status
    if chosen is not None and chosen not in STATUSES:
        raise Refused(
            N_("{status!r} is no status. The statuses are: {known}."), status=chosen, known=", ".join(STATUSES)
        )
    if "status" not in draft.mapping:
        if chosen is None:
            _ask_status(draft)
        return np.full(draft.size, chosen, object)
    different, place = draft.distinct(draft.mapping["status"])
    counts = Counter(place[draft.kept].tolist())
    given = {None if at < 0 else different[at]: count for at, count in sorted(counts.items())}
    meaning, findings = statuses.understand_all(given, draft.layer.status)
    draft.findings.extend(findings)
    return np.array([*(meaning.get(each) for each in different), None], object)[place]


def _ask_status(draft: Draft) -> None:
    draft.ask(
        AnswerNeeded(
            N_("No column of {file} says how far each site is. Name the status of all with {option}: {choices}."),
            needs="status",
            option="--status WORD",
            choices=STATUSES,
            file=draft.part.sublayer,
        )
    )


def days(draft: Draft, ours: str) -> np.ndarray:
    """Give one of our date columns as ISO text; what is no date is a rejection."""
    if ours not in draft.mapping:
        return np.full(draft.size, None, object)
    different, place = draft.distinct(draft.mapping[ours])
    read, faults = dates.parse(different, draft.mapping[ours])
    for row in np.flatnonzero(np.isin(place, list(faults))).tolist():
        draft.reject(row, faults[int(place[row])].rule, **faults[int(place[row])].values)
    return np.array([*read, None], object)[place]
