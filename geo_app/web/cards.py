"""The facts on a site's card on the map. Pure: a locale goes in, text comes out."""

from geo_app.districts import Districts
from geo_app.i18n import N_, translate
from geo_app.layers import Layer
from geo_app.services.sites import SiteDetail
from geo_app.web import wording


def card_facts(detail: SiteDetail, layer: Layer, districts: Districts, locale: str) -> list[list[str]]:
    """Give the lines of a card as pairs of label and value, those without a value left out."""
    site = detail.site
    district = districts.names.get(site.district or "")
    lines = (
        (N_("Counts in net"), _counted(detail, layer, locale)),
        (N_("Declared"), wording.amount(site.declared_area, "area", locale) if site.declared_area is not None else ""),
        (N_("Status"), _status(detail, locale)),
        (N_("District"), district[locale] if district else site.stated_district or ""),
        (N_("Upload"), translate(N_("{upload}, record {record}"), locale, upload=site.upload_id, record=site.record)),
        (N_("Data"), translate(N_("synthetic"), locale) if site.synthetic else ""),
    )
    return [[translate(label, locale), value] for label, value in lines if value]


def _counted(detail: SiteDetail, layer: Layer, locale: str) -> str:
    site, counted_as = detail.site, layer.counted_as.zh
    if site.amount is None:
        return _reason("missing", locale)
    counted, whole = (
        wording.amount(parts, layer.measure, locale, counted_as=counted_as)
        for parts in (site.counted or 0, site.amount)
    )
    if site.counted == site.amount:
        return counted
    of = translate(N_("{counted} of {whole}"), locale, counted=counted, whole=whole)
    return f"{of}: {_reason(site.reason, locale)}" if site.reason else of


def _status(detail: SiteDetail, locale: str) -> str:
    word = wording.STATUS_WORDS.get(detail.site.status, N_("not known"))
    day = wording.day(detail.site.completed_on, locale)
    return ", ".join(filter(None, (translate(word, locale), day)))


def _reason(name: str, locale: str) -> str:
    return translate(wording.REASON_WORDS[name], locale)
