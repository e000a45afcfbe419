"""Figures measured in one run against a physical limit or a named peer."""
