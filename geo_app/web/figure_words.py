"""What the page of a figure says in sentences. Pure: a locale goes in, text comes out."""

from fractions import Fraction

from geo_app.claims import judge
from geo_app.i18n import N_, number, translate, with_unit
from geo_app.layers import Layer
from geo_app.model import Verdict
from geo_app.services.evidence import Figure
from geo_app.units import HECTARE
from geo_app.web import wording
from geo_app.web.bridging import cell, decimals_of, largest, plain, with_measure

STEP_REASONS = {
    "not_declared": N_("These sites declare no area; what is drawn of them is added."),
    "drawn": N_("What is drawn counts, not what is declared. A site that is only a point has no area."),
    "invalid": N_(
        "An outline that crosses itself cannot be measured; of a repaired one, what the repair covers counts."
    ),
    "status_unknown": N_(
        "The status is empty, or its words are not understood. Only finished or verified sites count."
    ),
    "not_finished": N_("Only sites that are finished or verified count."),
    "outside_period": N_("These sites were completed before or after the period that the report is about."),
    "duplicate": N_("The same shape or the same ticket counts once."),
    "overlap": N_("Ground that two sites of one layer cover counts once. The site completed first keeps it."),
    "contested": N_("Ground that two layers claim which exclude each other counts for neither until a person decides."),
}
# what a number of sites did, one and several, for the sentence about the largest part
_PROSE = {
    "invalid": (N_("1 outline that crosses itself"), N_("{n} outlines that cross themselves")),
    "status_unknown": (N_("1 site whose status is not known"), N_("{n} sites whose status is not known")),
    "not_finished": (N_("1 site that is not finished"), N_("{n} sites that are not finished")),
    "outside_period": (N_("1 site outside the period"), N_("{n} sites outside the period")),
    "outside_place": (N_("1 site outside the place"), N_("{n} sites outside the place")),
    "duplicate": (N_("1 site entered twice"), N_("{n} sites entered twice")),
    "overlap": (
        N_("ground that 1 site shares with another of its layer"),
        N_("ground that {n} sites share with others of their layer"),
    ),
    "contested": (
        N_("ground of 1 site that another layer claims as well"),
        N_("ground of {n} sites that other layers claim as well"),
    ),
}


def headline(verdict: Verdict, layer: Layer, locale: str) -> str:
    """Write a verdict with its gap: the answer of the page."""
    word = translate(wording.VERDICT_WORDS[verdict.word], locale)
    phrase = wording.gap_phrase(verdict, locale, layer.counted_as.zh)
    if verdict.word in ("short", "over") and locale != "zh":
        return phrase[:1].upper() + phrase[1:]
    return translate(N_("{word}: {phrase}"), locale, word=word, phrase=phrase) if phrase else word


def beside(verdict: Verdict, locale: str) -> str:
    """Write a gap in hectares and as a share of the figure; empty where there is none."""
    if verdict.word not in ("short", "over") or not verdict.claim.reported:
        return ""
    share = with_unit(number(abs(verdict.gap) / verdict.claim.reported * 100, 1), "%", locale)
    parts = [translate(N_("{share} of the figure"), locale, share=share)]
    if verdict.claim.measure == "area":
        unit = wording.unit_word("ha", locale)
        parts.insert(0, with_unit(number(abs(verdict.gap) / HECTARE, 1), unit, locale))
    return ("，" if locale == "zh" else " · ").join(parts)


def meaning(figure: Figure, locale: str) -> str:
    """Say which amounts a printed figure means."""
    claim = figure.verdict.claim
    if claim.low == claim.high:
        return translate(N_("A count means itself: {value}."), locale, value=_with_unit(figure, claim.low, locale))
    if claim.why:
        return translate(N_("A person has set this interval: {why}"), locale, why=claim.why)
    if claim.high is None:
        return translate(
            N_("“{printed}” names no upper end: {low} or more."),
            locale,
            printed=claim.printed,
            low=_with_unit(figure, claim.low, locale),
        )
    if claim.qualifier != "exact":
        return translate(
            _QUALIFIED[claim.qualifier],
            locale,
            printed=claim.printed,
            low=plain(claim.low, claim.measure),
            high=_with_unit(figure, claim.high, locale),
        )
    values = {
        "n": digits_of(claim.printed),
        "step": _with_unit(figure, claim.high - claim.low, locale),
        "low": plain(claim.low, claim.measure),
        "high": _with_unit(figure, claim.high, locale),
        "printed": claim.printed,
    }
    text = _MEANING[values["n"] != 1]
    return translate(text, locale, **values)


