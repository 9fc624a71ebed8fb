"""What templates can say: Jinja filters, tests and globals."""

import math
import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import partial
from typing import Any, cast
from urllib.parse import urlencode

from flask import Flask, g, request, url_for
from flask_babel import gettext
from flask_login import current_user
from jinja2 import pass_context

from geo_app import rules
from geo_app.filling import fill
from geo_app.i18n import number, percent, signed, square_metres, translate
from geo_app.layers import Layer
from geo_app.model import Verdict
from geo_app.services import findings
from geo_app.services.evidence import STEP_WORDS
from geo_app.services.telling import METHOD_WORDS, Told, say, why
from geo_app.units import MEASURES, to_parts
from geo_app.web import claim_words, proposing, wording
from geo_app.web.answers import answer_field, asked_column
from geo_app.web.assets import static_url
from geo_app.web.context import landproof, language
from geo_app.web.drawing import bar, outline

_EPSG = re.compile(r"EPSG:\d+(?:\+yx)?")
_HAN = re.compile("[\u3400-\u9fff]")
_SEVERITY_KINDS = {"severe": "high", "check": "mid", "note": "low"}


def register(app: Flask) -> None:
    """Add the filters and globals, and what every page knows."""
    app.jinja_env.filters.update(
        amount=_amount,
        signed=_signed,
        parts_of=lambda parts, measure: wording.amount(parts, measure, language()),
        net_of=_net_of,
        ha=lambda parts, decimals=2: wording.hectares(parts, language(), decimals),
        ha_of=lambda value: wording.hectares(to_parts(value, "area"), language(), 1),
        ha_signed=lambda parts: ("+" if parts > 0 else "") + wording.hectares(parts, language(), 1),
        area_parts=lambda parts: wording.amount(parts, "area", language()),
        area_m2=_area_m2,
        cm2=lambda value: None if math.isnan(value) else to_parts(value, "area"),
        difference=lambda value: signed(square_metres(value, language())),
        percent=lambda share: signed(percent(share)),
        why=lambda compared: why(compared, language()),
        severity_of=lambda name: rules.RULES[name].severity if name in rules.RULES else "note",
        unit_word=lambda word: wording.unit_word(word, language()),
        m2=lambda parts: wording.square_metres(parts, language()),
        n=number,
        day=lambda value: wording.day(value, language()),
        moment=lambda value: wording.moment(value, language()),
        file_size=lambda size: wording.file_size(size, language()),
        reading=lambda claim: wording.reading(claim, language()),
        gap_phrase=lambda verdict: wording.gap_phrase(verdict, language(), _counted_as(verdict)),
        gap_size=lambda verdict: wording.gap_size(verdict, language(), _counted_as(verdict)),
        title=lambda text: text[language()],
        district=_district,
        sentence=_say,
        finding_title=lambda row: _finding_title(row),
        finding_says=lambda row, part="template": findings.say(landproof(), row, language(), part),
        finding_number=_finding_number,
        finding_effect=_finding_effect,
        finding_severity=findings.severity_of,
        message=_message,
        epsg=lambda choice: found[0] if (found := _EPSG.findall(choice)) else choice,
        bar=bar,
        outline=outline,
        claim_amount=_claim_amount,
        claim_unit=lambda value: wording.unit_word(MEASURES[value["measure"]].unit, language()),
        field_value=_field_value,
        answer_field=answer_field,
        asked_column=asked_column,
        proposal_meridian=lambda each: proposing.meridian(each, language()),
        proposal_reason=lambda each: proposing.reason(each.where, landproof().districts.names, language()),
        quantity_unit=lambda layer: wording.unit_word(MEASURES[layer.measure].unit, language()),
        hash_groups=lambda text: " ".join(text[at : at + 8] for at in range(0, len(text), 8)),
    )
    for name, words in _WORDS.items():
        app.jinja_env.filters[name] = partial(_word, words)
    app.jinja_env.tests["has_han"] = lambda text: bool(_HAN.search(str(text)))
    app.jinja_env.filters["verdict_kind"] = wording.VERDICT_KINDS.get
    app.jinja_env.filters["severity_kind"] = lambda word: _SEVERITY_KINDS.get(word, "low")
    app.jinja_env.globals.update(
        ngettext=_grouped(cast(Callable[..., str], app.jinja_env.globals["ngettext"])),
        static_url=static_url,
        here=_here,
        other_language=_other_language,
        known_endpoints=app.view_functions,
    )
    app.before_request(_remember_kind_of_instance)
    app.context_processor(_every_page)


_WORDS: dict[str, Mapping[str, str]] = {
    "verdict_word": wording.VERDICT_WORDS,
    "severity_word": wording.SEVERITY_WORDS,
    "status_word": wording.STATUS_WORDS,
    "measure_word": wording.MEASURE_WORDS,
    "reason_word": wording.REASON_WORDS,
    "state_word": wording.STATE_WORDS,
    "finding_state_word": wording.FINDING_STATE_WORDS,
    "claim_state_word": claim_words.CLAIM_STATE_WORDS,
    "claim_act_word": claim_words.CLAIM_ACT_WORDS,
    "role_word": claim_words.ROLE_WORDS,
    "qualifier_word": claim_words.QUALIFIER_WORDS,
    "family_word": claim_words.FAMILY_WORDS,
    "column_word": wording.COLUMN_WORDS,
    "format_word": wording.FORMAT_WORDS,
    "source_word": wording.SOURCE_WORDS,
    "field_word": wording.FIELD_WORDS,
    "mode_word": wording.MODE_WORDS,
    "change_word": wording.CHANGE_WORDS,
    "shift_word": wording.SHIFT_WORDS,
    "confirm_word": wording.CONFIRM_WORDS,
    "act_word": wording.ACT_WORDS,
    "method_word": METHOD_WORDS,
    "step_word": STEP_WORDS,
}


