"""The command line: turns text into values, calls one service, turns the answer into text."""

from geo_app.cli.main import main

__all__ = ["main"]
