"""Landproof: does the ground bear out the figures that were reported?"""

__version__ = "0.1.0"
