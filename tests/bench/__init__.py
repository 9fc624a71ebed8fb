"""Benchmarks: each side of a comparison timed in the same run, medians and ratios printed and kept as JSON."""
