"""What can be wrong with a file, a record or an accepted site: one name, one sentence and one cure each.

A `model.Rejection` or `model.Finding` carries the name of a rule and the values that fill its
sentence; both sentences are translated at the edges. The rules of `sites` are those that
`geo_app.quality` looks for in accepted sites.
"""

from geo_app.rules import findings, rejections, sites
from geo_app.rules.rule import RULES, Rule

__all__ = ["RULES", "Rule", "findings", "rejections", "sites"]
