"""What can be wrong with a file or a record: one name, one sentence and one cure each.

A `model.Rejection` or `model.Finding` carries the name of a rule and the values that fill its
sentence; both sentences are translated at the edges.
"""

from geo_app.rules import findings, rejections
from geo_app.rules.rule import RULES, Rule

__all__ = ["RULES", "Rule", "findings", "rejections"]
