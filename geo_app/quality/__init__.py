"""Rules that look at the accepted sites of a layer: one small function each, listed in `registry`.

What a rule is called, how severe it is and what it says in both languages stands in
`geo_app.rules.sites`; its limits stand in the layer's file.
"""

from geo_app.quality.parts import NOBODY, About
from geo_app.quality.registry import NAMES
from geo_app.quality.reviewing import VERSION, Case, review

__all__ = ["NAMES", "NOBODY", "VERSION", "About", "Case", "review"]
