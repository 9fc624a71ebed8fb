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
    """

    name: str
    severity: str
    template: str
    cure: str
    phrases: tuple[str, ...] = ()


RULES: dict[str, Rule] = {}


def rule(name: str, severity: str, template: str, cure: str, phrases: tuple[str, ...] = ()) -> None:
    """Declare a rule."""
    RULES[name] = Rule(name, severity, template, cure, phrases)
