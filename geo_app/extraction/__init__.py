"""Figures in published texts: found, with their words, units and meaning. Nothing here reads a file."""
