"""Resident ID cards, and the permits that are read like them, through a reader with a SAM_V module."""
