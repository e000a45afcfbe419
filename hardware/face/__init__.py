"""Comparing a face with a picture of it."""
