"""Commands about contested ground: decide."""

from typing import Any

import click

from geo_app.cli.shared import json_option, locale_of, note_synthetic, pass_landproof, print_json
from geo_app.i18n import N_, number, translate
from geo_app.services import Landproof, reviews
from geo_app.services import decisions as service
from geo_app.services.decisions import Contest
from geo_app.units import MEASURES, MU, from_parts


@click.command("decide", short_help="List contested ground, or say whose it is.")
@click.argument("site", type=int, required=False)
@click.argument("other", type=int, required=False)
@click.option("--why", help="The reason, kept with the decision.")
@click.option("--withdraw", is_flag=True, help="Take the decision about the two sites back.")
@json_option
@pass_landproof
def decide(lp: Landproof, site: int | None, other: int | None, why: str | None, withdraw: bool, as_json: bool) -> None:
    """Say that the ground which sites SITE and OTHER both claim belongs to the layer of SITE.

    Both are numbers of sites, as the list gives them. Without them, list the ground that sites of layers
    which exclude each other both claim: it counts for neither until somebody decides.
    """
    lp.may_make = False  # there is something to decide only where there are sites
    note_synthetic(lp)
    if site is None or other is None:
        if site is not None or withdraw or why:
            raise click.UsageError("a decision needs two sites: SITE, whose ground it is, and OTHER")
        return _list(lp, as_json)
    effect = service.decide(lp, site, other, "command line", why or "", withdraw=withdraw)
    for layer_id in effect:
        reviews.catch_up(lp, layer_id)
    if as_json:
        plain = {layer: {name: _square_metres(parts) for name, parts in each.items()} for layer, each in effect.items()}
        return print_json({"site": site, "other": other, "withdrawn": withdraw, "unit": "m2", "layers": plain})
    locale = locale_of(lp.settings)
    for layer, each in effect.items():
        text = N_("{layer}: net {before} mu before, {after} mu now")
        before, after = (number(_square_metres(each[name]) / float(MU), 2) for name in ("net_before", "net_after"))
        click.echo(translate(text, locale, layer=lp.layers[layer].title[locale], before=before, after=after))


def _list(lp: Landproof, as_json: bool) -> None:
    found = service.contests(lp)
    if as_json:
        return print_json([_contest(each) for each in found])
    locale = locale_of(lp.settings)
    if not found:
        click.echo(translate(N_("No ground is claimed by two layers that exclude each other."), locale))
    for each in found:
        pair = [f"{row.id} {row.layer} {row.code}" for row in (each.one, each.other)]
        whose = each.winner.layer if each.winner else translate(N_("undecided: counts for neither"), locale)
        click.echo(f"{' | '.join(pair)} | {number(each.common_m2 / float(MU), 2)} mu | {whose}")


def _contest(found: Contest) -> dict[str, Any]:
    return {
        "sites": [
            {"id": row.id, "layer": row.layer, "code": row.code, "ordinal": row.ordinal}
            for row in (found.one, found.other)
        ],
        "common": found.common_m2,
        "unit": MEASURES["area"].unit,
        "belongs_to": found.winner.layer if found.winner else None,
        "decisions": [
            {
                "belongs_to": None if row.withdrawn else row.layer,
                "who": row.who,
                "why": row.why,
                "at": row.at,
            }
            for row in found.history
        ],
    }


def _square_metres(parts: int) -> float:
    return float(from_parts(parts, "area"))


COMMANDS = (decide,)
