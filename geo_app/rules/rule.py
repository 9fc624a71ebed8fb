"""One rule, and all of them by name."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """One fault.

    Attributes
    ----------
    name : str
    severity : str
        One of `model.SEVERITIES`.
    template : str
        What was found, with ``{places}``.
    cure : str
        What to do about it, with the same places.
    phrases : tuple of str
        The places that are filled with a phrase of ours, which has to be translated as well.
    title : str
        A few words for a list; rules about accepted sites have one.
    unit : str
        Of the number that such a rule measures: ``m2 m t CNY count % days degrees ratio``, ``measure``
        for the canonical unit of the site's layer, or empty where it measures nothing.
    step : str
        The step of a bridge that takes away what such a rule finds; empty where none does.
    """

    name: str
    severity: str
    template: str
    cure: str
    phrases: tuple[str, ...] = ()
    title: str = ""
    unit: str = ""
    step: str = ""


RULES: dict[str, Rule] = {}


def rule(
    name: str,
    severity: str,
    template: str,
    cure: str,
    phrases: tuple[str, ...] = (),
    *,
    title: str = "",
    unit: str = "",
    step: str = "",
) -> None:
    """Declare a rule."""
    RULES[name] = Rule(name, severity, template, cure, phrases, title, unit, step)