def picture(figure: Figure, locale: str) -> str:
    """Say in words what the picture of the interval shows."""
    claim, verdict = figure.verdict.claim, figure.verdict
    low = plain(claim.low, claim.measure)
    high = "…" if claim.high is None else plain(claim.high, claim.measure)
    net, gross = (
        with_measure(cell(parts, claim.measure, decimals_of(verdict)), figure, locale)
        for parts in (verdict.net, verdict.gross)
    )
    ends = low if claim.low == claim.high else f"[{low}, {high})"
    return translate(
        N_("Net {net} and gross {gross} beside the interval {ends}"), locale, net=net, gross=gross, ends=ends
    )


def digits_of(printed: str) -> int:
    """Count the digits of a printed figure.

    Examples
    --------
    >>> digits_of("11.5万亩"), digits_of("2,067.05万元"), digits_of("0.5亩")
    (3, 6, 1)
    """
    return max(1, len("".join(each for each in printed if each in "0123456789").lstrip("0")))


def sentence(figure: Figure, locale: str) -> str:
    """Say what is drawn or written, what falls away, and what the largest part of that is."""
    verdict, counted_as = figure.verdict, figure.layer.counted_as.zh
    measure, decimals = verdict.claim.measure, decimals_of(verdict)
    if verdict.word == "no evidence":
        return translate(_NOTHING[verdict.sites > 0], locale)

    def written(parts: int) -> str:
        return with_measure(cell(parts, measure, decimals), figure, locale)

    sites = next((step.sites for step in verdict.steps if step.name in ("drawn", "written")), 0)
    drawn = translate(_AS_DRAWN[measure == "area"][sites != 1], locale, n=number(sites), amount=written(verdict.gross))
    lost = verdict.gross - verdict.net
    if not lost:
        return translate(N_("{drawn}; all of it counts."), locale, drawn=drawn)
    gross = judge(verdict.claim, verdict.gross, verdict.gross, verdict.sites)
    off = wording.gap_size(gross, locale, counted_as)
    would = translate(_WOULD[gross.word], locale, drawn=drawn, off=off)
    step = largest(verdict.steps)
    one, many = _PROSE[step.name]
    what = translate(one if step.sites == 1 else many, locale, n=number(step.sites))
    values = {"would": would, "lost": written(lost), "largest": written(-step.amount), "what": what}
    return translate(_FALLS_AWAY[-step.amount == lost], locale, **values)


def explanation(figure: Figure, step: str, locale: str) -> str:
    """Say why a step of a figure's bridge takes away what it does."""
    if step != "outside_place":
        return translate(STEP_REASONS[step], locale)
    texts = {None: _PLACE_UNKNOWN, True: _PLACE_CUT, False: _PLACE_NOT_CUT}
    return translate(texts[figure.cut], locale, metres=number(figure.accuracy_m))


def _with_unit(figure: Figure, value: Fraction, locale: str) -> str:
    return with_measure(plain(value, figure.verdict.claim.measure), figure, locale)


_QUALIFIED = {
    "about": N_("“{printed}” is said to be about right: from {low} up to, not including, {high}."),
    "over": N_("“{printed}” has its last digits cut off: from {low} up to, not including, {high}."),
    "nearly": N_("“{printed}” has not quite been reached: from {low} up to, not including, {high}."),
}
_MEANING = (
    N_(
        "1 printed digit; it stands for {step}. "
        "Everything from {low} up to, not including, {high} is printed as {printed}."
    ),
    N_(
        "{n} printed digits; the last one stands for {step}. "
        "Everything from {low} up to, not including, {high} is printed as {printed}."
    ),
)
_NOTHING = (
    N_("There is no site behind this figure: its bridge starts at 0 and ends at 0."),
    N_("What is there has no amount that counts: a point or a declared area is a claim, not evidence."),
)
_AS_DRAWN = (
    (N_("As written, 1 row makes {amount}"), N_("As written, {n} rows make {amount}")),
    (N_("As drawn, 1 site makes {amount}"), N_("As drawn, {n} sites make {amount}")),
)
_WOULD = {
    "borne out": N_("{drawn} and would bear the figure out."),
    "short": N_("{drawn} and would be short as well, by {off}."),
    "over": N_("{drawn} and would be over by {off}."),
}
_FALLS_AWAY = (
    N_("{would} Counted once and by the rules, {lost} fall away: the largest part, {largest}, is {what}."),
    N_("{would} Counted once and by the rules, {lost} fall away: {what}."),
)
_PLACE_UNKNOWN = N_("The boundary set does not know the place of the report, so nothing was tested against it.")
_PLACE_CUT = N_("Only ground in the place of the report counts; sites are cut at its boundary, sure to {metres} m.")
_PLACE_NOT_CUT = N_(
    "The boundary is sure to {metres} m only, so no site is cut at it: a site that lies outside by more than that "
    "falls away, every other counts whole."
)
