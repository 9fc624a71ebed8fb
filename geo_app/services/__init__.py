"""The use cases: one function each, called by pages and commands alike."""

from geo_app.services.landproof import Landproof

__all__ = ["Landproof"]
