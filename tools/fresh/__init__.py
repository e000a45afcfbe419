"""Bare machines of several distributions, to see that the documented commands work on them from nothing."""
