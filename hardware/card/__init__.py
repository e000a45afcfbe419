"""Chip cards over PC/SC."""