def _grouped(plural: Callable[..., str]) -> Callable[..., str]:
    """Write the number in a sentence about many with comma groups, as every number."""

    @pass_context
    def ngettext(context: Any, one: str, many: str, count: int, **values: object) -> str:
        return plural(context, one, many, count, **{"num": number(count), **values})

    return ngettext


def _remember_kind_of_instance() -> None:
    if request.blueprint != "assets":
        g.demonstration = landproof().demonstration
        g.only_synthetic = g.demonstration and landproof().only_synthetic
        g.open_findings = findings.open_count(landproof()) if current_user.is_authenticated else 0


def _every_page() -> dict[str, Any]:
    return {
        "locale": language(),
        "demonstration": g.get("demonstration", False),
        "only_synthetic": g.get("only_synthetic", False),
        "open_findings": g.get("open_findings", 0),
        "layers": landproof().layers,
        "districts": landproof().districts.names,
        # A page about our own fault asks nothing of what may be broken.
        "user": None if g.get("bare") else current_user,
    }


def _word(words: Mapping[str, str], key: str | None) -> str:
    return gettext(words[key]) if key and key in words else (key or "–")


def _amount(parts: int | None, layer: Layer, fine: bool = False) -> str:
    return wording.amount(parts, layer.measure, language(), counted_as=layer.counted_as.zh, fine=fine)


def _claim_amount(value: Mapping[str, Any]) -> str:
    """Write what a claim of the ledger is in the canonical unit."""
    parts = to_parts(Fraction(value["value"]), value["measure"])
    if value["measure"] == "area":
        return wording.square_metres(parts, language())
    return wording.amount(parts, value["measure"], language())


def _area_m2(value: float) -> str:
    return "–" if math.isnan(value) else wording.amount(to_parts(value, "area"), "area", language())


def _signed(parts: int, layer: Layer) -> str:
    return wording.signed(parts, layer.measure, language(), counted_as=layer.counted_as.zh)


def _net_of(verdict: Verdict) -> str:
    return wording.amount(verdict.net, verdict.claim.measure, language(), counted_as=_counted_as(verdict), fine=True)


def _counted_as(verdict: Verdict) -> str:
    layers = landproof().layers
    return layers[verdict.claim.layer].counted_as.zh if verdict.claim.layer in layers else ""


def _district(code: str | None) -> str:
    if not code:
        return "–"
    names = landproof().districts.names
    return names[code][language()] if code in names else code


def _field_value(row: Any, name: str, layer: Layer) -> str:
    """Write one field of a site row."""
    value = getattr(row, name)
    if value is None or value == "":
        return "–"
    written: dict[str, Callable[[Any], str]] = {
        "amount": lambda parts: _amount(parts, layer),
        "declared_area": lambda parts: wording.amount(parts, "area", language()),
        "status": lambda word: _word(wording.STATUS_WORDS, word),
        "district": _district,
        "started_on": lambda text: wording.day(text, language()),
        "completed_on": lambda text: wording.day(text, language()),
    }
    return written.get(name, str)(value)


def _say(rule: str, values: Mapping[str, object] | None = None, part: str = "template") -> str:
    return say(rule, values or {}, language(), part)


def _finding_title(row: Any) -> str:
    return gettext(rules.RULES[row.rule].title) if row.rule in rules.RULES else row.rule


def _finding_number(row: Any) -> str:
    return wording.measured_by_rule(row.number, findings.unit_of(landproof(), row), language())


def _finding_effect(row: Any, on: str | None = None) -> str:
    """Write what a finding takes from a layer; without one, from that of its site."""
    if "takes" in row._mapping:  # by a figure's bridge
        known = landproof().layers.get(str(on))
        return _amount(-row.takes, known, fine=True) if row.takes and known else ""
    is_other = on is not None and on == row.other_layer != row.layer
    effect, layer = (row.other_effect, on) if is_other else (row.effect, row.layer)
    known = landproof().layers.get(str(layer))
    return _amount(-effect, known, fine=True) if effect and known else ""


def _message(told: Mapping[str, Any] | None, **instead: object) -> str:
    """Say a stored refusal or need, some of its values put differently."""
    if not told:
        return ""
    values = Told({**told.get("values", {}), **instead})
    if values.get("rule") in rules.RULES:
        values["why"] = _say(str(values["rule"]), values)
    return fill(translate(told["template"], language()), values, language())


def _here(**changes: object) -> str:
    """Return the address of this page with some query values changed; None or "" drops one."""
    query = {**request.args.to_dict(), **changes}
    query.pop("lang", None)
    return _address({name: value for name, value in query.items() if value not in (None, "")})


def _other_language() -> tuple[str, str, str]:
    """Return the other language: its code, its name, and this page in it."""
    code, name = ("en", "English") if language() == "zh" else ("zh", "中文")
    if request.method != "GET" or not request.endpoint:
        return code, name, url_for("figures.start", lang=code)
    return code, name, _address(request.args.to_dict() | {"lang": code})


def _address(query: Mapping[str, object]) -> str:
    # Not by url_for: a query may hold names that mean something to it, such as _scheme.
    return f"{request.path}?{urlencode(query)}" if query else request.path
