"""Commands about what the rules found: list it, and say what was found out."""

from typing import Any

import click

from geo_app.cli.shared import (
    Terminal,
    json_option,
    locale_of,
    note_failures,
    note_synthetic,
    pass_landproof,
    print_json,
)
from geo_app.i18n import N_, number, translate
from geo_app.model import SEVERITIES
from geo_app.quality import NAMES
from geo_app.rules import RULES
from geo_app.services import Landproof
from geo_app.services import findings as service
from geo_app.services.findings import BY_HAND, STATES, FindingFilter
from geo_app.units import MEASURES, from_parts


@click.group("findings", short_help="List what the rules found.", invoke_without_command=True)
@click.option("--layer", metavar="ID", help="Only this layer.")
@click.option("--severity", type=click.Choice(SEVERITIES), help="Only these.")
@click.option("--rule", type=click.Choice(sorted(NAMES)), metavar="NAME", help="Only what this rule found.")
@click.option(
    "--state", "states", type=click.Choice(STATES), multiple=True, help="Only these; without it, open and explained."
)
@json_option
@click.pass_context
def findings(
    context: click.Context,
    layer: str | None,
    severity: str | None,
    rule: str | None,
    states: tuple[str, ...],
    as_json: bool,
) -> None:
    """List what the rules found in the accepted sites, the severest first."""
    if context.invoked_subcommand is not None:
        return
    terminal: Terminal = context.obj
    lp = terminal.landproof
    lp.may_make = False
    if layer is not None:
        lp.layers.find(layer)
    wanted = FindingFilter(layer=layer, severity=severity, rule=rule, states=states or ("open", "explained"))
    rows = service.every(lp, wanted)
    note_synthetic(lp)
    note_failures(lp, layer)
    if as_json:
        return print_json([_finding(lp, each) for each in rows])
    locale = locale_of(lp.settings)
    for each in rows:
        sites = " + ".join(_named(*site) for site in _sites(each))
        facts = [str(each.id), service.severity_of(each), each.state, each.layer, sites or "–"]
        click.echo("\t".join([*facts, service.say(lp, each, locale)]))
    click.echo(translate(N_("Findings: {count}."), locale, count=number(len(rows))), err=True)


@findings.command("set", short_help="Say what was found out about findings.")
@click.argument("ids", type=int, nargs=-1, required=True, metavar="NUMBER...")
@click.option("--state", type=click.Choice(BY_HAND), required=True, help="A new version of a site sets fixed.")
@click.option("--why", required=True, help="What was checked, and where it is written; kept with the finding.")
@json_option
@pass_landproof
def set_(lp: Landproof, ids: tuple[int, ...], state: str, why: str, as_json: bool) -> None:
    """Explain or dismiss findings, or open them again; who, when and why are kept."""
    ids = tuple(dict.fromkeys(ids))
    service.turn(lp, ids, state, "command line", why)
    if as_json:
        return print_json([{"id": each, "state": state} for each in ids])
    click.echo(translate(N_("Findings changed: {count}."), locale_of(lp.settings), count=number(len(ids))))


def _finding(lp: Landproof, each: Any) -> dict[str, Any]:
    locale, layer = locale_of(lp.settings), lp.layers.get(each.layer)
    sites = [{"layer": named[0], "code": named[1], "ordinal": named[2]} for named in _sites(each)]
    has_effect = each.effect is not None and layer is not None
    return {
        "id": each.id,
        "rule": each.rule,
        "title": translate(RULES[each.rule].title, locale) if each.rule in RULES else each.rule,
        "severity": service.severity_of(each),
        "state": each.state,
        "layer": each.layer,
        "sites": sites,
        "district": each.district,
        "place": [each.lon, each.lat] if each.lon is not None else None,
        "number": each.number,
        "unit": service.unit_of(lp, each) or None,
        "effect": float(from_parts(-each.effect, layer.measure)) if has_effect and layer else None,
        "other_effect": float(from_parts(-each.other_effect, "area")) if each.other_effect is not None else None,
        "effect_unit": MEASURES[layer.measure].unit if has_effect and layer else None,
        "message": service.say(lp, each, locale),
        "cure": service.say(lp, each, locale, "cure"),
        "found_in": each.upload_id,
        "seen_in": each.seen_upload_id,
        "who": each.turned_who,
        "at": each.turned_at,
    }


def _sites(each: Any) -> list[tuple[str, str, int]]:
    found = []
    if each.code:
        found.append((each.layer, each.code, each.ordinal))
    if each.other_code:
        found.append((each.other_layer, each.other_code, each.other_ordinal))
    return found


def _named(_layer: str, code: str, ordinal: int) -> str:
    return code if ordinal == 1 else f"{code} ({ordinal})"


COMMANDS = (findings,)
